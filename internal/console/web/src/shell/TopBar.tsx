import TopNavigation from '@cloudscape-design/components/top-navigation';
import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useEffect, useState } from 'react';
import { callerOf } from '../aws/caller';
import { useLanguage, useWords, type Language } from '../words/language';
import { useCallerArn } from '../hooks/caller';
import { useConsole } from '../hooks/console';
import { href } from '../hooks/router';
import { commonWords } from '../words/common';

const KEY = 'pasarela.appearance';

function firstMode(): Mode {
  const kept = localStorage.getItem(KEY);
  if (kept) return kept === 'dark' ? Mode.Dark : Mode.Light;
  return matchMedia('(prefers-color-scheme: dark)').matches ? Mode.Dark : Mode.Light;
}

/** Light or dark as kept or as the system prefers, for pages without a top bar too. */
export function useAppearance(): [Mode, (mode: Mode) => void] {
  const [mode, setMode] = useState(firstMode);
  useEffect(() => applyMode(mode), [mode]);
  const choose = (next: Mode) => {
    localStorage.setItem(KEY, next);
    setMode(next);
  };
  return [mode, choose];
}

export function TopBar() {
  const w = useWords(commonWords);
  const who = useWho();
  const { language, choose } = useLanguage();
  const { session, facts, signOut } = useConsole();
  const [mode, chooseMode] = useAppearance();
  return (
    <TopNavigation
      identity={{ href: href('apis'), title: w.product, logo: { src: 'icon.svg', alt: '' } }}
      utilities={[
        { type: 'button', text: facts.region, title: facts.accountId, disableUtilityCollapse: false },
        {
          type: 'menu-dropdown',
          text: language === 'es' ? 'Español' : 'English',
          ariaLabel: `${w.language}: ${language === 'es' ? 'Español' : 'English'}`,
          items: [
            { id: 'en', text: 'English' },
            { id: 'es', text: 'Español' },
          ],
          onItemClick: ({ detail }) => choose(detail.id as Language),
        },
        {
          type: 'button',
          text: mode === Mode.Dark ? w.light : w.dark,
          ariaLabel: `${w.appearance}: ${mode === Mode.Dark ? w.light : w.dark}`,
          onClick: () => chooseMode(mode === Mode.Dark ? Mode.Light : Mode.Dark),
        },
        {
          type: 'menu-dropdown',
          text: who,
          description: `${w.accessKey} ${session.accessKeyId} · ${w.account} ${facts.accountId}`,
          iconName: 'user-profile',
          ariaLabel: `${w.signedInAs}: ${who}`,
          items: [{ id: 'out', text: w.signOut }],
          onItemClick: signOut,
        },
      ]}
    />
  );
}

/** The name of the user or role that is signed in; the id of the access key until it is known. */
function useWho(): string {
  const w = useWords(commonWords);
  const { session } = useConsole();
  const caller = callerOf(useCallerArn().value ?? '');
  if (!caller) return session.accessKeyId;
  return caller.kind === 'root' ? w.rootUser : caller.name;
}
