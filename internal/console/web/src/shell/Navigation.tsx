import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { href, type Address } from '../hooks/router';
import { accountPages, apiPages, type Entry, type Group } from '../pages/registry';
import { commonWords } from '../words/common';
import { useLanguage, useWords } from '../words/language';
import { pageAt } from './address';

type Item = SideNavigationProps.Item;

export function Navigation({ address }: { address: Address }) {
  const w = useWords(commonWords);
  const { language } = useLanguage();
  const found = pageAt(address.path);
  const links = (entries: readonly Entry<never>[], above: string[], group: Group): Item[] =>
    entries.filter((entry) => entry.group === group).map((entry) => ({ type: 'link', text: entry.title[language], href: href(...above, ...entry.path.split('/')) }));
  const section = (text: string, entries: readonly Entry<never>[], above: string[], group: Group): Item => ({ type: 'section', text, items: links(entries, above, group) });
  const above = found?.scope === 'api' ? ['apis', found.apiId] : [];
  const items: Item[] =
    found?.scope === 'api'
      ? [
          { type: 'link', text: accountPages[0]!.title[language], href: href('apis') },
          { type: 'divider' },
          section(w.develop, apiPages, above, 'develop'),
          section(w.deploy, apiPages, above, 'deploy'),
          section(w.observe, apiPages, above, 'observe'),
        ]
      : [...links(accountPages, [], 'gateway'), section(w.iam, accountPages, [], 'iam'), { type: 'divider' }, ...links(accountPages, [], 'server')];
  // A resource's own page belongs to its list, and a page without an entry to the APIs.
  const active = found?.entry.group ? href(...above, ...found.entry.path.split('/')) : href('apis');
  return <SideNavigation activeHref={active} header={{ text: w.product, href: href('apis') }} items={items} />;
}
