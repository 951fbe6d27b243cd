import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { useName, type Kind } from '../names/Named';
import { useWords } from '../words/language';
import { href, type Place } from './router';
import { shellWords } from './words';

/** What is known by a name that is not in the address. */
const kinds: Record<string, Kind | undefined> = { apis: 'api', routes: 'route', integrations: 'integration', usageplans: 'usageplan' };

/** Where the page is: the lists above it and the things on the way, by their names. */
export function useCrumbs(place: Place): { text: string; href: string }[] {
  const w = useWords(shellWords);
  const labels: Record<string, string> = {
    apis: w.apis, apikeys: w.apiKeys, usageplans: w.usagePlans, domains: w.domains, roles: w.roles, policies: w.policies, users: w.users, groups: w.groups,
    routes: w.routes, integrations: w.integrations, authorizers: w.authorizers, models: w.models, wizard: w.wizard, settings: place.path[0] === 'apis' ? w.apiSettings : w.settings,
    stages: w.stages, deployments: w.deployments, test: w.test, live: w.live, explain: w.explain, certificates: w.certificates, simulator: w.simulator,
    vpclinks: w.vpcLinks, backup: w.backup,
  };
  // Lists and the names of things alternate; "iam" is no page of its own.
  const from = place.path[0] === 'iam' ? 1 : 0;
  const [list = '', thing, part = '', detail] = place.path.slice(from);
  const names = [useName(kinds[list], thing), useName(kinds[part], detail, thing)];
  return place.path.slice(from).map((segment, at) => ({
    text: at % 2 === 0 ? (labels[segment] ?? segment) : last(names[(at - 1) / 2] ?? segment),
    href: href(...place.path.slice(0, from + at + 1)),
  }));
}

export function Crumbs({ place }: { place: Place }) {
  const w = useWords(shellWords);
  const items = useCrumbs(place);
  return items.length > 1 ? <BreadcrumbGroup items={items} ariaLabel={w.path} /> : null;
}

/** The end of an ARN is the name that people know. */
function last(segment: string): string {
  return segment.startsWith('arn:') ? segment.slice(segment.lastIndexOf('/') + 1) : segment;
}
