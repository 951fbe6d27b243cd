import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

// Colors are variables of console.css, so that one editor follows light and
// dark without being made again; their contrast is at least 4.5 to 1 in both.
const highlight = HighlightStyle.define([
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.keyword, tags.controlKeyword, tags.bool, tags.null, tags.atom], color: 'var(--code-keyword)' },
  { tag: [tags.propertyName, tags.variableName, tags.special(tags.variableName)], color: 'var(--code-name)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
]);

const surface = EditorView.theme({
  '&': { color: 'inherit', backgroundColor: 'transparent' },
  '.cm-content': { caretColor: 'currentColor' },
  '.cm-cursor': { borderLeftColor: 'currentColor' },
  '.cm-gutters': { backgroundColor: 'var(--code-gutter)', color: 'var(--code-comment)', borderRight: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-line)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--code-selection)' },
  '.cm-tooltip': { color: '#0f141a' },
});

export const colors = [surface, syntaxHighlighting(highlight)];
