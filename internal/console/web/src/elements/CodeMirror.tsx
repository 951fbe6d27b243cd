import { json, jsonParseLinter } from '@codemirror/lang-json';
import { StreamLanguage, type StreamParser } from '@codemirror/language';
import { velocity } from '@codemirror/legacy-modes/mode/velocity';
import { yaml } from '@codemirror/legacy-modes/mode/yaml';
import { linter, lintGutter, type Diagnostic } from '@codemirror/lint';
import { Annotation, EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef, useState } from 'react';
import { useWords, type Words } from '../words/language';
import type { CodeEditorProps, Fault, Syntax } from './code';
import { javascript, python } from './codeLanguages';
import { colors } from './colors';
import { TemplateVariables } from './TemplateVariables';

const en = { line: 'Line', column: 'column' };
const es: typeof en = { line: 'Línea', column: 'columna' };
const words: Words<typeof en> = { en, es };

/** So many faults are told below the text; a template's stand beside its preview. */
const MOST = 3;

const parsers: Partial<Record<Syntax, StreamParser<unknown>>> = { vtl: velocity, javascript, python, yaml };

function language(syntax: Syntax, checked: boolean): Extension {
  const parser = parsers[syntax];
  if (parser) return StreamLanguage.define(parser);
  return checked ? json() : [json(), linter(jsonParseLinter())];
}

function diagnostic(state: EditorState, fault: Fault): Diagnostic {
  const line = state.doc.line(Math.min(Math.max(fault.line, 1), state.doc.lines));
  const from = Math.min(line.from + Math.max(fault.column - 1, 0), line.to);
  return { from, to: Math.max(line.to, from), severity: fault.severity ?? 'error', message: fault.message };
}

/** Marks a text that was put into the editor from outside: telling it back would put it in again, and two texts that cross each other would go round for ever. */
const given = Annotation.define<boolean>();

export default function CodeMirror({ value, onChange, syntax, label, check, readOnly, rows = 8 }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const w = useWords(words);
  const [faults, setFaults] = useState<Fault[]>([]);
  const latest = useRef({ onChange, check });
  latest.current = { onChange, check };

  useEffect(() => {
    const asked = linter(async (editor) => {
      const faults = (await latest.current.check?.(editor.state.doc.toString())) ?? [];
      setFaults(faults);
      return faults.map((fault) => diagnostic(editor.state, fault));
    });
    const editor = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          basicSetup,
          colors,
          language(syntax, !!check),
          check ? [asked, lintGutter()] : [],
          EditorState.readOnly.of(!!readOnly),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.theme({ '.cm-content, .cm-gutter': { minHeight: `${rows * 1.4}em` }, '.cm-scroller': { maxHeight: '32em' } }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(given))) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
    // The editor keeps its own text; it is made again only when its kind changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [syntax, readOnly, label, rows, !check]);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, annotations: given.of(true) });
    }
  }, [value]);

  const insert = (text: string) => {
    const editor = view.current!;
    const { from, to } = editor.state.selection.main;
    editor.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length } });
    editor.focus();
  };
  return (
    <div>
      <div ref={host} />
      {syntax !== 'vtl' && faults.slice(0, MOST).map((fault, at) => (
        <StatusIndicator key={at} type={fault.severity === 'warning' ? 'warning' : 'error'} wrapText>{`${w.line} ${fault.line}, ${w.column} ${fault.column}: ${fault.message}`}</StatusIndicator>
      ))}
      {syntax === 'vtl' && !readOnly && <TemplateVariables empty={value.trim() === ''} insert={insert} />}
    </div>
  );
}
