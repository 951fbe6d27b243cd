export type Syntax = 'vtl' | 'json' | 'policy' | 'javascript' | 'python' | 'yaml';

/** A fault at a place in the text: lines and columns count from 1. */
export interface Fault {
  line: number;
  column: number;
  message: string;
  severity?: 'error' | 'warning';
}

/** Finds the faults of a text in the server's own words. */
export type Check = (syntax: Syntax, text: string) => Promise<Fault[]>;

/** The props of an editor of code. */
export interface CodeEditorProps {
  value: string;
  onChange(value: string): void;
  syntax: Syntax;
  label: string;
  /** Asked a moment after each change; the answers stand under their lines. */
  check?(text: string): Promise<Fault[]>;
  readOnly?: boolean;
  rows?: number;
}
