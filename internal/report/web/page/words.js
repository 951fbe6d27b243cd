// The page's texts, in each language that it speaks.
const words = {
  es: {
    skip: 'Ir al contenido', title: 'Informes', language: 'Idioma', ask: 'Pedir un informe', type: 'Informe', format: 'Formato',
    make: 'Generar', cancel: 'Cancelar', preview: 'Vista previa', notes: 'El archivo no coincide del todo con los datos:', history: 'Tus informes', nothing: 'Un informe es un archivo de Excel o CSV hecho con los datos de este momento. Elige uno y pulsa Generar: aquí verás cómo avanza, sus primeras filas y el enlace para descargarlo, también si cierras la página y vuelves.', yes: 'Sí', no: 'No',
    remove: 'Eliminar', sure: '¿Eliminar «{name}» y su archivo? No se puede deshacer.', keep: 'Conservar',
    between: 'Entre {least} y {most}', least: '{least} o más', most: '{most} o menos', fromTo: 'Del {least} al {most}', since: 'Desde el {least}', until: 'Hasta el {most}',
    choices: 'Elige una o varias opciones (con Ctrl o ⌘).', choicesLeast: 'Elige al menos una opción; para elegir varias, con Ctrl o ⌘.',
    choicesDefault: 'Elige una o varias opciones (con Ctrl o ⌘). Si no eliges ninguna: {values}.', choicesAll: 'Elige una o varias opciones (con Ctrl o ⌘). Si no eliges ninguna: todas.',
    values: 'Uno o varios valores, separados por comas.', valuesLeast: 'Al menos un valor; si son varios, separados por comas.',
    valuesDefault: 'Uno o varios valores, separados por comas. Si no pones ninguno: {values}.', valuesAll: 'Uno o varios valores, separados por comas. Si no pones ninguno: todos.',
    any: '(cualquiera)', none: '(sin elegir)', connecting: 'Conectando…', queued: 'En espera, puesto {place}', next: 'En espera, es el siguiente', running: 'Generando…', ready: 'Listo', failed: 'No se ha podido generar',
    cancelled: 'Cancelado', rows: 'Filas', percent: 'Avance', size: 'Tamaño', left: 'Faltan', usually: 'Suele tardar', expires: 'Disponible hasta', number: 'Número',
    download: 'Descargar {name}', show: 'Ver', again: 'Descargar',
    regular: 'Recibirlo con regularidad', every: 'Cada cuánto', eachDay: 'Cada día', eachWeekday: 'Cada día laborable', eachWeek: 'Cada semana', eachMonth: 'Cada mes', eachHour: 'Cada hora',
    weekdays: 'Días', monthDay: 'Día del mes', monthDayHint: 'Del 1 al 28: los que tienen todos los meses.', time: 'Hora', zone: 'Zona horaria', schedule: 'Programar', scheduled: 'Programado: {when}. Próximo: {next}.',
    dateEachTime: '{name}, en cada informe', alwaysOn: 'Siempre el {day}', noDate: 'Sin fecha', usual: 'La propuesta, contada cada vez', 'today': 'El día del informe', 'yesterday': 'El día anterior',
    'start of week': 'El lunes de esa semana', 'start of week - 1 week': 'El lunes de la semana anterior', 'end of week - 1 week': 'El domingo de la semana anterior', 'start of month': 'El primer día de ese mes',
    'start of month - 1 month': 'El primer día del mes anterior', 'end of month - 1 month': 'El último día del mes anterior', 'start of year': 'El primer día de ese año',
    sendTo: 'Enviarlo a', mail: 'Correo electrónico', mailHint: 'Una o varias direcciones, separadas por comas. Se admiten: {allowed}', hook: 'Web hook', hookHint: 'Una URL que empiece por: {allowed}', folder: 'Carpeta {name}', connection: 'la conexión que lo pidió',
    noPlaces: 'Quien administra el servicio no ha configurado todavía ningún destino (correo, carpeta o web hook).', noTarget: 'Indica a dónde se envía.', noDay: 'Elige al menos un día.',
    badMail: 'No se puede enviar a {address}. Se admiten: {allowed}', badHook: 'La URL debe empezar por una de estas: {allowed}',
    schedules: 'Informes programados', paused: 'En pausa', nextRun: 'Próximo: {at}', lastRun: 'Último: {at}', skippedRuns: 'Omitidos porque el anterior no había terminado: {n}', lastSeen: 'Último: {at}, {state}', last: { queued: 'en espera', running: 'generándose', delivering: 'entregándose', ready: 'entregado', undelivered: 'no entregado', failed: 'no generado', cancelled: 'cancelado' }, ofSchedule: 'Programado', folderAt: 'Carpeta {name} ({path})',
    change: 'Cambiar', saveSchedule: 'Guardar los cambios', leaveSchedule: 'No cambiarla', changing: 'Cambias la programación «{name}».', changedSchedule: 'Cambiada: {when}. Próximo: {next}.', changedPaused: 'Cambiada: {when}. Sigue en pausa.',
    hookKey: 'Los web hooks van firmados con {key}', runNow: 'Generar ahora', pause: 'Pausar', resume: 'Reanudar', due: '{title}: se está generando; aparece en «Tus informes».', sureSchedule: '¿Eliminar la programación «{name}»? Los informes ya generados se conservan.',
    no_schedule: 'Esta programación ya no existe.', too_many_schedules: 'Ya hay tantas programaciones como se admiten. Elimina alguna antes.', of_definition: 'Esta programación está en la definición del informe y se cambia o se quita allí.',
    definitions: 'Definiciones de informes', toDefinitions: 'Definiciones', definition: 'Definición (YAML)', beginWith: 'Empezar', openDefinition: 'Definición', newDefinition: 'Una nueva, a partir de una consulta', typeName: 'Nombre del tipo', typeNameHint: 'Empieza por una letra; después, letras sin acentos, cifras, _ y -.', reportTitle: 'Título',
    source: 'Base de datos', query: 'Consulta SQL', sqlHint: 'Una consulta que solo lee. Los parámetros se escriben :nombre.', draft: 'Escribir la definición', save: 'Guardar', copy: 'Copiar', copied: 'Copiada.', saved: 'Guardada; ya está en servicio.',
    unsaved: 'Son los cambios que dejaste sin guardar.', discard: 'Descartarlos',
    firstRows: 'Primeras filas', try: 'Probar', trying: 'Consultando…', allRows: 'Son todas las filas: {n}.', someRows: 'Se ven {shown} de las {n} primeras filas{of}.', shownRows: 'Se ven {shown} de las {n} filas{of}.', atLine: 'Línea {line}:',
    token: 'Token del servicio', tokenHint: 'Quien escribe definiciones lee las bases de datos: hace falta el token del servicio (REPORTS_TOKEN), también en su propia máquina.', enter: 'Entrar', wrongToken: 'Este token no es el del servicio.',
    no_folder: 'El servicio solo tiene las definiciones incorporadas. Para guardar otras, se inicia con --definitions CARPETA; mientras tanto, copia el YAML.',
    noGateway: 'No se puede conectar con la pasarela, o esta no ha aceptado el informe. Comprueba la conexión y vuelve a intentarlo.',
    noTypes: 'Todavía no hay ninguna definición de informe: escribe una en «Definiciones», arriba, o deja un archivo .yaml en la carpeta del servicio, y vuelve a cargar esta página.',
    noService: 'No se puede hablar con el servicio de informes. Vuelve a intentarlo más tarde.',
    away: 'El servicio de informes no responde. Lo que ves es de antes, y esta página vuelve a intentarlo sola. El informe continúa cuando el servicio vuelva.',
    dropped: 'Se ha perdido la conexión con la pasarela; esta página pregunta por el informe al servicio.',
    ignored: 'La pasarela no ha transmitido los parámetros; se han usado los predeterminados.',
    required: 'Este dato es obligatorio.', wrong: 'Este valor no es válido.', wrongField: 'El valor de «{name}» no es válido; el formulario dice por qué.', series: '{title}: {label}, {text}',
    within: 'Este valor no es válido. Debe estar entre {least} y {most}.', atLeast: 'Este valor no es válido. Debe ser {least} o más.', atMost: 'Este valor no es válido. Debe ser {most} o menos.',
    dateWithin: 'Esta fecha no es válida. Debe estar entre el {least} y el {most}.', dateAtLeast: 'Esta fecha no es válida. Debe ser el {least} o posterior.', dateAtMost: 'Esta fecha no es válida. Debe ser el {most} o anterior.',
    emptyMeans: 'Si lo dejas vacío: {value}.',
    byDefault: '{fact} (por defecto)',
    at: '{percent} generado', other: 'Valor',
    fileLanguage: 'El archivo sale en el idioma de esta página, español; se cambia arriba.',
    readyEmpty: 'Listo, pero sin ninguna fila: no hay datos para lo que se ha pedido.',
    badgeEmpty: 'Listo, sin filas',
    noRows: 'No hay ninguna fila.',
    countedRows: '{n} filas',
    bothOf: '; los totales y el gráfico son de {rows}',
    totalsOf: '; los totales son de {rows}',
    chartOf: '; el gráfico es de {rows}',
    allRowsOf: 'todas',
    firstRowsOf: 'las {n} primeras',
    readChart: 'Para leer un valor, pon el puntero sobre él o usa las flechas del teclado.',
    noNumber: 'Este valor no es válido. Debe ser un número.',
    noWhole: 'Este valor no es válido. Debe ser un número entero.',
    cause: 'Causa: {cause}',
    openIt: 'Abrir la definición',
    goBack: 'Volver',
    sureDraft: 'Has cambiado la definición a mano. Si se escribe de nuevo a partir de la consulta, esos cambios se pierden.',
    draftAgain: 'Escribirla de nuevo',
    valueNeeded: 'Para ver las filas, corrige antes los valores señalados.',
    nothingToTry: 'Todavía no hay ninguna definición que probar: escribe una consulta y pulsa «Escribir la definición».',
    tablesOf: 'Tablas y columnas de {source}',
    noTables: 'El usuario de esta base de datos no ve ninguna tabla.',
    moreTables: 'Hay más; aquí están las de las primeras 4.000 columnas.',
    askForIt: 'Pedir este informe',
    savedFor: 'Solo lo puede pedir: {who}. La página de informes de este navegador no lo muestra.',
    renaming: 'Para cambiar el nombre del tipo, cámbialo en «type:» y guarda.',
    sureReplace: 'Ya hay una definición de tipo {type}. Si guardas esta, la sustituye.',
    replaceIt: 'Sustituirla',
    sureRename: 'El tipo {old} se llama ahora {type}. Puedes cambiarle el nombre o conservar las dos definiciones. Si le cambias el nombre, quien pida {old} recibirá un error.',
    renameIt: 'Cambiar el nombre',
    saveBoth: 'Conservar las dos',
    sureDefinition: '¿Eliminar la definición «{title}» y su archivo {file}? No se puede deshacer. Los informes ya generados se conservan; quien pida el tipo {type} recibirá un error.',
    brokenSchedules: 'Dejan de generarse sus informes programados: {due}.',
    noSchedules: 'No tiene informes programados.',
    takeSchedule: 'Conservar su informe programado, que si no deja de generarse: {due}.',
    takeSchedules: 'Conservar sus {n} informes programados, que si no dejan de generarse: {due}.',
    taken: 'Informes programados que siguen con el nombre nuevo: {n}.',
    removed: 'Eliminada: {title}.',
    last_definition: 'Es la única definición del servicio, que no arranca sin ninguna. Guarda antes otra.',
    no_type: 'Esa definición ya no existe. Vuelve a cargar la página.',
    onItsMachine: 'Las definiciones se escriben en la máquina del servicio, con esta página abierta allí sin proxy, porque no tiene token. Para escribirlas desde aquí, se inicia con REPORTS_TOKEN.',
    not_found: 'Este informe ya no existe; puede que haya caducado.', conflict: 'Este informe ya ha terminado.', forbidden: 'No tienes permiso para este informe.',
    unauthorized: 'No tienes permiso para hacer esto.', invalid_request: 'El servicio no ha aceptado la petición.', caller_limit: 'Ya tienes muchos informes en espera. Espera a que termine alguno.', queue_full: 'Hay demasiados informes en espera. Vuelve a intentarlo dentro de un momento.',
    storage_full: 'No queda espacio para más informes. Avisa a quien administra el servicio.', internal: 'El servicio tiene un problema. Avisa a quien lo administra.',
  },
  en: {
    skip: 'Skip to content', title: 'Reports', language: 'Language', ask: 'Ask for a report', type: 'Report', format: 'Format',
    make: 'Make', cancel: 'Cancel', preview: 'Preview', notes: 'The file differs from the data:', history: 'Your reports', nothing: 'A report is an Excel or CSV file made of the data of this moment. Choose one and press Make: here you see how far it is, its first rows and the link to download it, also when you close the page and come back.', yes: 'Yes', no: 'No',
    remove: 'Delete', sure: 'Delete “{name}” and its file? This cannot be undone.', keep: 'Keep',
    between: 'Between {least} and {most}', least: '{least} or more', most: '{most} or less', fromTo: 'From {least} to {most}', since: 'From {least}', until: 'Until {most}',
    choices: 'Choose one or more (with Ctrl or ⌘).', choicesLeast: 'Choose at least one (several with Ctrl or ⌘).',
    choicesDefault: 'Choose one or more (with Ctrl or ⌘). Nothing chosen means {values}.', choicesAll: 'Choose one or more (with Ctrl or ⌘). Nothing chosen means all.',
    values: 'One or more values, with commas between them.', valuesLeast: 'At least one value; several have commas between them.',
    valuesDefault: 'One or more values, with commas between them. Nothing given means {values}.', valuesAll: 'One or more values, with commas between them. Nothing given means all.',
    any: '(all)', none: '(none chosen)', connecting: 'Connecting…', queued: 'Waiting, place {place}', next: 'Waiting, next in line', running: 'Being made…', ready: 'Ready', failed: 'It could not be made',
    cancelled: 'Cancelled', rows: 'Rows', percent: 'Progress', size: 'Size', left: 'Time left', usually: 'Usually takes', expires: 'Available until', number: 'Number',
    download: 'Download {name}', show: 'Show', again: 'Download',
    regular: 'Receive it regularly', every: 'How often', eachDay: 'Every day', eachWeekday: 'Every weekday', eachWeek: 'Every week', eachMonth: 'Every month', eachHour: 'Every hour',
    weekdays: 'Days', monthDay: 'Day of the month', monthDayHint: 'From 1 to 28, the days that every month has.', time: 'Time', zone: 'Time zone', schedule: 'Schedule', scheduled: 'Scheduled: {when}. Next: {next}.',
    dateEachTime: '{name}, in each report', alwaysOn: 'Always {day}', noDate: 'No date', usual: 'As suggested, counted each time', 'today': 'The day of the report', 'yesterday': 'The day before',
    'start of week': 'Monday of that week', 'start of week - 1 week': 'Monday of the week before', 'end of week - 1 week': 'Sunday of the week before', 'start of month': 'The first day of that month',
    'start of month - 1 month': 'The first day of the month before', 'end of month - 1 month': 'The last day of the month before', 'start of year': 'The first day of that year',
    sendTo: 'Send it to', mail: 'E-mail', mailHint: 'One or more addresses, with commas between them. Allowed: {allowed}', hook: 'Web hook', hookHint: 'A URL that begins with: {allowed}', folder: 'Folder {name}', connection: 'the connection that asked for it',
    noPlaces: 'The administrator of the service has not set up a destination yet (e-mail, folder or web hook).', noTarget: 'Say where it is sent.', noDay: 'Choose at least one day.',
    badMail: 'Nothing can be sent to {address}. Allowed: {allowed}', badHook: 'The URL must begin with one of these: {allowed}',
    schedules: 'Scheduled reports', paused: 'Paused', nextRun: 'Next: {at}', lastRun: 'Last: {at}', skippedRuns: 'Skipped because the one before had not ended: {n}', lastSeen: 'Last: {at}, {state}', last: { queued: 'waiting', running: 'being made', delivering: 'being delivered', ready: 'delivered', undelivered: 'not delivered', failed: 'not made', cancelled: 'cancelled' }, ofSchedule: 'Scheduled', folderAt: 'Folder {name} ({path})',
    change: 'Change', saveSchedule: 'Save the changes', leaveSchedule: 'Do not change it', changing: 'You are changing the schedule “{name}”.', changedSchedule: 'Changed: {when}. Next: {next}.', changedPaused: 'Changed: {when}. It is still paused.',
    hookKey: 'Web hooks are signed with {key}', runNow: 'Make now', pause: 'Pause', resume: 'Resume', due: '{title}: it is being made, and appears in “Your reports”.', sureSchedule: 'Delete the schedule “{name}”? Reports that were made are kept.',
    no_schedule: 'This schedule no longer exists.', too_many_schedules: 'There are as many schedules as there may be. Delete one first.', of_definition: 'This schedule is part of the report\'s definition and is changed or removed there.',
    definitions: 'Report definitions', toDefinitions: 'Definitions', definition: 'Definition (YAML)', beginWith: 'Begin', openDefinition: 'Definition', newDefinition: 'A new one, from a query', typeName: 'Name of the type', typeNameHint: 'It begins with a letter; then letters without accents, digits, _ and -.', reportTitle: 'Title',
    source: 'Database', query: 'SQL query', sqlHint: 'One query that only reads. Parameters are written :name.', draft: 'Write the definition', save: 'Save', copy: 'Copy', copied: 'Copied.', saved: 'Saved; it is in use.',
    unsaved: 'These are the changes that you left unsaved.', discard: 'Discard them',
    firstRows: 'First rows', try: 'Try', trying: 'Asking the database…', allRows: 'These are all rows: {n}.', someRows: '{shown} of the first {n} rows are shown{of}.', shownRows: '{shown} of {n} rows are shown{of}.', atLine: 'Line {line}:',
    token: 'Token of the service', tokenHint: 'Whoever writes definitions reads the databases. It takes the token of the service (REPORTS_TOKEN), also on its own machine.', enter: 'Enter', wrongToken: 'This is not the token of the service.',
    no_folder: 'The service has the built-in definitions only. To save others it is started with --definitions DIR; until then, copy the YAML.',
    noGateway: 'The gateway cannot be reached, or it did not take the report. Check the connection and try again.',
    noTypes: 'There is no report definition yet: write one in “Definitions”, above, or put a .yaml file into the folder of the service, and load this page again.',
    noService: 'The report service cannot be reached. Try again later.',
    away: 'The report service does not answer. What is shown is from before, and this page tries again by itself. The report goes on when the service is back.',
    dropped: 'The connection to the gateway was lost; this page asks the service for the report.',
    ignored: 'The gateway did not pass the parameters on; the defaults were used.',
    required: 'This is required.', wrong: 'This value is not valid.', wrongField: 'The value of “{name}” is not valid; the form says why.', series: '{title}: {label}, {text}',
    within: 'This value is not valid. It must be between {least} and {most}.', atLeast: 'This value is not valid. It must be {least} or more.', atMost: 'This value is not valid. It must be {most} or less.',
    dateWithin: 'This date is not valid. It must be between {least} and {most}.', dateAtLeast: 'This date is not valid. It must be {least} or later.', dateAtMost: 'This date is not valid. It must be {most} or earlier.',
    emptyMeans: 'Left empty: {value}.',
    byDefault: '{fact} (by default)',
    at: '{percent} made', other: 'Value',
    fileLanguage: 'The file is in the language of this page, English; change it above.',
    readyEmpty: 'Ready, but without a row: there are no data for what was asked for.',
    badgeEmpty: 'Ready, without rows',
    noRows: 'There are no rows.',
    countedRows: '{n} rows',
    bothOf: '; totals and chart are of {rows}',
    totalsOf: '; the totals are of {rows}',
    chartOf: '; the chart is of {rows}',
    allRowsOf: 'all',
    firstRowsOf: 'the first {n}',
    readChart: 'To read a value, point at it or use the arrow keys.',
    noNumber: 'This value is not valid. It must be a number.',
    noWhole: 'This value is not valid. It must be a whole number.',
    cause: 'Cause: {cause}',
    openIt: 'Open the definition',
    goBack: 'Go back',
    sureDraft: 'You have changed the definition by hand. If it is written again from the query, those changes are lost.',
    draftAgain: 'Write it again',
    valueNeeded: 'To see rows, correct the marked values first.',
    nothingToTry: 'There is no definition to try yet: write a query and press “Write the definition”.',
    tablesOf: 'Tables and columns of {source}',
    noTables: 'The login of this database sees no table.',
    moreTables: 'There are more; these are those of the first 4,000 columns.',
    askForIt: 'Ask for this report',
    savedFor: 'It is only for: {who}. The page of reports in this browser does not show it.',
    renaming: 'To rename the type, change it at “type:” and save.',
    sureReplace: 'There is a definition of type {type} already. If you save this one, it takes its place.',
    replaceIt: 'Replace it',
    sureRename: 'The type {old} is now called {type}. You may rename it, or keep both definitions. If you rename it, requests for {old} get an error.',
    renameIt: 'Rename',
    saveBoth: 'Keep both',
    sureDefinition: 'Delete the definition “{title}” and its file {file}? This cannot be undone. Reports that were made are kept; requests for the type {type} get an error.',
    brokenSchedules: 'Its scheduled reports are no longer made: {due}.',
    noSchedules: 'It has no scheduled reports.',
    takeSchedule: 'Keep its scheduled report, which otherwise is no longer made: {due}.',
    takeSchedules: 'Keep its {n} scheduled reports, which otherwise are no longer made: {due}.',
    taken: 'Scheduled reports that go on under the new name: {n}.',
    removed: 'Deleted: {title}.',
    last_definition: 'This is the only definition of the service, which does not start without one. Save another first.',
    no_type: 'That definition no longer exists. Load the page again.',
    onItsMachine: 'Definitions are written on the machine of the service, with this page opened there without a proxy, since it has no token. To write them from here, it is started with REPORTS_TOKEN.',
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

// sayState names what became of a schedule's last report.
export const sayState = (state) => words[current].last[state] ?? state;

// knows tells whether there is a text of that name.
export const knows = (name) => Object.hasOwn(words[current], name);

// local picks the text of the language out of a service's {es, en}.
export const local = (text) => text?.[current] ?? text?.es ?? text?.en ?? '';

// Thousands are grouped from four digits on, as reports do; Intl leaves them out in Spanish.
export const number = (n, digits = 0) => new Intl.NumberFormat(current, { maximumFractionDigits: digits, useGrouping: 'always' }).format(n);

export const percent = (n, digits = 0) => new Intl.NumberFormat(current, { style: 'percent', maximumFractionDigits: digits }).format(n / 100);

export const moment = (iso) => new Intl.DateTimeFormat(current, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));

// element makes an element of a class with a text.
export function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// all are texts one after the other: "a, b and c"; oneOf: "a, b or c".
export const all = (texts) => new Intl.ListFormat(current, { type: 'conjunction' }).format(texts);
export const oneOf = (texts) => new Intl.ListFormat(current, { type: 'disjunction' }).format(texts);

export const day = (iso) => new Intl.DateTimeFormat(current, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));

// date is a day or a moment of a table, as a report has it in one of its languages, in the
// page's; what is no such text stays.
export function date(text) {
  const iso = text.replace(/^(\d\d)\/(\d\d)\/(\d{4})/, '$3-$2-$1');
  const [, day, clock] = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d(?::\d\d)?))?$/.exec(iso) ?? [];
  const at = new Date(`${day}T${clock ?? '00:00'}Z`);
  if (Number.isNaN(at.getTime())) return text;
  const timeStyle = { 5: 'short', 8: 'medium' }[clock?.length];
  return new Intl.DateTimeFormat(current, { dateStyle: 'medium', timeStyle, timeZone: 'UTC' }).format(at);
}

// duration is seconds as people say them: 45 s, 3 min.
export const duration = (seconds) => (seconds < 90 ? `${number(seconds)} s` : `${number(seconds / 60)} min`);

export function size(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return new Intl.NumberFormat(current, { style: 'unit', unit: units[step], unitDisplay: 'short', maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
}
