import type { Words } from '../words/language';

const en = { optional: 'optional', add: 'Add', remove: 'Remove', key: 'Key', value: 'Value', none: 'None', required: 'Required', empty: 'Nothing yet' };
const es: typeof en = { optional: 'opcional', add: 'Añadir', remove: 'Quitar', key: 'Clave', value: 'Valor', none: 'Ninguno', required: 'Obligatorio', empty: 'Nada todavía' };
export const fieldWords: Words<typeof en> = { en, es };
