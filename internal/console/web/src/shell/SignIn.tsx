import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { useState } from 'react';
import { makeClients } from '../aws/clients';
import { failureText } from '../aws/failure';
import { oneClickSession, type ServerFacts, type Session } from '../aws/session';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useLanguage, useWords, type Language, type Words } from '../words/language';

const en = {
  language: 'Language',
  title: 'Sign in to pasarela',
  explain: 'Use an AWS access key of this server. It stays in this tab and is forgotten when the tab closes.',
  whereKey: 'The administrator key: pasarela credentials --data DIR',
  id: 'Access key ID',
  secret: 'Secret access key',
  token: 'Session token (only for temporary credentials)',
  signIn: 'Sign in',
  oneClick: 'Sign in as administrator',
  oneClickWhy: 'This is a development server: one click is enough.',
  refused: 'The server refused this key',
};
const es: typeof en = {
  language: 'Idioma',
  title: 'Entrar en pasarela',
  explain: 'Usa una clave de acceso AWS de este servidor. Queda en esta pestaña y se olvida al cerrarla.',
  whereKey: 'La clave del administrador: pasarela credentials --data DIR',
  id: 'Identificador de la clave (access key ID)',
  secret: 'Clave secreta (secret access key)',
  token: 'Token de sesión (solo con credenciales temporales)',
  signIn: 'Entrar',
  oneClick: 'Entrar como administrador',
  oneClickWhy: 'Es un servidor de desarrollo: basta un clic.',
  refused: 'El servidor rechazó esta clave',
};
const words: Words<typeof en> = { en, es };

interface Given {
  facts: ServerFacts;
  onSignIn(session: Session): void;
}

export function SignIn({ facts, onSignIn }: Given) {
  const w = useWords(words);
  const { language, choose } = useLanguage();
  const [key, setKey] = useState({ accessKeyId: '', secretAccessKey: '', sessionToken: '' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const enter = async (make: () => Promise<Session>) => {
    setBusy(true);
    setError(undefined);
    try {
      const session = await make();
      await makeClients(session).sts.send(new GetCallerIdentityCommand({}));
      onSignIn(session);
    } catch (refusal) {
      setError(failureText(refusal));
    } finally {
      setBusy(false);
    }
  };
  const withKey = () =>
    enter(async () => ({
      accessKeyId: key.accessKeyId.trim(),
      secretAccessKey: key.secretAccessKey.trim(),
      sessionToken: key.sessionToken.trim() || undefined,
      region: facts.region,
    }));

  return (
    <main className="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void withKey();
        }}
      >
        <Form
          header={
            <Header
              variant="h1"
              description={w.explain}
              actions={
                <SegmentedControl
                  label={w.language}
                  selectedId={language}
                  options={[
                    { id: 'en', text: 'English' },
                    { id: 'es', text: 'Español' },
                  ]}
                  onChange={({ detail }) => choose(detail.selectedId as Language)}
                />
              }
            >
              {w.title}
            </Header>
          }
          actions={
            <Button variant={facts.oneClick ? 'normal' : 'primary'} formAction="submit" loading={busy}>
              {w.signIn}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {facts.oneClick && (
              <Alert
                type="info"
                action={
                  <Button variant="primary" formAction="none" loading={busy} onClick={() => enter(() => oneClickSession(facts.region))}>
                    {w.oneClick}
                  </Button>
                }
              >
                {w.oneClickWhy}
              </Alert>
            )}
            {error && <Alert type="error" header={w.refused}>{error}</Alert>}
            <Container>
              <SpaceBetween size="m">
                <FormField label={w.id}>
                  <Input value={key.accessKeyId} autoComplete="username" spellcheck={false} onChange={({ detail }) => setKey({ ...key, accessKeyId: detail.value })} />
                </FormField>
                <FormField label={w.secret} description={<Box variant="small">{w.whereKey}</Box>}>
                  <Input type="password" value={key.secretAccessKey} autoComplete="current-password" onChange={({ detail }) => setKey({ ...key, secretAccessKey: detail.value })} />
                </FormField>
                <FormField label={w.token}>
                  <Input value={key.sessionToken} autoComplete={false} spellcheck={false} onChange={({ detail }) => setKey({ ...key, sessionToken: detail.value })} />
                </FormField>
              </SpaceBetween>
            </Container>
          </SpaceBetween>
        </Form>
      </form>
    </main>
  );
}
