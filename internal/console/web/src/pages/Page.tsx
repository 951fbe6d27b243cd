import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { Crumbs } from '../shell/Crumbs';
import type { Place } from '../shell/router';
import { shellWords } from '../shell/words';
import { useWords } from '../words/language';
import { ApiPage } from './apis/ApiPage';
import { Apis } from './apis/Apis';
import { Backup } from './backup/Backup';
import { DomainPage, Domains } from './domains/Domains';
import { GroupPage } from './iam/GroupPage';
import { Groups } from './iam/Groups';
import { Policies } from './iam/Policies';
import { PolicyPage } from './iam/PolicyPage';
import { RolePage } from './iam/RolePage';
import { Roles } from './iam/Roles';
import { Simulator } from './iam/Simulator';
import { UserPage } from './iam/UserPage';
import { Users } from './iam/Users';
import { ApiKeys } from './keys/ApiKeys';
import { ClientCertificates } from './keys/ClientCertificates';
import { UsagePlanPage } from './keys/UsagePlanPage';
import { UsagePlans } from './keys/UsagePlans';
import { Everywhere } from './live/Everywhere';
import { ExplainPage } from './live/ExplainPage';
import { Settings } from './settings/Settings';
import { VpcLinks } from './vpclinks/VpcLinks';
import { Wizard } from './wizard/Wizard';

/** The page that an address names. */
export function Page({ place }: { place: Place }) {
  const w = useWords(shellWords);
  const page = pageOf(place) ?? <Box variant="h1">{w.notFound}</Box>;
  if (!belowList.includes(place.path[0] ?? '') || place.path.length < 2) return page;
  return (
    <SpaceBetween size="s">
      <Crumbs place={place} />
      {page}
    </SpaceBetween>
  );
}

/** Lists whose things have pages; an API's page knows the name that its own crumbs show. */
const belowList = ['usageplans', 'domains', 'iam'];

function pageOf(place: Place): ReactNode {
  const [first = 'apis', second, third] = place.path;
  switch (first) {
    case 'apis':
      return second ? <ApiPage apiId={second} place={place} /> : <Apis />;
    case 'apikeys':
      return <ApiKeys />;
    case 'usageplans':
      return second ? <UsagePlanPage planId={second} /> : <UsagePlans />;
    case 'domains':
      return second ? <DomainPage domain={second} /> : <Domains />;
    case 'explain':
      return <ExplainPage key={second} id={second} />;
    case 'wizard':
      return <Wizard />;
    case 'certificates':
      return <ClientCertificates />;
    case 'vpclinks':
      return <VpcLinks />;
    case 'live':
      return <Everywhere />;
    case 'backup':
      return <Backup />;
    case 'settings':
      return <Settings />;
    case 'iam':
      return iamPage(second, third);
  }
  return undefined;
}

function iamPage(kind: string | undefined, name: string | undefined): ReactNode {
  switch (kind) {
    case 'roles':
      return name ? <RolePage name={name} /> : <Roles />;
    case 'policies':
      return name ? <PolicyPage key={name} arn={name} /> : <Policies />;
    case 'users':
      return name ? <UserPage name={name} /> : <Users />;
    case 'groups':
      return name ? <GroupPage name={name} /> : <Groups />;
    case 'simulator':
      return <Simulator />;
  }
  return undefined;
}
