import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { useWords } from '../words/language';
import { href, type Place } from './router';
import { shellWords } from './words';

/** Where the page is: the lists above it, by their names, and what it is called itself. */
export function Crumbs({ place, apiName }: { place: Place; apiName?: string }) {
  const w = useWords(shellWords);
  const labels: Record<string, string> = {
    apis: w.apis, apikeys: w.apiKeys, usageplans: w.usagePlans, domains: w.domains, roles: w.roles, policies: w.policies, users: w.users, groups: w.groups,
    routes: w.routes, integrations: w.integrations, authorizers: w.authorizers, models: w.models, wizard: w.wizard, settings: w.apiSettings,
    stages: w.stages, deployments: w.deployments, test: w.test, live: w.live,
  };
  // Lists and the names of things alternate; "iam" is no page of its own.
  const from = place.path[0] === 'iam' ? 1 : 0;
  const items = place.path.slice(from).map((segment, at) => ({
    text: at % 2 === 0 ? (labels[segment] ?? segment) : at === 1 && apiName ? apiName : last(segment),
    href: href(...place.path.slice(0, from + at + 1)),
  }));
  return items.length > 1 ? <BreadcrumbGroup items={items} ariaLabel={w.navigation} /> : null;
}

/** The end of an ARN is the name that people know. */
function last(segment: string): string {
  return segment.startsWith('arn:') ? segment.slice(segment.lastIndexOf('/') + 1) : segment;
}
