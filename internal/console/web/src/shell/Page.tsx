import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { href, type Address } from '../hooks/router';
import { ApiPage } from '../pages/apis/ApiPage';
import { commonWords } from '../words/common';
import { useWords } from '../words/language';
import { pageAt, type Found } from './address';

/** The page that an address names. */
export function Page({ address }: { address: Address }) {
  const w = useWords(commonWords);
  const found = pageAt(address.path);
  if (!found) return <><Box variant="h1">{w.notFound}</Box><Link href={href('apis')}>{w.apis}</Link></>;
  return contentOf(found);
}

function contentOf(found: Found): ReactNode {
  const { id } = found;
  if (found.scope === 'account') return id && found.entry.item ? found.entry.item(id, {}) : found.entry.page({ rest: id });
  const { apiId, entry } = found;
  return (
    <ApiPage apiId={apiId}>
      {(api, reload) => {
        const given = { apiId, api, endpoint: api.ApiEndpoint!, reload, rest: id };
        return id && entry.item ? entry.item(id, given) : entry.page(given);
      }}
    </ApiPage>
  );
}
