// Colours for what a function is written in. CodeMirror's own modes would weigh twelve times as much.

import type { StreamParser } from '@codemirror/language';

/** Words, texts of one line, numbers and comments. */
function language(keywords: string, comment: string): StreamParser<unknown> {
  const known = new Set(keywords.split(' '));
  return {
    languageData: { commentTokens: { line: comment } },
    token(stream) {
      if (stream.eatSpace()) return null;
      if (stream.match(comment)) {
        stream.skipToEnd();
        return 'comment';
      }
      if (stream.match(/^(["'`])(?:\\.|(?!\1).)*\1?/)) return 'string';
      if (stream.match(/^\d[\w.]*/)) return 'number';
      const word = stream.match(/^[A-Za-z_$][\w$]*/) as RegExpMatchArray | null;
      if (word) return known.has(word[0]) ? 'keyword' : 'variableName';
      stream.next();
      return null;
    },
  };
}

export const javascript = language('async await break case catch class const continue default delete do else export extends false finally for from function if import in instanceof let new null of return super switch this throw true try typeof undefined var void while yield', '//');

export const python = language('False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield', '#');
