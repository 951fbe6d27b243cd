import type { Deployment } from '@aws-sdk/client-apigatewayv2';

/** The newest deployment that can be served, where it was made after the one that is served. */
export function newestBeyond(served: Deployment, all: Deployment[]): Deployment | undefined {
  return all
    .filter((one) => one.DeploymentStatus === 'DEPLOYED' && Number(one.CreatedDate) > Number(served.CreatedDate))
    .sort((a, b) => Number(b.CreatedDate) - Number(a.CreatedDate))[0];
}
