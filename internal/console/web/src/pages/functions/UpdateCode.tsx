import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { LambdaFunction } from '../../aws/lambda';
import { cliCommand } from '../../commands/cli';
import { ShowAs } from '../../commands/ShowAs';
import { createInput, type Value } from '../../form/field';
import { ResourceForm } from '../../form/ResourceForm';
import { useConsole } from '../../hooks/console';
import { useLambda } from '../../hooks/lambda';
import { useWords, type Words } from '../../words/language';
import { keepCode, keptCode, languageOf, memberOf, ZIP, zipCommands, zipFileOf } from './code';
import { codeFields, firstCode } from './CodeFields';

const en = { title: 'Update code', done: 'Code updated:', unread: 'What the function has now cannot be read back: what you write here replaces all of its files.' };
const es: typeof en = { title: 'Actualizar el código', done: 'Se actualizó el código:', unread: 'Lo que la función tiene ahora no se puede leer: lo que escribas aquí sustituye todos sus archivos.' };
const words: Words<typeof en> = { en, es };

/** Gives a function other code. It begins with what was written in this browser, where that is still the function's code. */
export function UpdateCode({ of, reload, close }: { of: LambdaFunction; reload(): Promise<void>; close(): void }) {
  const w = useWords(words);
  const lambda = useLambda();
  const { facts, notify } = useConsole();
  const { FunctionName, Runtime, Handler } = of;
  const language = languageOf(Runtime);
  const kept = keptCode(of);
  const inputOf = (value: Value): Value => ({ ...createInput(codeFields, value), Handler });
  const submit = async (value: Value) => {
    const input = inputOf(value);
    keepCode(await lambda.updateCode(FunctionName, { ZipFile: await zipFileOf(input) }), input);
    notify('success', `${w.done} ${FunctionName}`);
    await reload();
  };
  return (
    <ResourceForm
      title={w.title}
      fields={codeFields}
      initial={{ Runtime, Handler, ...firstCode, ...(language && kept !== undefined ? { [memberOf[language]]: kept } : {}) }}
      aside={(value) => (
        <SpaceBetween size="m">
          {kept === undefined && <Alert type="info">{w.unread}</Alert>}
          <ShowAs cli={zipCommands(inputOf(value)) + cliCommand('lambda', 'UpdateFunctionCode', { FunctionName, ZipFile: ZIP }, facts.endpoint)} />
        </SpaceBetween>
      )}
      submit={submit}
      close={close}
    />
  );
}
