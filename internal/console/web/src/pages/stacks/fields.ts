import type { Field, Value } from '../../form/field';
import { same } from '../../form/field';
import { parametersOf } from './client';

/** What a template, its parameters and its capabilities are typed into. */
export const templateFields: Field[] = [
  {
    name: 'TemplateBody',
    kind: 'multiline',
    rows: 15,
    required: true,
    label: { en: 'Template (YAML or JSON)', es: 'Plantilla (YAML o JSON)' },
  },
  { name: 'Parameters', kind: 'map', label: { en: 'Parameters', es: 'Parámetros' } },
  {
    name: 'Capabilities',
    kind: 'multi',
    label: { en: 'Capabilities', es: 'Permisos de la plantilla' },
    hint: { en: 'A template that creates roles, users or policies needs CAPABILITY_IAM, and CAPABILITY_NAMED_IAM if it names them.', es: 'Una plantilla que crea roles, usuarios o políticas necesita CAPABILITY_IAM, y CAPABILITY_NAMED_IAM si les pone nombre.' },
    options: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'].map((value) => ({ value, label: same(value) })),
  },
];

/** Members of CreateStack and UpdateStack of what the form holds. */
export function stackInput(value: Value): Value {
  const { Parameters, ...input } = value;
  return Parameters ? { ...input, Parameters: parametersOf(Parameters) } : input;
}
