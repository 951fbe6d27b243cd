import Box from '@cloudscape-design/components/box';
import { useWords } from '../words/language';
import type { Place } from '../shell/router';
import { shellWords } from '../shell/words';
import { ApiPage } from './apis/ApiPage';
import { Apis } from './apis/Apis';

/** The page that an address names. */
export function Page({ place }: { place: Place }) {
  const w = useWords(shellWords);
  const [first = 'apis', second, third = 'routes'] = place.path;
  switch (first) {
    case 'apis':
      return second ? <ApiPage apiId={second} section={third} place={place} /> : <Apis />;
  }
  return <Box variant="h1">{w.notFound}</Box>;
}
