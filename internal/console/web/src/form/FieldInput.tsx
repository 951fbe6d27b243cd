import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import Checkbox from '@cloudscape-design/components/checkbox';
import { useRef } from 'react';
import { useLoaded } from '../hooks/loading';
import { useLanguage, useWords } from '../words/language';
import type { Check } from '../elements/code';
import { CodeEditor } from '../elements/CodeEditor';
import { CodeMap } from './CodeMap';
import { saysOptional, type Field, type Option, type Options, type Value } from './field';
import { fieldWords } from '../words/field';
import { useExample } from './example';
import { useRows } from './rows';

export interface FieldProps {
  field: Field;
  value: Value;
  onChange(member: unknown): void;
  error?: string;
  disabled?: boolean;
  check?: Check;
}

export function FieldInput(props: FieldProps) {
  const { field, error } = props;
  const { language } = useLanguage();
  const w = useWords(fieldWords);
  const label = useWords(field.label);
  const hint = useWords(field.hint ?? { en: '', es: '' });
  if (field.kind === 'toggle') {
    return (
      <FormField description={hint || undefined} errorText={error}>
        <Toggle checked={!!props.value[field.name]} disabled={props.disabled} onChange={({ detail }) => props.onChange(detail.checked)}>{label}</Toggle>
      </FormField>
    );
  }
  const input = (
    <FormField
      label={<>{label}{!props.disabled && saysOptional(field) && <i> – {w.optional}</i>}</>}
      description={hint || undefined}
      errorText={error}
      warningText={field.warning?.(props.value)?.[language]}
      stretch
    >
      <Control {...props} label={label} />
    </FormField>
  );
  if (!field.shortcut || props.disabled) return input;
  // Beside the field, whose label would be the label of what the shortcut asks too.
  return (
    <SpaceBetween size="xs">
      {input}
      {field.shortcut(props.onChange, props.value)}
    </SpaceBetween>
  );
}

function Control({ field, value, onChange, disabled, check, label }: FieldProps & { label: string }) {
  const { language } = useLanguage();
  const example = useExample(field.placeholder);
  const placeholder = field.inEffect?.[language] ?? example;
  const member = value[field.name];
  const text = typeof member === 'string' ? member : member === undefined || member === null ? '' : String(member);
  switch (field.kind) {
    case 'text':
      return <Input value={text} placeholder={placeholder} disabled={disabled} spellcheck={false} autoComplete={false} onChange={({ detail }) => onChange(detail.value)} />;
    case 'number':
      return <Input type="number" inputMode="numeric" value={text} placeholder={placeholder} disabled={disabled} onChange={({ detail }) => onChange(detail.value === '' ? undefined : Number(detail.value))} />;
    case 'multiline':
      return <Textarea rows={field.rows} value={text} placeholder={placeholder} disabled={disabled} onChange={({ detail }) => onChange(detail.value)} />;
    case 'select':
      return <Choice field={field} value={value} onChange={onChange} disabled={disabled} label={label} text={text} placeholder={placeholder} />;
    case 'multi':
      return <Choices field={field} value={value} chosen={(member ?? []) as string[]} onChange={onChange} label={label} />;
    case 'code':
      return <CodeEditor value={text} syntax={field.syntax} label={label} readOnly={disabled} onChange={onChange} check={check && ((code) => check(field.syntax, code))} />;
    case 'code-map':
      return <CodeMap field={field} value={asMap(member)} onChange={onChange} check={check} />;
    case 'map':
      return <Pairs value={asMap(member)} onChange={onChange} placeholder={placeholder} />;
    case 'required-map':
      return <Constraints value={(member ?? {}) as Record<string, { Required?: boolean }>} onChange={onChange} placeholder={placeholder} />;
    case 'strings':
      return <Textarea value={((member ?? []) as string[]).join('\n')} placeholder={placeholder} disabled={disabled} onChange={({ detail }) => onChange(detail.value.split('\n').map((line) => line.trim()).filter(Boolean))} />;
    case 'own':
      return field.control({ value, label, onChange });
    case 'toggle':
      return null;
  }
}

function asMap(member: unknown): Record<string, string> {
  return (member ?? {}) as Record<string, string>;
}

/** The options of a list. While they are asked for again, because the page behind the form was drawn again, the earlier ones stay: an open list would close. */
function useOptions(options: Options, value: Value, by?: string) {
  const { language } = useLanguage();
  const loaded = useLoaded<Option[]>(async () => (typeof options === 'function' ? options(value) : options), [options, by && value[by]]);
  const kept = useRef<Option[]>(undefined);
  if (loaded.value) kept.current = loaded.value;
  const shown = (kept.current ?? []).map((option) => ({
    value: option.value,
    label: option.label?.[language] ?? option.value,
    description: option.description?.[language],
  }));
  return { shown, loading: loaded.loading && !kept.current };
}

function Choices({ field, value, chosen, onChange, label }: { field: Extract<Field, { kind: 'multi' }>; value: Value; chosen: string[]; onChange(member: unknown): void; label: string }) {
  const w = useWords(fieldWords);
  const { language } = useLanguage();
  const { shown, loading } = useOptions(field.options, value);
  return (
    <Multiselect
      selectedOptions={chosen.map((one) => shown.find((option) => option.value === one) ?? { value: one, label: one })}
      options={shown}
      placeholder={(chosen.length === 0 && field.inEffect?.[language]) || w.choose}
      ariaLabel={label}
      statusType={loading ? 'loading' : 'finished'}
      filteringType={shown.length > 10 ? 'auto' : 'none'}
      empty={w.nothing}
      onChange={({ detail }) => onChange(detail.selectedOptions.map((option) => option.value!))}
    />
  );
}

interface ChoiceProps {
  field: Extract<Field, { kind: 'select' }>;
  value: Value;
  onChange(member: unknown): void;
  disabled?: boolean;
  label: string;
  text: string;
  placeholder?: string;
}

function Choice({ field, value, onChange, disabled, label, text, placeholder }: ChoiceProps) {
  const w = useWords(fieldWords);
  const { language } = useLanguage();
  const { shown, loading } = useOptions(field.options, value, field.by);
  if (field.free) {
    // Who types the name of a suggestion means its value: the ARN of a role.
    const meant = shown.find((option) => option.label === text && option.value !== text);
    const offered = shown.some((option) => option.value === text || option.label === text);
    return <Autosuggest hideEnteredTextOption={offered} onBlur={() => meant && onChange(meant.value)} value={text} options={shown} ariaLabel={label} disabled={disabled} placeholder={placeholder ?? w.chooseOrType} enteredTextLabel={(entered) => `${w.use} ${entered}`} empty={w.nothing} onChange={({ detail }) => onChange(detail.value)} />;
  }
  const all = field.required ? shown : [{ value: '', label: field.inEffect?.[language] ?? w.none }, ...shown];
  return (
    <Select
      selectedOption={all.find((option) => option.value === text) ?? (text ? { value: text } : null)}
      options={all}
      disabled={disabled}
      placeholder={placeholder ?? w.choose}
      empty={w.nothing}
      statusType={loading ? 'loading' : 'finished'}
      filteringType={all.length > 10 ? 'auto' : 'none'}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
    />
  );
}

function Pairs({ value, onChange, placeholder }: { value: Record<string, string>; onChange(member: unknown): void; placeholder?: string }) {
  const w = useWords(fieldWords);
  const [rows, put] = useRows(value, onChange);
  return (
    <AttributeEditor
      items={rows}
      empty={w.empty}
      addButtonText={w.add}
      removeButtonText={w.remove}
      disableAddButton={rows.some(([key]) => key === '')}
      onAddButtonClick={() => put([...rows, ['', '']])}
      onRemoveButtonClick={({ detail }) => put(rows.filter((_, at) => at !== detail.itemIndex))}
      definition={[
        { label: w.key, control: ([key, text], at) => <Input value={key} placeholder={placeholder} ariaLabel={w.key} spellcheck={false} onChange={({ detail }) => put(rows.with(at, [detail.value, text]))} /> },
        { label: w.value, control: ([key, text], at) => <Input value={text} ariaLabel={w.value} spellcheck={false} onChange={({ detail }) => put(rows.with(at, [key, detail.value]))} /> },
      ]}
    />
  );
}

function Constraints({ value, onChange, placeholder }: { value: Record<string, { Required?: boolean }>; onChange(member: unknown): void; placeholder?: string }) {
  const w = useWords(fieldWords);
  const [rows, put] = useRows(value, onChange);
  return (
    <AttributeEditor
      items={rows}
      empty={w.empty}
      addButtonText={w.add}
      removeButtonText={w.remove}
      disableAddButton={rows.some(([key]) => key === '')}
      onAddButtonClick={() => put([...rows, ['', { Required: true }]])}
      onRemoveButtonClick={({ detail }) => put(rows.filter((_, at) => at !== detail.itemIndex))}
      definition={[
        { label: w.key, control: ([key, constraint], at) => <Input value={key} placeholder={placeholder} ariaLabel={w.key} spellcheck={false} onChange={({ detail }) => put(rows.with(at, [detail.value, constraint]))} /> },
        { label: w.required, control: ([key, constraint], at) => <Checkbox checked={!!constraint.Required} ariaLabel={w.required} onChange={({ detail }) => put(rows.with(at, [key, { Required: detail.checked }]))} /> },
      ]}
    />
  );
}
