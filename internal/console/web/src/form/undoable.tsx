import { failureText } from '../aws/failure';
import { useConsole } from '../hooks/console';
import { reloadAll } from '../hooks/loading';
import { useAddress, href } from '../hooks/router';
import { useWords, type Words } from '../words/language';
import { restoreInput, updateInput, type Field, type Value } from './field';
import { Undo } from './Undo';

const en = { saved: 'Saved', undone: 'Undone', notUndone: 'It could not be undone', gone: 'It is not there any more' };
const es: typeof en = { saved: 'Se guardó', undone: 'Se deshizo', notUndone: 'No se pudo deshacer', gone: 'Ya no existe' };
const words: Words<typeof en> = { en, es };

/**
 * Says what was done, "Saved:", and to what, with a button beside it that takes it back, on whatever page one is then (A-CONSOLE-7).
 * A later change of the same things takes its place: they are told apart by the addresses of their pages, without any by that of this page.
 */
export function useUndoable(): (message: string, name: string, back: () => Promise<unknown>, about?: readonly string[]) => void {
  const w = useWords(words);
  const { notify } = useConsole();
  const here = href(...useAddress().path);
  return (message, name, back, about = [here]) => {
    const undo = async () => {
      try {
        await back();
        dismiss();
        notify('success', `${w.undone}: ${name}`);
      } catch (refusal) {
        dismiss();
        notify('error', `${w.notUndone}: ${name}`, failureText(refusal));
      }
      await reloadAll();
    };
    const dismiss = notify('success', `${message} ${name}`, undefined, <Undo run={undo} />, about);
  };
}

interface Saved<T> {
  name: string;
  /** The address of its page; absent: it is that of this page. */
  about?: string;
  fields: Field[];
  before: T | undefined;
  /** What there is now, for taking the change back; nothing where it is gone. */
  read(): Promise<T | undefined>;
  put(now: T, input: Value): Promise<unknown>;
  reload(): Promise<void>;
}

/** What a form does when it is saved: the change, which can be taken back. Where nothing changed nothing is sent. */
export function useSaved<T extends object>({ name, about, fields, before, read, put, reload }: Saved<T>): (after: Value) => Promise<void> {
  const w = useWords(words);
  const undoable = useUndoable();
  return async (after) => {
    const change = updateInput(fields, before as Value, after);
    if (Object.keys(change).length === 0) return;
    await put(before!, change);
    // What the change has changed, as the server has it: with one member another may go.
    const changed = await read().catch(() => undefined);
    undoable(`${w.saved}:`, name, async () => {
      const now = await read();
      if (!now) throw new Error(w.gone);
      const back = restoreInput(fields, now as Value, before as Value, changed as Value | undefined);
      if (Object.keys(back).length > 0) await put(now, back);
    }, about === undefined ? undefined : [about]);
    await reload();
  };
}
