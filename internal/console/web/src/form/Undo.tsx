import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useWords, type Words } from '../words/language';

const en = { undo: 'Undo' };
const es: typeof en = { undo: 'Deshacer' };
const words: Words<typeof en> = { en, es };

/** The button beside a message about something that can be taken back (A-CONSOLE-7). */
export function Undo({ run }: { run(): Promise<void> }) {
  const w = useWords(words);
  const [busy, setBusy] = useState(false);
  return (
    <Button
      loading={busy}
      onClick={() => {
        setBusy(true);
        void run();
      }}
    >
      {w.undo}
    </Button>
  );
}
