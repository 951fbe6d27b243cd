import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { CopyBlock } from '../../commands/ShowAs';
import { useWords, type Words } from '../../words/language';

const en = {
  title: 'What it gets, and what it must answer',
  gets: 'The client\'s handshake as JSON: methodArn, headers, queryStringParameters, stageVariables, requestContext. An HTTP endpoint gets it by POST.',
  answers: 'A policy that allows execute-api:Invoke on methodArn, with status 200 within 10 seconds; 401 refuses the client with 401, any other status with 500. "Deny" refuses it with 403.',
  context: 'What stands in context is there for integrations as $context.authorizer.plan. docs/functions.md has the rest (Authorizers).',
};
const es: typeof en = {
  title: 'Qué recibe y qué debe responder',
  gets: 'La petición de conexión del cliente en JSON: methodArn, headers, queryStringParameters, stageVariables, requestContext. Un endpoint HTTP la recibe por POST.',
  answers: 'Una política que permita execute-api:Invoke sobre methodArn, con estado 200 y en 10 segundos; con 401 el cliente recibe 401, y con cualquier otro estado, 500. Con "Deny" recibe 403.',
  context: 'Lo que haya en context lo tienen las integraciones como $context.authorizer.plan. El resto está en docs/functions.md (Authorizers).',
};
const words: Words<typeof en> = { en, es };

const answer = `{
  "principalId": "ana",
  "policyDocument": {
    "Version": "2012-10-17",
    "Statement": [{ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*" }]
  },
  "context": { "plan": "basic" }
}`;

/** What an authorizer must answer, with an example; unfolded for an HTTP endpoint, which has to be written. */
export function AuthorizerAnswer({ open }: { open: boolean }) {
  const w = useWords(words);
  return (
    <ExpandableSection key={String(open)} headerText={w.title} defaultExpanded={open}>
      <SpaceBetween size="xs">
        <Box color="text-body-secondary">{w.gets}</Box>
        <Box color="text-body-secondary">{w.answers}</Box>
        <CopyBlock text={answer} />
        <Box color="text-body-secondary">{w.context}</Box>
      </SpaceBetween>
    </ExpandableSection>
  );
}
