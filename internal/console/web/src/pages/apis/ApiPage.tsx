import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { GetApiCommand, type GetApiResponse } from '@aws-sdk/client-apigatewayv2';
import { useEffect, type ReactNode } from 'react';
import { failureText } from '../../aws/failure';
import { rememberApi } from '../../hooks/apiAtHand';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useOpenForm } from '../../hooks/router';
import { commonWords } from '../../words/common';
import { useWords } from '../../words/language';
import { DeployPage } from './DeployPage';
import { Undeployed } from './Undeployed';

interface Props {
  apiId: string;
  /** The page below: one of an API's pages. */
  children(api: GetApiResponse, reload: () => Promise<void>): ReactNode;
}

/** What every page of an API has above it: what its stages serve, and the form that deploys it. */
export function ApiPage({ apiId, children }: Props) {
  const w = useWords(commonWords);
  const { clients } = useConsole();
  const { form, close } = useOpenForm();
  useEffect(() => rememberApi(apiId), [apiId]);
  const api = useLoaded(() => clients.gateway.send(new GetApiCommand({ ApiId: apiId })), [apiId]);
  if (api.error) return <Alert type="error" header={w.failed}>{failureText(api.error)}</Alert>;
  if (!api.value) return <Spinner />;
  return (
    <SpaceBetween size="s">
      <Undeployed apiId={apiId} />
      {children(api.value, api.reload)}
      {form === 'deploy' && <DeployPage apiId={apiId} endpoint={api.value.ApiEndpoint!} close={close} />}
    </SpaceBetween>
  );
}
