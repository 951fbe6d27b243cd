import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { useState } from 'react';
import { useExample } from '../form/example';
import { Copyable } from '../elements/Copyable';
import { assumeRole } from '../aws/assumeRole';
import { makeClients } from '../aws/clients';
import { failureText } from '../aws/failure';
import { canKeep, sessionOf, type ServerFacts, type Session } from '../aws/session';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useLanguage, useWords, type Language, type Words } from '../words/language';
import { signInFault, type SignInFault } from './signInFault';

type Fault = SignInFault | 'noRole';

const en = {
  language: 'Language',
  title: 'Sign in to pasarela',
  explain: 'Use an AWS access key of this server. You stay signed in, in every tab of this browser, until you sign out or have not used the console for 8 hours.',
  explainTab: 'Use an AWS access key of this server. Over plain HTTP the key stays in the memory of this tab: reloading the page asks for it again.',
  whereKey: 'The administrator’s key: pasarela credentials --data DIR',
  id: 'Access key ID',
  secret: 'Secret access key',
  token: 'Session token (only for temporary credentials)',
  temporary: 'Temporary credentials and roles',
  role: 'ARN of the role to assume (optional)',
  roleHint: 'For one hour, the console may do what the role allows.',
  ended: 'Your temporary credentials have expired',
  again: 'Sign in again to go on.',
  signIn: 'Sign in',
  byAddress: 'On the machine of the server you need no key: this command prints an address that signs you in.',
  faults: {
    empty: { header: 'The access key is not complete', what: 'Fill in both the access key ID and the secret access key.' },
    unknownKey: { header: 'This server does not know this access key', what: 'Check the access key ID: it must be a key of this server, not of AWS, and active. Temporary credentials need their session token too.' },
    wrongSecret: { header: 'The secret does not belong to this access key ID', what: 'Copy the secret access key again, all of it. If it is lost, create another access key: no server shows a secret twice.' },
    clock: { header: 'The clock of this computer differs from that of the server', what: 'Set the clock of this computer, or that of the server, and sign in again.' },
    expired: { header: 'These temporary credentials have expired', what: 'Get new ones and sign in with them.' },
    unreachable: { header: 'The server does not answer', what: 'Check that pasarela is running and that this computer reaches it, then try again.' },
    noRole: { header: 'The role was not assumed', what: '' },
    other: { header: 'The server refused this key', what: '' },
  } satisfies Record<Fault, { header: string; what: string }>,
  address: 'The address did not sign you in',
  spent: 'It was used already, is older than 12 hours, or reached the server through a proxy. Print another one.',
};
const es: typeof en = {
  language: 'Idioma',
  title: 'Iniciar sesión en pasarela',
  explain: 'Usa una clave de acceso AWS de este servidor. La sesión vale en todas las pestañas de este navegador hasta que la cierres o pases 8 horas sin usar la consola.',
  explainTab: 'Usa una clave de acceso AWS de este servidor. Por HTTP sin cifrar, la clave se queda en la memoria de esta pestaña: al recargar la página se vuelve a pedir.',
  whereKey: 'La clave del administrador: pasarela credentials --data DIR',
  id: 'Identificador de la clave (access key ID)',
  secret: 'Clave secreta (secret access key)',
  token: 'Token de sesión (solo con credenciales temporales)',
  temporary: 'Credenciales temporales y roles',
  role: 'ARN del rol que se asume (opcional)',
  roleHint: 'Durante una hora, la consola podrá hacer lo que permite el rol.',
  ended: 'Tus credenciales temporales han caducado',
  again: 'Inicia sesión otra vez para continuar.',
  signIn: 'Iniciar sesión',
  byAddress: 'En la máquina del servidor no necesitas clave: este comando muestra una dirección que inicia tu sesión.',
  faults: {
    empty: { header: 'La clave de acceso está incompleta', what: 'Escribe tanto el identificador como la clave secreta.' },
    unknownKey: { header: 'Este servidor no conoce esa clave de acceso', what: 'Revisa el identificador: debe ser de una clave de este servidor, no de AWS, y estar activa. Las credenciales temporales necesitan además su token de sesión.' },
    wrongSecret: { header: 'La clave secreta no corresponde a ese identificador', what: 'Copia otra vez la clave secreta, entera. Si se ha perdido, crea otra clave de acceso: ningún servidor muestra dos veces una clave secreta.' },
    clock: { header: 'El reloj de este equipo no coincide con el del servidor', what: 'Pon en hora este equipo, o el servidor, y vuelve a iniciar sesión.' },
    expired: { header: 'Estas credenciales temporales han caducado', what: 'Obtén otras e inicia sesión con ellas.' },
    unreachable: { header: 'El servidor no responde', what: 'Comprueba que pasarela está en marcha y que este equipo llega hasta él, y vuelve a intentarlo.' },
    noRole: { header: 'No se asumió el rol', what: '' },
    other: { header: 'El servidor rechazó esta clave', what: '' },
  },
  address: 'La dirección no inició tu sesión',
  spent: 'Ya se usó, tiene más de 12 horas o llegó al servidor a través de un proxy. Pide otra.',
};
const words: Words<typeof en> = { en, es };

interface Props {
  facts: ServerFacts;
  /** The sign-in token of the address was refused. */
  refused?: boolean;
  /** The credentials of the last session ended. */
  expired?: boolean;
  onSignIn(session: Session): Promise<void>;
}

export function SignIn({ facts, refused: byToken, expired, onSignIn }: Props) {
  const w = useWords(words);
  const exampleRole = useExample('arn:aws:iam::123456789012:role/ReadOnly');
  const { language, choose } = useLanguage();
  const [key, setKey] = useState({ accessKeyId: '', secretAccessKey: '', sessionToken: '', role: '' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ fault: Fault; said: string }>();

  const enter = async () => {
    const secret = { accessKeyId: key.accessKeyId.trim(), secretAccessKey: key.secretAccessKey.trim(), sessionToken: key.sessionToken.trim() || undefined };
    if (!secret.accessKeyId || !secret.secretAccessKey) return setError({ fault: 'empty', said: '' });
    setBusy(true);
    setError(undefined);
    try {
      const session = sessionOf(secret, facts.region);
      await makeClients(session).sts.send(new GetCallerIdentityCommand({}));
      const role = key.role.trim();
      const chosen = role ? await assumeRole(session, role).catch((refusal: unknown) => setError({ fault: 'noRole', said: failureText(refusal) })) : session;
      if (chosen) await onSignIn(chosen);
      else setBusy(false);
    } catch (refused) {
      setError({ fault: signInFault(refused), said: failureText(refused) });
      setBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <Form
          header={
            <Header
              variant="h1"
              description={canKeep ? w.explain : w.explainTab}
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
            <Button variant="primary" formAction="submit" loading={busy}>
              {w.signIn}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {byToken && <Alert type="warning" header={w.address}>{w.spent}</Alert>}
            {expired && <Alert type="warning" header={w.ended}>{w.again}</Alert>}
            {error && <Alert type="error" header={w.faults[error.fault].header}>{w.faults[error.fault].what || error.said}</Alert>}
            <Container>
              <SpaceBetween size="m">
                <FormField label={w.id}>
                  <Input value={key.accessKeyId} autoComplete="username" spellcheck={false} onChange={({ detail }) => setKey({ ...key, accessKeyId: detail.value })} />
                </FormField>
                <FormField label={w.secret} description={<Box variant="small">{w.whereKey}</Box>}>
                  <Input type="password" value={key.secretAccessKey} autoComplete="current-password" onChange={({ detail }) => setKey({ ...key, secretAccessKey: detail.value })} />
                </FormField>
                <ExpandableSection headerText={w.temporary}>
                  <SpaceBetween size="m">
                    <FormField label={w.token}>
                      <Input value={key.sessionToken} autoComplete={false} spellcheck={false} onChange={({ detail }) => setKey({ ...key, sessionToken: detail.value })} />
                    </FormField>
                    <FormField label={w.role} description={w.roleHint}>
                      <Input value={key.role} autoComplete={false} spellcheck={false} placeholder={exampleRole} onChange={({ detail }) => setKey({ ...key, role: detail.value })} />
                    </FormField>
                  </SpaceBetween>
                </ExpandableSection>
              </SpaceBetween>
            </Container>
            <Box color="text-body-secondary">{w.byAddress} <Copyable text="pasarela console" /></Box>
          </SpaceBetween>
        </Form>
      </form>
    </main>
  );
}
