import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { GetApiCommand, type GetApiResponse } from '@aws-sdk/client-apigatewayv2';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../shell/console';
import { useLoaded } from '../../shell/loading';
import { Crumbs } from '../../shell/Crumbs';
import { useOpenForm, type Place } from '../../shell/router';
import { shellWords } from '../../shell/words';
import { useWords } from '../../words/language';
import { Live } from '../live/Live';
import { Wizard } from '../wizard/Wizard';
import { ApiSettings } from './ApiSettings';
import { Authorizers } from './Authorizers';
import { Deployments } from './Deployments';
import { IntegrationPage } from './IntegrationPage';
import { Integrations } from './Integrations';
import { Models } from './Models';
import { RoutePage } from './RoutePage';
import { Routes } from './Routes';
import { StagePage } from './StagePage';
import { Stages } from './Stages';
import { TestClient } from './TestClient';
import { Undeployed } from './Undeployed';
import { DeployDialog } from './DeployDialog';

export function ApiPage({ apiId, place }: { apiId: string; place: Place }) {
  const w = useWords(shellWords);
  const { clients } = useConsole();
  const { form, close } = useOpenForm();
  const api = useLoaded(() => clients.gateway.send(new GetApiCommand({ ApiId: apiId })), [apiId]);
  if (api.error) return <Alert type="error" header={w.failed}>{failureText(api.error)}</Alert>;
  if (!api.value) return <Spinner />;
  return (
    <SpaceBetween size="s">
      <Crumbs place={place} />
      <Undeployed apiId={apiId} place={place} />
      <Section api={api.value} reload={api.reload} section={place.path[2] ?? 'routes'} id={place.path[3]} />
      {form === 'deploy' && <DeployDialog apiId={apiId} endpoint={api.value.ApiEndpoint!} close={close} />}
    </SpaceBetween>
  );
}

function Section({ api, reload, section, id }: { api: GetApiResponse; reload(): Promise<void>; section: string; id: string | undefined }) {
  const w = useWords(shellWords);
  const apiId = api.ApiId!;
  switch (section) {
    case 'routes':
      return id ? <RoutePage apiId={apiId} routeId={id} /> : <Routes apiId={apiId} />;
    case 'integrations':
      return id ? <IntegrationPage apiId={apiId} integrationId={id} /> : <Integrations apiId={apiId} />;
    case 'authorizers':
      return <Authorizers apiId={apiId} />;
    case 'models':
      return <Models apiId={apiId} />;
    case 'stages':
      return id ? <StagePage apiId={apiId} endpoint={api.ApiEndpoint!} name={id} /> : <Stages apiId={apiId} endpoint={api.ApiEndpoint!} />;
    case 'deployments':
      return <Deployments apiId={apiId} />;
    case 'wizard':
      return <Wizard api={api} />;
    case 'settings':
      return <ApiSettings api={api} reload={reload} />;
    case 'test':
      return <TestClient apiId={apiId} endpoint={api.ApiEndpoint!} />;
    case 'live':
      return <Live apiId={apiId} stage={id} />;
  }
  return <Alert type="warning">{w.notFound}</Alert>;
}
