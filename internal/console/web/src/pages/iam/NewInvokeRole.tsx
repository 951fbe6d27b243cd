import { useConsole } from '../../hooks/console';
import type { Words } from '../../words/language';
import { ensureInvokeRole } from './invokeRole';
import { NewRole } from './NewRole';

const hint: Words<string> = { en: 'It trusts apigateway.amazonaws.com and may invoke backends (execute-api:Invoke).', es: 'Confía en apigateway.amazonaws.com y puede llamar a backends (execute-api:Invoke).' };

/** Makes the role that an integration needs without leaving its form. */
export function NewInvokeRole({ choose }: { choose(arn: string): void }) {
  const { clients, facts } = useConsole();
  return <NewRole first="APIGatewayInvokeHTTPRole" hint={hint} make={(name) => ensureInvokeRole(clients, name, 'APIGatewayInvokeHTTPPolicy', facts.accountId)} choose={choose} />;
}
