import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { href, type Address } from '../hooks/router';
import { useName } from '../names/Named';
import { nameInArn } from '../names/texts';
import { accountPages } from '../pages/registry';
import { commonWords } from '../words/common';
import { useLanguage, useWords } from '../words/language';
import { pageAt } from './address';

/** The way to a page: the lists above it and the items on the way, by their names; and at its end what the form on it does. */
export function useCrumbs({ path }: Address, task: string | undefined): { text: string; href: string }[] {
  const { language } = useLanguage();
  const found = pageAt(path);
  const api = found?.scope === 'api' ? found.apiId : undefined;
  const apiName = useName('api', api);
  const itemName = useName(found?.entry.kind, found?.id, api);
  if (!found) return [];
  const apis = { text: accountPages[0]!.title[language], href: href('apis') };
  const above = api ? [apis, { text: apiName, href: href('apis', api) }] : found.entry.group ? [] : [apis];
  const list = [...(api ? ['apis', api] : []), ...found.entry.path.split('/')];
  const listed = api && path.length === 2 ? [] : [{ text: found.entry.title[language], href: href(...list) }];
  const item = found.id ? [{ text: nameInArn(itemName), href: href(...list, found.id) }] : [];
  const form = task ? [{ text: task, href: location.hash }] : [];
  return [...above, ...listed, ...item, ...form];
}

/** The way to a page; nothing where the page is one of the navigation's. */
export function Crumbs({ address, task }: { address: Address; task: string | undefined }) {
  const w = useWords(commonWords);
  const items = useCrumbs(address, task);
  return items.length > 1 ? <BreadcrumbGroup items={items} ariaLabel={w.path} /> : null;
}
