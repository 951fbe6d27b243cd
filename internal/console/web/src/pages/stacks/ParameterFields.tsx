import type { GetTemplateSummaryOutput, ParameterDeclaration } from '@aws-sdk/client-cloudformation';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useWords, type Words } from '../../words/language';
import { neededCapabilities, shownValue, type Present, type Wanted } from './template';

const en = {
  needed: 'This parameter has no default: it needs a value',
  stays: 'Stays as it is while nothing is typed',
  fallback: 'Its default holds while nothing is typed',
  choose: 'Choose',
  capabilities: 'Capabilities',
  allow: 'The stack may do that',
  makes: (types: string) => `The template creates ${types}: identities that may be given permissions.`,
  named: (types: string) => `The template creates ${types}, some with names of its own: identities that may be given permissions, and could take the place of others.`,
  transforms: (names: string) => `What the transforms of the template (${names}) create is not known before: it may be roles and policies.`,
  notAllowed: 'The template needs it',
};
const es: typeof en = {
  needed: 'Este parámetro no tiene valor por defecto: necesita uno',
  stays: 'Se queda como está si no escribes nada',
  fallback: 'Vale su valor por defecto si no escribes nada',
  choose: 'Elegir',
  capabilities: 'Capacidades (capabilities)',
  allow: 'La pila puede hacerlo',
  makes: (types) => `La plantilla crea ${types}: identidades a las que se pueden dar permisos.`,
  named: (types) => `La plantilla crea ${types}, con nombres elegidos por ella: identidades a las que se pueden dar permisos y que podrían ocupar el lugar de otras.`,
  transforms: (names) => `No se sabe de antemano qué crean las transformaciones de la plantilla (${names}): pueden ser roles y políticas.`,
  notAllowed: 'La plantilla lo necesita',
};
const words: Words<typeof en> = { en, es };

interface Props {
  summary: GetTemplateSummaryOutput;
  wanted: Wanted;
  present: Present | undefined;
  /** The parameters that lack a value are told. */
  lacking: string[];
  change(part: Partial<Wanted>): void;
}

/** The parameters that the template declares, each as a field. */
export function ParameterFields({ summary, wanted, present, lacking, change }: Props) {
  const { Parameters = [] } = summary;
  if (Parameters.length === 0) return null;
  return (
    <ColumnLayout columns={2}>
      {Parameters.map((one) => <ParameterField key={one.ParameterKey} of={one} wanted={wanted} present={present} lacks={lacking.includes(one.ParameterKey!)} change={change} />)}
    </ColumnLayout>
  );
}

function ParameterField({ of, wanted, present, lacks, change }: { of: ParameterDeclaration; wanted: Wanted; present: Present | undefined; lacks: boolean; change: Props['change'] }) {
  const w = useWords(words);
  const key = of.ParameterKey!;
  const value = shownValue(of, wanted, present);
  const allowed = of.ParameterConstraints?.AllowedValues ?? [];
  const put = (text: string) => change(of.NoEcho ? { Secrets: { ...wanted.Secrets, [key]: text } } : { Parameters: { ...wanted.Parameters, [key]: text } });
  const placeholder = !of.NoEcho ? undefined : present && key in present.parameters ? w.stays : of.DefaultValue === undefined ? undefined : w.fallback;
  return (
    <FormField label={key} description={of.Description} constraintText={of.ParameterType === 'String' ? undefined : <code>{of.ParameterType}</code>} errorText={lacks ? w.needed : undefined} stretch>
      {allowed.length > 0 ? (
        <Select ariaLabel={key} selectedOption={value ? { value } : null} options={allowed.map((one) => ({ value: one }))} placeholder={placeholder ?? w.choose} onChange={({ detail }) => put(detail.selectedOption.value!)} />
      ) : (
        <Input type={of.NoEcho ? 'password' : 'text'} ariaLabel={key} value={value} placeholder={placeholder} spellcheck={false} autoComplete={of.NoEcho ? 'new-password' : false} onChange={({ detail }) => put(detail.value)} />
      )}
    </FormField>
  );
}

/** What the template needs to be allowed, with why; nothing where it needs nothing. */
export function CapabilitiesField({ summary, given, tried, change }: { summary: GetTemplateSummaryOutput; given: boolean; tried: boolean; change: Props['change'] }) {
  const w = useWords(words);
  const needed = neededCapabilities(summary);
  const identities = (summary.ResourceTypes ?? []).filter((type) => type.startsWith('AWS::IAM::')).join(', ');
  const transforms = (summary.DeclaredTransforms ?? []).join(', ');
  if (needed.length === 0) return null;
  const why = [identities && (summary.Capabilities?.includes('CAPABILITY_NAMED_IAM') ? w.named(identities) : w.makes(identities)), transforms && w.transforms(transforms)];
  return (
    <FormField label={w.capabilities} description={why.filter(Boolean).join(' ')} errorText={tried && !given ? w.notAllowed : undefined} stretch>
      <Checkbox checked={given} onChange={({ detail }) => change({ given: detail.checked ? needed : [] })}>{w.allow}: <code>{needed.join(', ')}</code></Checkbox>
    </FormField>
  );
}
