import Alert from '@cloudscape-design/components/alert';
import AppLayout from '@cloudscape-design/components/app-layout';
import Box from '@cloudscape-design/components/box';
import Flashbar from '@cloudscape-design/components/flashbar';
import Spinner from '@cloudscape-design/components/spinner';
import { useEffect, useMemo, useState } from 'react';
import { serverFacts } from '../aws/session';
import { forgetOldDrafts } from '../hooks/draftStore';
import { failureText } from '../aws/failure';
import { Page } from './Page';
import { useWords } from '../words/language';
import { ConsoleProvider, useConsole } from '../hooks/console';
import { useLoaded } from '../hooks/loading';
import { Crumbs, useCrumbs } from './Crumbs';
import { Navigation } from './Navigation';
import { useNavigation } from './navigationState';
import { useAddress } from '../hooks/router';
import { SubPagePlace } from '../hooks/subPagePlace';
import { SignIn } from './SignIn';
import { useSession } from './session';
import { TopBar, useAppearance } from './TopBar';
import { commonWords } from '../words/common';

export function App() {
  useEffect(forgetOldDrafts, []);
  useAppearance();
  const w = useWords(commonWords);
  const facts = useLoaded(serverFacts, []);
  const { session, refused, expired, enter, leave } = useSession();
  if (facts.error) return <Alert type="error" header={w.failed}>{failureText(facts.error)}</Alert>;
  if (!facts.value || session === 'unknown') return <Box textAlign="center" padding="xxxl"><Spinner size="large" /></Box>;
  if (!session) return <SignIn facts={facts.value} refused={refused} expired={expired} onSignIn={enter} />;
  return (
    <ConsoleProvider session={session} facts={facts.value} signOut={leave}>
      <Shell />
    </ConsoleProvider>
  );
}

function Shell() {
  const w = useWords(commonWords);
  const address = useAddress();
  const { messages } = useConsole();
  const [open, setOpen] = useNavigation();
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const [task, setTask] = useState<string>();
  const subPages = useMemo(() => ({ place, setTask }), [place]);
  const title = useCrumbs(address, task).map((crumb) => crumb.text).reverse().join(' · ');
  useEffect(() => {
    document.title = title ? `${title} · pasarela` : 'pasarela';
  }, [title]);
  return (
    <>
      <div id="top" className="top"><TopBar /></div>
      <div className="messages" role="region" aria-label={w.messages}><Flashbar items={messages.map((message) => ({ ...message, dismissLabel: w.dismiss }))} stackItems /></div>
      <AppLayout
        headerSelector="#top"
        navigationWidth={248}
        navigation={<Navigation address={address} />}
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        toolsHide
        ariaLabels={{ navigation: w.navigation, navigationToggle: w.navigation, navigationClose: w.navigation }}
        content={
          <SubPagePlace value={subPages}>
            <div className="way"><Crumbs address={address} task={task} /></div>
            <div ref={setPlace} />
            <div className="page"><Page address={address} /></div>
          </SubPagePlace>
        }
        contentType="default"
      />
    </>
  );
}
