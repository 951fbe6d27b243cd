import { SimulatePrincipalPolicyCommand, type EvaluationResult, type Statement } from '@aws-sdk/client-iam';
import Alert from '@cloudscape-design/components/alert';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { href } from '../../hooks/router';
import { nameInArn } from '../../names/texts';
import { fieldWords } from '../../words/field';
import { useWords, type Words } from '../../words/language';
import { listGroups, listRoles, listUsers } from '../../aws/iamLists';
import { statementText } from './statement';

const en = {
  title: 'Policy simulator',
  about: 'Find out whether a principal may do something, and which statement decides it.',
  principal: 'Principal',
  action: 'Action',
  resource: 'Resource',
  ask: 'Check',
  allowed: 'Allowed',
  explicitDeny: 'Denied by a statement',
  implicitDeny: 'Denied: no statement allows it',
  statement: 'The deciding statement is in',
  place: 'lines',
};
const es: typeof en = {
  title: 'Simulador de políticas',
  about: 'Averigua si una entidad principal puede hacer algo y qué sentencia lo decide.',
  principal: 'Entidad principal',
  action: 'Acción',
  resource: 'Recurso',
  ask: 'Comprobar',
  allowed: 'Permitido',
  explicitDeny: 'Denegado por una sentencia',
  implicitDeny: 'Denegado: ninguna sentencia lo permite',
  statement: 'La sentencia que lo decide está en',
  place: 'líneas',
};
const words: Words<typeof en> = { en, es };

const actions = ['execute-api:ManageConnections', 'execute-api:Invoke', 'apigateway:GET', 'apigateway:POST', 'apigateway:PATCH', 'apigateway:DELETE', 'iam:PassRole', 'sts:AssumeRole'];

export default function Simulator() {
  const w = useWords(words);
  const field = useWords(fieldWords);
  const { clients, facts } = useConsole();
  const principals = useLoaded(async () => [...(await listUsers(clients)), ...(await listGroups(clients)), ...(await listRoles(clients))].map((one) => ({ value: one.Arn! })), [clients]);
  const [principal, setPrincipal] = useState('');
  const [action, setAction] = useState(actions[0]!);
  const [resource, setResource] = useState(`arn:aws:execute-api:${facts.region}:${facts.accountId}:*/prod/POST/@connections/*`);
  const [results, setResults] = useState<EvaluationResult[]>();
  const [error, setError] = useState<string>();
  const ask = async () => {
    setError(undefined);
    setResults(undefined);
    try {
      const answer = await clients.iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: principal, ActionNames: [action], ResourceArns: [resource] }));
      setResults(answer.EvaluationResults);
    } catch (refusal) {
      setError(failureText(refusal));
    }
  };
  return (
    <Container header={<Header variant="h1" description={w.about}>{w.title}</Header>}>
      <SpaceBetween size="m">
        <FormField label={w.principal} stretch>
          <Autosuggest value={principal} options={principals.value ?? []} statusType={principals.loading ? 'loading' : 'finished'} placeholder={field.chooseOrType} ariaLabel={w.principal} enteredTextLabel={(text) => text} onChange={({ detail }) => setPrincipal(detail.value)} />
        </FormField>
        <FormField label={w.action} stretch>
          <Autosuggest value={action} options={actions.map((value) => ({ value }))} ariaLabel={w.action} enteredTextLabel={(text) => text} onChange={({ detail }) => setAction(detail.value)} />
        </FormField>
        <FormField label={w.resource} stretch>
          <Autosuggest value={resource} options={[{ value: resource }]} ariaLabel={w.resource} enteredTextLabel={(text) => text} onChange={({ detail }) => setResource(detail.value)} />
        </FormField>
        <Button variant="primary" disabled={!principal} onClick={ask}>{w.ask}</Button>
        {error && <Alert type="error">{error}</Alert>}
        {results?.map((result, at) => <Result key={at} principal={principal} result={result} />)}
      </SpaceBetween>
    </Container>
  );
}

function Result({ principal, result }: { principal: string; result: EvaluationResult }) {
  const w = useWords(words);
  const decision = (result.EvalDecision ?? 'implicitDeny') as 'allowed' | 'explicitDeny' | 'implicitDeny';
  return (
    <div aria-live="polite">
      <StatusIndicator type={decision === 'allowed' ? 'success' : 'error'}>{w[decision]}</StatusIndicator>
      {result.MatchedStatements?.map((statement, at) => (
        <Box key={at}>
          {w.statement} <Policy of={statement.SourcePolicyId!} />
          {statement.StartPosition && ` (${w.place} ${statement.StartPosition.Line}–${statement.EndPosition?.Line})`}
          <StatementText principal={principal} statement={statement} />
        </Box>
      ))}
    </div>
  );
}

/** A managed policy by its name, with a link to its page; an inline one is known by its name alone. */
function Policy({ of: id }: { of: string }) {
  return id.startsWith('arn:') ? <Link href={href('iam', 'policies', id)}>{nameInArn(id)}</Link> : <b>{id}</b>;
}

function StatementText({ principal, statement }: { principal: string; statement: Statement }) {
  const { clients } = useConsole();
  const text = useLoaded(() => statementText(clients, principal, statement), [clients, principal, statement]);
  return text.value ? <pre className="frame-text">{text.value}</pre> : null;
}
