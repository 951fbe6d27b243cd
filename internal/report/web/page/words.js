// The page's texts, in each language that it speaks.
const words = {
  es: {
    skip: 'Ir al contenido', title: 'Informes', language: 'Idioma', ask: 'Pedir un informe', type: 'Informe', format: 'Formato',
    make: 'Generar', cancel: 'Cancelar', preview: 'Vista previa', notes: 'El archivo no coincide del todo con los datos:', history: 'Sus informes', nothing: 'Todavía no ha pedido ninguno. Elija un informe y pulse Generar.', yes: 'Sí', no: 'No',
    remove: 'Eliminar', sure: '¿Eliminar «{name}» y su archivo? No se puede deshacer.', keep: 'Conservar',
    between: 'Entre {least} y {most}', least: '{least} o más', most: '{most} o menos', fromTo: 'Del {least} al {most}', since: 'Desde el {least}', until: 'Hasta el {most}',
    list: 'Uno o varios valores, separados por comas', several: 'Uno o varios, con la tecla Ctrl; ninguno son todos',
    any: '(todos)', connecting: 'Conectando…', queued: 'En espera, puesto {place}', next: 'En espera, es el siguiente', running: 'Generando…', ready: 'Listo', failed: 'No se ha podido generar',
    cancelled: 'Cancelado', rows: 'Filas', percent: 'Avance', size: 'Tamaño', left: 'Faltan', expires: 'Disponible hasta', number: 'Número',
    seconds: '{n} s', download: 'Descargar {name}', show: 'Ver', again: 'Descargar',
    noGateway: 'No se puede conectar con la pasarela, o esta no ha aceptado el informe. Compruebe la conexión y vuelva a intentarlo.',
    noService: 'No se puede hablar con el servicio de informes. Vuelva a intentarlo más tarde.',
    dropped: 'Se ha perdido la conexión; el informe sigue en marcha y esta página pregunta por él.',
    ignored: 'La pasarela no ha transmitido los parámetros; se han usado los predeterminados.',
    required: 'Este dato es obligatorio.', wrong: 'Este valor no es válido.', series: '{title}: {label}, {text}',
    within: 'Este valor no es válido. Debe estar entre {least} y {most}.', atLeast: 'Este valor no es válido. Debe ser {least} o más.', atMost: 'Este valor no es válido. Debe ser {most} o menos.',
    at: '{percent} % generado', other: 'Valor',
    not_found: 'Este informe ya no existe; puede que haya caducado.', conflict: 'Este informe ya ha terminado.', forbidden: 'No tiene permiso para este informe.',
    unauthorized: 'No tiene permiso para hacer esto.', invalid_request: 'El servicio no ha aceptado la petición.', caller_limit: 'Ya tiene muchos informes en espera. Espere a que termine alguno.', queue_full: 'Hay demasiados informes en espera. Vuelva a intentarlo dentro de un momento.',
    storage_full: 'No queda espacio para más informes. Avise a quien administra el servicio.', internal: 'El servicio tiene un problema. Avise a quien lo administra.',
  },
  en: {
    skip: 'Skip to content', title: 'Reports', language: 'Language', ask: 'Ask for a report', type: 'Report', format: 'Format',
    make: 'Make', cancel: 'Cancel', preview: 'Preview', notes: 'The file differs from the data:', history: 'Your reports', nothing: 'You have not asked for any yet. Choose a report and press Make.', yes: 'Yes', no: 'No',
    remove: 'Delete', sure: 'Delete “{name}” and its file? This cannot be undone.', keep: 'Keep',
    between: 'Between {least} and {most}', least: '{least} or more', most: '{most} or less', fromTo: 'From {least} to {most}', since: 'From {least}', until: 'Until {most}',
    list: 'One or more values, with commas between them', several: 'One or more, with the Ctrl key; none means all',
    any: '(all)', connecting: 'Connecting…', queued: 'Waiting, place {place}', next: 'Waiting, next in line', running: 'Being made…', ready: 'Ready', failed: 'It could not be made',
    cancelled: 'Cancelled', rows: 'Rows', percent: 'Progress', size: 'Size', left: 'Time left', expires: 'Available until', number: 'Number',
    seconds: '{n} s', download: 'Download {name}', show: 'Show', again: 'Download',
    noGateway: 'The gateway cannot be reached, or it did not take the report. Check the connection and try again.',
    noService: 'The report service cannot be reached. Try again later.',
    dropped: 'The connection was lost; the report goes on and this page asks after it.',
    ignored: 'The gateway did not pass the parameters on; the defaults were used.',
    required: 'This is required.', wrong: 'This value is not valid.', series: '{title}: {label}, {text}',
    within: 'This value is not valid. It must be between {least} and {most}.', atLeast: 'This value is not valid. It must be {least} or more.', atMost: 'This value is not valid. It must be {most} or less.',
    at: '{percent} % made', other: 'Value',
    not_found: 'This report no longer exists; it may have expired.', conflict: 'This report has ended already.', forbidden: 'You may not have this report.',
    unauthorized: 'You may not do this.', invalid_request: 'The service did not accept the request.', caller_limit: 'You have many reports waiting already. Wait until one is done.', queue_full: 'Too many reports are waiting. Try again in a moment.',
    storage_full: 'There is no room for another report. Please tell the administrator of the service.', internal: 'The service has a problem. Please tell its administrator.',
  },
};

export const languages = Object.keys(words);

let current = languages.includes(localStorage.getItem('language')) ? localStorage.getItem('language')
  : languages.find((code) => navigator.language.startsWith(code)) ?? 'es';

export const spoken = () => current;

export function speak(code) {
  current = code;
  localStorage.setItem('language', code);
}

// say returns a text with its {gaps} filled.
export function say(name, gaps = {}) {
  return words[current][name].replace(/\{(\w+)\}/g, (_, gap) => gaps[gap]);
}

// knows tells whether there is a text of that name.
export const knows = (name) => Object.hasOwn(words[current], name);

// local picks the text of the language out of a service's {es, en}.
export const local = (text) => text?.[current] ?? text?.es ?? text?.en ?? '';

export const number = (n, digits = 0) => new Intl.NumberFormat(current, { maximumFractionDigits: digits }).format(n);

export const moment = (iso) => new Intl.DateTimeFormat(current, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));

export const day = (iso) => new Intl.DateTimeFormat(current, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));

export function size(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return new Intl.NumberFormat(current, { style: 'unit', unit: units[step], unitDisplay: 'short', maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
}
