import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import Toggle from '@cloudscape-design/components/toggle';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { href } from '../../hooks/router';
import { numberText } from '../../words/format';
import { useLanguage, useWords, type Words } from '../../words/language';
import { linked, matching, readable } from './logLines';

const en = {
  filter: 'Find in the log',
  follow: 'Follow',
  count: (n: string, of: string) => `${n} of ${of} lines`,
  noMatch: 'No line matches.',
};
const es: typeof en = {
  filter: 'Buscar en el registro',
  follow: 'Seguir',
  count: (n, of) => `${n} de ${of} líneas`,
  noMatch: 'No coincide ninguna línea.',
};
const words: Words<typeof en> = { en, es };

export interface Line {
  /** Its own in this log. */
  key: string;
  text: string;
}

/** So many lines of a log are kept, the newest. */
export const KEPT = 2000;

interface Props {
  /** What the log is called, for who cannot see it. */
  name: string;
  lines: Line[];
  /** Names of APIs by their ids, where lines are of several. */
  apiNames?: ReadonlyMap<string, string>;
  /** What to look for at first. */
  search?: string;
  error?: string;
  missing?: ReactNode;
  /** What to say while there are no lines. */
  empty: ReactNode;
}

/** Lines of a log as they come, with a search in them; ids in them lead to their timelines. */
export function LogView({ name, lines, apiNames, search = '', error, missing, empty }: Props) {
  const w = useWords(words);
  const { language } = useLanguage();
  const [filter, setFilter] = useState(search);
  const [following, setFollowing] = useState(true);
  const shown = matching(useMemo(() => lines.map(({ key, text }) => ({ key, ...readable(language, text, apiNames) })), [language, lines, apiNames]), filter);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (following && end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [following, shown.length, lines]);
  return (
    <SpaceBetween size="s">
      {missing}
      {error && <Alert type="error">{error}</Alert>}
      <SpaceBetween direction="horizontal" size="l" alignItems="center">
        <TextFilter
          filteringText={filter}
          filteringPlaceholder={w.filter}
          filteringAriaLabel={w.filter}
          countText={filter ? w.count(numberText(language, shown.length), numberText(language, lines.length)) : undefined}
          onChange={({ detail }) => setFilter(detail.filteringText)}
        />
        <Toggle checked={following} onChange={({ detail }) => setFollowing(detail.checked)}>{w.follow}</Toggle>
      </SpaceBetween>
      {shown.length === 0 && <Box color="text-body-secondary">{lines.length > 0 ? w.noMatch : empty}</Box>}
      <div ref={end} className="frame-text log" role="log" tabIndex={0} aria-label={name}>
        {shown.map(({ key, place, label, rest }) => (
          <div key={key}>
            {place && <Link fontSize="inherit" href={href(...place)}>{label}</Link>}
            {linked(rest).map((part, i) => (part.id ? <Link key={i} fontSize="inherit" href={href('explain', part.id)}>{part.text}</Link> : part.text))}
          </div>
        ))}
      </div>
    </SpaceBetween>
  );
}
