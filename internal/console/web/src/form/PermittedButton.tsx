import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import type { Permission } from '../aws/permissions';
import { gatewayArn } from '../aws/tagging';
import { useConsole } from '../hooks/console';
import { useDenied } from '../hooks/permissions';

/** A button that is disabled, and says why, where the signed-in key may not do what it leads to (A-CONSOLE-5). */
export function PermittedButton({ needs, ...button }: ButtonProps & { needs: Permission }) {
  const denied = useDenied([needs]);
  return <Button {...button} disabled={button.disabled || !!denied} disabledReason={denied ?? button.disabledReason} />;
}

/** The same of a call of API Gateway, by its verb and path: PATCH, "apis/abcdef1234/stages/prod". */
export function GatewayButton({ verb, path, ...button }: ButtonProps & { verb: 'POST' | 'PATCH'; path: string }) {
  const { facts } = useConsole();
  return <PermittedButton {...button} needs={{ action: `apigateway:${verb}`, resource: gatewayArn(facts.region, path) }} />;
}
