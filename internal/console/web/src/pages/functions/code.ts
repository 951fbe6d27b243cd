// The code of a function between its form and Lambda's calls.

import type { LambdaFunction } from '../../aws/lambda';
import { shellQuote } from '../../commands/cli';
import type { Value } from '../../form/field';
import type { Language } from './examples';
import { zipOf } from './zip';

/** A chosen file: it is not spelled out in drafts. */
export interface Chosen {
  name: string;
  file: File;
}

/** The language in which code for that runtime is written in the console; undefined where it comes as a zip file only. */
export function languageOf(runtime: unknown): Language | undefined {
  return (['nodejs', 'python'] as const).find((language) => String(runtime).startsWith(language));
}

/** The member of the form that has what is written. */
export const memberOf: Record<Language, string> = { nodejs: 'NodeCode', python: 'PythonCode' };

/** The file in which the runtime looks for a handler: "src/app.rooms.join" is in src/app.js, Python's "rooms.app.join" in rooms/app.py. */
export function fileOf(language: Language, handler: unknown, text: string): string {
  const named = String(handler ?? '');
  if (language === 'python') return `${named.slice(0, Math.max(named.lastIndexOf('.'), 0)).replaceAll('.', '/') || 'index'}.py`;
  // Node.js reads import and export in a file of that name alone, whatever its version.
  const isModule = /^\s*(import|export)\b/m.test(text);
  return `${/^(?:.*\/)?[^./]+/.exec(named)?.[0] ?? 'index'}.${isModule ? 'mjs' : 'js'}`;
}

/** What is written in the form, in the file of its handler; undefined where a zip file is given. */
export function writtenIn(input: Value): { name: string; text: string } | undefined {
  const language = (['nodejs', 'python'] as const).find((one) => typeof input[memberOf[one]] === 'string');
  if (!language) return undefined;
  const text = String(input[memberOf[language]]);
  return { name: fileOf(language, input.Handler, text), text };
}

/** The zip file as Lambda's calls take it, in base64. */
export async function zipFileOf(input: Value): Promise<string> {
  const written = writtenIn(input);
  const blob = written ? new Blob([zipOf(written.name, written.text)]) : (input.Zip as Chosen).file;
  const url = await new Promise<string>((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error ?? new Error(blob.type));
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(',') + 1);
}

/** Members of CreateFunction and UpdateFunctionConfiguration of what the form holds; its code is apart. */
export function configurationOf({ From: _from, NodeCode: _node, PythonCode: _python, Zip: _zip, Variables, ...rest }: Value): Value {
  return { ...rest, ...(Variables === undefined ? {} : { Environment: { Variables } }) };
}

/** Where commands find the code. */
export const ZIP = 'fileb://function.zip';

/** The commands that make function.zip of what is written. */
export function zipCommands(input: Value): string {
  const written = writtenIn(input);
  if (!written) return '';
  const text = written.text.endsWith('\n') ? written.text : written.text + '\n';
  const folder = written.name.slice(0, written.name.lastIndexOf('/') + 1);
  return `${folder && `mkdir -p ${shellQuote(folder)}\n`}cat > ${shellQuote(written.name)} <<'END'\n${text}END\nzip function.zip ${shellQuote(written.name)}\n`;
}

/** The code as a template has it: what is written stands in it where the file has the name that AWS gives it; a zip file is uploaded by aws cloudformation package. */
export function templateCode(input: Value): unknown {
  const written = writtenIn(input);
  return written && /^index\.(js|py)$/.test(written.name) ? { ZipFile: written.text } : 'function.zip';
}

/** Lambda does not give code out here: what was written in this browser is kept, for as long as it is the function's (A-CONSOLE-8). */
const KEPT = 'pasarela.code.';

export function keepCode({ FunctionArn, CodeSha256 }: LambdaFunction, input: Value): void {
  const written = writtenIn(input);
  if (written) localStorage.setItem(KEPT + FunctionArn, JSON.stringify({ sha: CodeSha256, text: written.text }));
  else localStorage.removeItem(KEPT + FunctionArn);
}

export function keptCode({ FunctionArn, CodeSha256 }: LambdaFunction): string | undefined {
  const { sha, text } = JSON.parse(localStorage.getItem(KEPT + FunctionArn) ?? '{}') as { sha?: string; text?: string };
  return sha === CodeSha256 ? text : undefined;
}

export function forgetCode({ FunctionArn }: LambdaFunction): void {
  localStorage.removeItem(KEPT + FunctionArn);
}
