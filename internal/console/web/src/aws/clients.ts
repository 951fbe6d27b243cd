import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import type { Session } from './session';

/** AWS's own clients, pointed at the server that served this page. */
export interface Clients {
  gateway: ApiGatewayV2Client;
  keys: APIGatewayClient;
  iam: IAMClient;
  sts: STSClient;
  /** The @connections client of one stage. */
  connections(apiId: string, stage: string): ApiGatewayManagementApiClient;
}

/** Called after each call that changed something at API Gateway. */
type Changed = () => void;

export function makeClients(session: Session, changed: Changed = () => undefined): Clients {
  const settings = {
    endpoint: location.origin,
    region: session.region,
    credentials: session,
    sha256: session.sha256,
    maxAttempts: 2,
  };
  const gateway = new ApiGatewayV2Client(settings);
  gateway.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (!context.commandName?.startsWith('Get')) changed();
      return answer;
    },
    { step: 'initialize', name: 'reportChanges' },
  );
  return {
    gateway,
    keys: new APIGatewayClient(settings),
    iam: new IAMClient(settings),
    sts: new STSClient(settings),
    connections: (apiId, stage) =>
      new ApiGatewayManagementApiClient({ ...settings, endpoint: `${location.origin}/${apiId}/${stage}` }),
  };
}
