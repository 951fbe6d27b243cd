import { failureText } from '../aws/failure';
import { useConsole } from '../hooks/console';
import { useWords, type Words } from '../words/language';
import { updateInput, type Field, type Value } from './field';
import { Undo } from './Undo';

const en = { saved: 'Saved', undone: 'Undone' };
const es: typeof en = { saved: 'Se guardó', undone: 'Se deshizo' };
const words: Words<typeof en> = { en, es };

/** Says what was done, "Saved:", and to what, with a button beside it that takes it back (A-CONSOLE-7). */
export function useUndoable(reload: () => Promise<void>): (message: string, name: string, back: () => Promise<unknown>) => void {
  const w = useWords(words);
  const { notify } = useConsole();
  return (message, name, back) => {
    const undo = async () => {
      try {
        await back();
        dismiss();
        notify('success', `${w.undone}: ${name}`);
      } catch (refusal) {
        dismiss();
        notify('error', failureText(refusal));
      }
      await reload();
    };
    const dismiss = notify('success', `${message} ${name}`, undefined, <Undo run={undo} />);
  };
}

interface Saved<T> {
  name: string;
  fields: Field[];
  before: T | undefined;
  /** What there is now, for taking the change back. */
  read(): Promise<T>;
  put(now: T, input: Value): Promise<unknown>;
  reload(): Promise<void>;
}

/** What a form of a page does when it is saved: the change, which can be taken back. */
export function useSaved<T extends object>({ name, fields, before, read, put, reload }: Saved<T>): (after: Value) => Promise<void> {
  const w = useWords(words);
  const undoable = useUndoable(reload);
  return async (after) => {
    await put(before!, updateInput(fields, before as Value, after));
    undoable(`${w.saved}:`, name, async () => {
      const now = await read();
      await put(now, updateInput(fields, now as Value, before as Value));
    });
    await reload();
  };
}
