import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { useWords } from '../words/language';
import { href, type Place } from './router';
import { shellWords } from './words';

type Item = SideNavigationProps.Item;

export function Navigation({ place }: { place: Place }) {
  const w = useWords(shellWords);
  const link = (text: string, ...path: string[]): Item => ({ type: 'link', text, href: href(...path) });
  const apiId = place.path[0] === 'apis' ? place.path[1] : undefined;
  const items: Item[] = apiId
    ? [
        link(w.apis, 'apis'),
        { type: 'divider' },
        {
          type: 'section',
          text: w.develop,
          items: [
            link(w.routes, 'apis', apiId, 'routes'),
            link(w.integrations, 'apis', apiId, 'integrations'),
            link(w.authorizers, 'apis', apiId, 'authorizers'),
            link(w.models, 'apis', apiId, 'models'),
            link(w.wizard, 'apis', apiId, 'wizard'),
            link(w.apiSettings, 'apis', apiId, 'settings'),
          ],
        },
        {
          type: 'section',
          text: w.deploy,
          items: [link(w.stages, 'apis', apiId, 'stages'), link(w.deployments, 'apis', apiId, 'deployments')],
        },
        {
          type: 'section',
          text: w.observe,
          items: [link(w.test, 'apis', apiId, 'test'), link(w.live, 'apis', apiId, 'live')],
        },
      ]
    : [
        link(w.apis, 'apis'),
        link(w.apiKeys, 'apikeys'),
        link(w.usagePlans, 'usageplans'),
        link(w.domains, 'domains'),
        link(w.certificates, 'certificates'),
        link(w.vpcLinks, 'vpclinks'),
        {
          type: 'section',
          text: w.iam,
          items: [
            link(w.roles, 'iam', 'roles'),
            link(w.policies, 'iam', 'policies'),
            link(w.users, 'iam', 'users'),
            link(w.groups, 'iam', 'groups'),
            link(w.simulator, 'iam', 'simulator'),
          ],
        },
        { type: 'divider' },
        link(w.live, 'live'),
        link(w.explain, 'explain'),
        link(w.backup, 'backup'),
        link(w.settings, 'settings'),
      ];
  return <SideNavigation activeHref={activeHref(place, apiId)} header={{ text: w.product, href: href('apis') }} items={items} />;
}

/** The entry of the page shown: a resource's own page belongs to its list. */
function activeHref(place: Place, apiId: string | undefined): string {
  const [first = 'apis', second, third = 'routes'] = place.path;
  if (apiId) return href('apis', apiId, third);
  return first === 'iam' ? href(first, second ?? 'roles') : href(first);
}
