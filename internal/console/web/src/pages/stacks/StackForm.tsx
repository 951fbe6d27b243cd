import type { GetTemplateSummaryOutput } from '@aws-sdk/client-cloudformation';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState } from 'react';
import { failureText } from '../../aws/failure';
import { cliCommand } from '../../commands/cli';
import { ShowAs } from '../../commands/ShowAs';
import { useExample } from '../../form/example';
import { FormPage } from '../../form/FormPage';
import { useConsole } from '../../hooks/console';
import { useDraft } from '../../hooks/draft';
import { href } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import { ChangeSetPage, Failure } from './ChangeSetPage';
import { changeSetName, discardChangeSet, makeChangeSet, type Described } from './changeSets';
import { useCloudFormation } from './client';
import { CapabilitiesField, ParameterFields } from './ParameterFields';
import { TemplateField, TemplateFile } from './TemplateField';
import { changeSetInput, isGiven, readTemplate, shownInput, withoutValue, type Present, type Wanted } from './template';

const en = {
  create: 'Create stack', update: 'Update stack', name: 'Stack name', needed: 'This field is required', refused: 'Refused', look: 'Preview changes', edit: 'Edit again',
  kept: 'The change set is kept', there: 'Show the stack',
};
const es: typeof en = {
  create: 'Crear pila', update: 'Actualizar la pila', name: 'Nombre de la pila', needed: 'Este campo es obligatorio', refused: 'Rechazado', look: 'Ver los cambios', edit: 'Volver a editar',
  kept: 'El conjunto de cambios se ha guardado', there: 'Ver la pila',
};
const words: Words<typeof en> = { en, es };

/** So long after the last change of the template it is read, in milliseconds. */
const PAUSE = 400;

interface Props {
  /** The stack that is updated; absent: one is created. */
  present?: Present;
  /** The form is done or left: executed says that the stack of that name changes now. */
  close(executed?: string): void;
}

/** The form of a stack. It makes a change set, which is looked at before it is executed. */
export function StackForm({ present, close }: Props) {
  const w = useWords(words);
  const client = useCloudFormation();
  const { facts } = useConsole();
  const draft = useDraft<Wanted>('stack', { TemplateBody: present?.template ?? '' }, ({ Secrets: _, ...kept }) => kept);
  const wanted = draft.value;
  const { summary, error: fault, read } = useSummary(wanted.TemplateBody);
  const [name, setName] = useState(() => changeSetName(new Date()));
  const [set, setSet] = useState<Described>();
  const [failed, setFailed] = useState<Described>();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const making = useRef(false);
  const example = useExample('chat');
  const change = (part: Partial<Wanted>) => draft.change((old) => ({ ...old, ...part }));
  const lacksName = !present && !wanted.StackName;

  const refuses = (summary: GetTemplateSummaryOutput) => withoutValue(summary.Parameters ?? [], wanted, present).length > 0 || !isGiven(summary, wanted);
  const look = async () => {
    setTried(true);
    setError(undefined);
    setFailed(undefined);
    if (lacksName || !wanted.TemplateBody.trim()) return;
    setBusy(true);
    try {
      const now = await read();
      if (!now || refuses(now)) return;
      const made = await makeChangeSet(client, changeSetInput(name, now, wanted, present));
      if (made.Status === 'FAILED') {
        setFailed(made);
        await discardChangeSet(client, made);
        return;
      }
      making.current = true;
      setSet(made);
    } catch (refusal) {
      setError(failureText(refusal));
    } finally {
      setName(changeSetName(new Date()));
      setBusy(false);
    }
  };
  const edit = async () => {
    await discardChangeSet(client, set!);
    making.current = false;
    setSet(undefined);
  };
  if (set) return <Review set={set} drop={draft.drop} edit={edit} close={close} />;
  return (
    <FormPage
      title={present ? w.update : w.create}
      draft={{ ...draft, isKept: () => !making.current && draft.isKept() }}
      startAgain={draft.drop}
      close={close}
      action={<Button variant="primary" loading={busy} onClick={look}>{w.look}</Button>}
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          {!present && (
            <FormField label={w.name} errorText={tried && lacksName ? w.needed : undefined} stretch>
              <Input value={wanted.StackName ?? ''} placeholder={example} spellcheck={false} autoComplete={false} onChange={({ detail }) => change({ StackName: detail.value })} />
            </FormField>
          )}
          <TemplateFile onChange={(TemplateBody) => change({ TemplateBody })} />
        </ColumnLayout>
        <TemplateField text={wanted.TemplateBody} error={tried && !wanted.TemplateBody.trim() ? w.needed : fault} onChange={(TemplateBody) => change({ TemplateBody })} />
        {summary && <ParameterFields summary={summary} wanted={wanted} present={present} lacking={tried ? withoutValue(summary.Parameters ?? [], wanted, present) : []} change={change} />}
        {summary && <CapabilitiesField summary={summary} given={isGiven(summary, wanted)} tried={tried} change={change} />}
        {summary && <ShowAs cli={cliCommand('cloudformation', 'CreateChangeSet', { ...shownInput(changeSetInput(name, summary, wanted, present), summary.Parameters ?? []) }, facts.endpoint)} />}
        {failed && <Failure of={failed} />}
        {error && <Alert type="error" header={w.refused}>{error}</Alert>}
      </SpaceBetween>
    </FormPage>
  );
}

/** What the template declares, read when nobody has typed for a moment; what it declared before stays while a fault is in it. */
function useSummary(text: string) {
  const client = useCloudFormation();
  const [state, setState] = useState<{ summary?: GetTemplateSummaryOutput; error?: string }>({});
  const latest = useRef(text);
  latest.current = text;
  const read = async () => {
    try {
      const summary = await readTemplate(client, text);
      if (latest.current === text) setState({ summary });
      return summary;
    } catch (refusal) {
      if (latest.current === text) setState(({ summary }) => ({ summary, error: failureText(refusal) }));
      return undefined;
    }
  };
  const asked = useRef(read);
  asked.current = read;
  useEffect(() => {
    if (!text.trim()) {
      setState({});
      return;
    }
    const timer = setTimeout(() => void asked.current(), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return { ...state, read };
}

interface ReviewProps {
  set: Described;
  /** Throws the draft of the form away. */
  drop(): void;
  edit(): Promise<void>;
  close: Props['close'];
}

/** The change set that the form made. Who leaves it otherwise than by executing or deleting it is told where it is. */
function Review({ set, drop, edit, close }: ReviewProps) {
  const w = useWords(words);
  const { notify } = useConsole();
  const [busy, setBusy] = useState(false);
  const done = useRef(false);
  const latest = useRef({ drop, notify, w });
  latest.current = { drop, notify, w };
  const stack = set.StackName!;
  useEffect(
    () => () => {
      const { drop, notify, w } = latest.current;
      if (done.current) return;
      drop();
      notify('info', `${w.kept}: ${set.ChangeSetName}`, undefined, <Link href={href('stacks', stack)} color="inverted">{w.there}</Link>);
    },
    [set, stack],
  );
  const leave = (executed?: string) => {
    done.current = true;
    drop();
    close(executed);
  };
  const back = (
    <Button
      loading={busy}
      onClick={() => {
        setBusy(true);
        done.current = true;
        edit().catch((refusal: unknown) => {
          done.current = false;
          setBusy(false);
          notify('error', w.refused, failureText(refusal));
        });
      }}
    >
      {w.edit}
    </Button>
  );
  return <ChangeSetPage set={set} back={back} executed={() => leave(stack)} discarded={() => leave()} close={() => done.current || close()} />;
}
