import type { Words } from './language';

const en = { optional: 'optional', example: 'e.g.', add: 'Add', remove: 'Remove', key: 'Key', value: 'Value', none: 'None', required: 'Required', empty: 'Nothing yet', choose: 'Choose', chooseOrType: 'Choose or type', use: 'Use', nothing: 'There is nothing to choose from' };
const es: typeof en = { optional: 'opcional', example: 'p. ej.', add: 'Añadir', remove: 'Quitar', key: 'Clave', value: 'Valor', none: 'Sin elegir', required: 'Obligatorio', empty: 'Nada todavía', choose: 'Elegir', chooseOrType: 'Elegir o escribir', use: 'Usar', nothing: 'No hay nada que elegir' };
export const fieldWords: Words<typeof en> = { en, es };
