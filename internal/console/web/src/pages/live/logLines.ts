// Finding lines of a log, and the timelines that they belong to.

import type { Language } from '../../words/language';

/** The lines that have every word of the search, in any order and case. */
export function matching<T extends { text: string }>(lines: T[], search: string): T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter(({ text }) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  });
}

const STYLE: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 };
const formats: Partial<Record<Language, Intl.DateTimeFormat>> = {};

/** A line as it is shown: the way to the stage that it is of, where it says so, and what follows. */
export interface Readable {
  place?: string[];
  label: string;
  rest: string;
  /** All of it, to be searched. */
  text: string;
}

/** A line begins with the node, in a cluster, then with the API and the stage, where there are several, and the time in UTC: "n1 | a1b2c3d4e5/prod | 2026-11-30T12:00:00.000Z". */
const LINE = /^((?:[^ |/]+ \| )?)(?:([a-z0-9]{10})\/([^ /|]+) \| )?(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) )?/;

/** A line with the name of its API beside the id, and its time in the reader's language and zone, as on every other page. */
export function readable(language: Language, line: string, apiNames?: ReadonlyMap<string, string>): Readable {
  const [whole, node = '', apiId, stage, at] = LINE.exec(line)!;
  const format = (formats[language] ??= new Intl.DateTimeFormat(language, STYLE));
  const rest = (at ? format.format(new Date(at)) + ' ' : '') + line.slice(whole.length);
  if (!apiId || !stage) return { label: '', rest: node + rest, text: node + rest };
  const label = [apiNames?.get(apiId), `${apiId}/${stage}`].filter(Boolean).join(' ');
  return { place: ['apis', apiId, 'live', stage], label, rest: ` | ${node}${rest}`, text: `${label} | ${node}${rest}` };
}

/** A part of a line; one with an id names a connection or a request that can be explained. */
export interface Part {
  text: string;
  id?: string;
}

/** Ids of connections and requests have 12 characters or more of base64 and one "=" at their end (aws-dataplane §1.7). */
const ID = /[A-Za-z0-9+/_-]{11,40}=(?![A-Za-z0-9=])/g;

export function linked(line: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const { 0: id, index } of line.matchAll(ID)) {
    if (index > done) parts.push({ text: line.slice(done, index) });
    parts.push({ text: id, id });
    done = index + id.length;
  }
  if (done < line.length) parts.push({ text: line.slice(done) });
  return parts;
}
