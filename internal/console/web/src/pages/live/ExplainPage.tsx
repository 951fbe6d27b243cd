import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useExample } from '../../form/example';
import { go } from '../../hooks/router';
import { commonWords } from '../../words/common';
import { useWords, type Words } from '../../words/language';
import { Explain } from './Explain';

const en = { about: 'See what happened to a connection, or why one was refused.', id: 'Connection or request ID', where: 'Every refusal has its request ID in the header x-amz-apigw-id.', ask: 'Explain' };
const es: typeof en = { about: 'Mira qué pasó con una conexión, o por qué se rechazó.', id: 'ID de conexión o de petición', where: 'Cada rechazo lleva el ID de su petición en la cabecera x-amz-apigw-id.', ask: 'Explicar' };
const words: Words<typeof en> = { en, es };

/** Asks for an id that came from elsewhere: a log, a client, a colleague. */
export function ExplainPage({ id }: { id: string | undefined }) {
  const w = useWords(words);
  const exampleId = useExample('L0SM9cOFvHcCIhw=');
  const shell = useWords(commonWords);
  const [text, setText] = useState(id ?? '');
  const ask = () => text.trim() && go('explain', text.trim());
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" description={w.about}>{shell.explain}</Header>}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            ask();
          }}
        >
          <SpaceBetween size="s">
            <FormField label={w.id} description={w.where} stretch>
              <Input value={text} spellcheck={false} autoComplete={false} placeholder={exampleId} onChange={({ detail }) => setText(detail.value)} />
            </FormField>
            <Box><Button variant="primary" disabled={!text.trim()}>{w.ask}</Button></Box>
          </SpaceBetween>
        </form>
      </Container>
      {id && <Explain id={id} />}
    </SpaceBetween>
  );
}
