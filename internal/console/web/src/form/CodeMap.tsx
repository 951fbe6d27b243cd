import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useWords } from '../words/language';
import type { Check } from '../elements/code';
import { CodeEditor } from '../elements/CodeEditor';
import type { Field } from './field';
import { fieldWords } from '../words/field';
import { useRows } from './rows';

interface Props {
  field: Extract<Field, { kind: 'code-map' }>;
  value: Record<string, string>;
  onChange(member: unknown): void;
  check?: Check;
}

/** A map of templates: AWS's "mapping templates", by content type or key. */
export function CodeMap({ field, value, onChange, check }: Props) {
  const w = useWords(fieldWords);
  const keyLabel = useWords(field.keyLabel);
  const [rows, put] = useRows(value, onChange);
  const add = (
    <Button iconName="add-plus" formAction="none" onClick={() => put([...rows, rows.length ? ['', ''] : [field.firstKey, field.firstText ?? '']])} disabled={rows.some(([key]) => key === '')}>
      {w.add}
    </Button>
  );
  return (
    <SpaceBetween size="m">
      {rows.map(([key, text], at) => (
        <SpaceBetween size="xs" key={at}>
          <FormField
            label={keyLabel}
            secondaryControl={
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => put(rows.filter((_, index) => index !== at))}>{w.remove}</Button>
                {at === rows.length - 1 && add}
              </SpaceBetween>
            }
          >
            <Input value={key} spellcheck={false} onChange={({ detail }) => put(rows.with(at, [detail.value, text]))} />
          </FormField>
          <div className={field.preview ? 'trial' : undefined}>
            <CodeEditor value={text} syntax={field.syntax} rows={field.preview && 5} label={`${keyLabel} ${key}`} onChange={(next) => put(rows.with(at, [key, next]))} check={check && ((code) => check(field.syntax, code))} />
            {field.preview?.(text)}
          </div>
        </SpaceBetween>
      ))}
      {rows.length === 0 && add}
    </SpaceBetween>
  );
}
