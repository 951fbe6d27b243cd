import Alert from '@cloudscape-design/components/alert';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { GetApiCommand } from '@aws-sdk/client-apigatewayv2';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../shell/console';
import { useLoaded } from '../../shell/loading';
import { href, type Place } from '../../shell/router';
import { shellWords } from '../../shell/words';
import { useWords } from '../../words/language';
import { Integrations } from './Integrations';
import { Routes } from './Routes';

interface Given {
  apiId: string;
  section: string;
  place: Place;
}

export function ApiPage({ apiId, section }: Given) {
  const w = useWords(shellWords);
  const { clients } = useConsole();
  const api = useLoaded(() => clients.gateway.send(new GetApiCommand({ ApiId: apiId })), [apiId]);
  if (api.error) return <Alert type="error" header={w.failed}>{failureText(api.error)}</Alert>;
  if (!api.value) return <Spinner />;
  return (
    <SpaceBetween size="s">
      <BreadcrumbGroup
        items={[
          { text: w.apis, href: href('apis') },
          { text: api.value.Name ?? apiId, href: href('apis', apiId, 'routes') },
        ]}
      />
      <Section apiId={apiId} section={section} />
    </SpaceBetween>
  );
}

function Section({ apiId, section }: { apiId: string; section: string }) {
  const w = useWords(shellWords);
  switch (section) {
    case 'routes':
      return <Routes apiId={apiId} />;
    case 'integrations':
      return <Integrations apiId={apiId} />;
  }
  return <Alert type="warning">{w.notFound}</Alert>;
}
