package language

// reportsHelpTexts are the help of the commands of the program reports.
var reportsHelpTexts = Catalogue{
	"reports_root.short": {"Make reports in the background and notify clients that wait on a WebSocket", "Generar informes en segundo plano y avisar a los clientes que esperan en un WebSocket"},
	"reports_root.long": {`reports answers POST /api/reports/create at once, makes an Excel workbook in the
background, and notifies the client that waits on a WebSocket through the
@connections of API Gateway: pasarela's or AWS's own.`, `reports responde enseguida a POST /api/reports/create, genera un libro de Excel en
segundo plano y avisa al cliente que espera en un WebSocket por las @connections de API
Gateway: las de pasarela o las de la propia AWS.`},
	"reports_program.several":           {"{command} needs {what}, one or more: {usage}", "{command} necesita {what}, uno o más: {usage}"},
	"reports_program.ids":               {"ids of reports", "ids de informes"},
	"reports_program.a_schedule":        {"the id of a schedule", "el id de una programación"},
	"reports_program.flags_needed":      {"missing: {missing}{target}", "falta: {missing}{target}"},
	"reports_program.and_target":        {", and one of --mail, --web-hook and --folder or several", ", y una o varias de --mail, --web-hook y --folder"},
	"reports_program.target_needed":     {"missing: where it goes: one of --mail, --web-hook and --folder or several", "falta a dónde se envía: una o varias de --mail, --web-hook y --folder"},
	"reports_program.nothing_to_change": {"nothing is to be changed: give one of the flags, such as --when", "no hay nada que cambiar: da alguna opción, como --when"},
	"reports_check.short":               {"Say what is wrong with report definitions", "Decir qué está mal en las definiciones de informes"},
	"reports_check.long": {`check reads every *.yaml of the directory and prints what is wrong as
file:line: reason. It exits with 1 if anything is. With --source, or a variable
REPORTS_SOURCE_<NAME>, it connects to the databases, each of which reads its queries
without running them, for 15 seconds at most, and says what it does not accept: tables
and columns that are not there, types, rights. A database that cannot be reached is
named, and the exit status is 1. A warning changes no exit status.`, `check lee cada *.yaml del directorio e imprime lo que está mal como archivo:línea:
motivo. Termina con 1 si hay algo mal. Con --source, o una variable
REPORTS_SOURCE_<NOMBRE>, se conecta a las bases de datos, y cada una lee sus consultas sin
ejecutarlas, en 15 segundos como mucho, y dice lo que no admite: tablas y columnas que no
existen, tipos, permisos. Si no se puede llegar a una base de datos, la nombra y el estado
de salida es 1. Un aviso no cambia el estado de salida.`},
	"reports_check.warning": {"{file}:{line}: warning: {why}", "{file}:{line}: aviso: {why}"},
	"reports_check.read":    {"{file}: {type}, parameters: {parameters}, columns: {columns}, source {source}, which accepts the query", "{file}: {type}, parámetros: {parameters}, columnas: {columns}, base de datos {source}, que admite la consulta"},
	"reports_check.silent":  {"{why}; so {count} {count|definition is|definitions are} not checked as that database reads {count|it|them}", "{why}; por eso {count} {count|definición queda|definiciones quedan} sin comprobar con esa base de datos"},
	"reports_jobs.short":    {"Look after the reports of a running service", "Atender los informes de un servicio en marcha"},
	"reports_jobs.list":     {"List reports, newest first", "Listar informes, el más nuevo primero"},
	"reports_jobs.dead":     {"List the reports that failed, with the cause", "Listar los informes que fallaron, con la causa"},
	"reports_jobs.replay":   {"Run failed reports again", "Repetir informes que fallaron"},
	"reports_jobs.cancel":   {"Cancel reports", "Cancelar informes"},
	"reports_jobs.caller":   {"only this caller's", "solo los de este solicitante"},
	"reports_jobs.state":    {"queued, running, ready, failed or cancelled", "queued (en cola), running (en marcha), ready (listo), failed (fallido) o cancelled (cancelado)"},
	"reports_jobs.long":     {"jobs speaks to a running service; REPORTS_TOKEN is sent where it is set.", "jobs habla con un servicio en marcha; se envía REPORTS_TOKEN si está puesto."},
	"reports_jobs.url":      {"`URL` of the service", "`URL` del servicio"},
	"reports_run.long": {`run makes a report without a service, with a progress bar: to try a definition,
or from a script. The file appears under its name only when it is whole.`, `run genera un informe sin servicio, con una barra de progreso: para probar una
definición, o desde un script. El archivo aparece con su nombre solo cuando está entero.`},
	"reports_run.short":       {"Make one report here and now", "Generar un informe aquí y ahora"},
	"reports_run.parameter":   {"parameter as `name=value`; may be given often", "parámetro como `nombre=valor`; puede darse varias veces"},
	"reports_run.output":      {"`file` to write; the definition's name by default", "`archivo` que escribir; por defecto, el nombre de la definición"},
	"reports_run.definitions": {"`directory` of report definitions; the samples by default", "`directorio` de definiciones de informes; por defecto, las de muestra"},
	"reports_run.language":    {"es or en; the definition's by default", "es o en; por defecto, el de la definición"},
	"reports_run.format":      {"xlsx or csv; by the output's name or the definition by default", "xlsx o csv; por defecto, según el nombre del archivo o la definición"},
	"reports_run.source":      {"database as `name=URL`; may be given often", "base de datos como `nombre=URL`; puede darse varias veces"},
	"reports_run.quiet":       {"no progress bar", "sin barra de progreso"},
	"reports_serve.long": {`serve takes requests until it is interrupted; reports that are running then are
made after the next start.

The calls to @connections are signed with the credentials of the environment
(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), of a profile of the
shared files, of a web identity or of a container's role; on EC2 also with the
instance's, with AWS_EC2_METADATA_DISABLED=false. Files are read again when they
change. Addresses with passwords can come from the environment:
REPORTS_SOURCE_<NAME>, REPORTS_STORAGE, REPORTS_QUEUE, REPORTS_TOKEN, REPORTS_SMTP and
REPORTS_FOLDER_<NAME>, by which reports of schedules are delivered. Programs that
share a queue need the same REPORTS_KEY, which signs links and capabilities. SIGHUP
reads the definitions again. /healthz, /readyz and /metrics show its state.`, `serve atiende peticiones hasta que se interrumpe; los informes que estén en marcha
entonces se generan tras el próximo arranque.

Las llamadas a @connections se firman con las credenciales del entorno
(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), de un perfil de los
archivos compartidos, de una identidad web o del rol de un contenedor; en EC2 también con
las de la instancia, con AWS_EC2_METADATA_DISABLED=false. Los archivos se leen otra vez
cuando cambian. Las direcciones con contraseñas pueden venir del entorno:
REPORTS_SOURCE_<NOMBRE>, REPORTS_STORAGE, REPORTS_QUEUE, REPORTS_TOKEN, REPORTS_SMTP y
REPORTS_FOLDER_<NOMBRE>, por las que se entregan los informes programados. Los programas
que comparten una cola necesitan la misma REPORTS_KEY, que firma enlaces y permisos.
SIGHUP lee otra vez las definiciones. /healthz, /readyz y /metrics muestran su estado.`},
	"reports_healthcheck.short": {"Ask the service of this machine whether it is ready", "Preguntar al servicio de esta máquina si está listo"},
	"reports_healthcheck.long": {`Ask the service of this machine whether it is ready, as a container's health check does. The
exit status is 0 when GET /readyz answers 200, else 1 with what cannot be reached: the queue,
the storage, a gateway, a database. --listen is that of "reports serve"; --url asks a service of another machine.`, `Pregunta al servicio de esta máquina si está listo, como la comprobación de salud de un
contenedor. El estado de salida es 0 cuando GET /readyz responde 200; si no, 1 con lo que no
se alcanza: la cola, el almacén, una pasarela, una base de datos. --listen es el de
"reports serve"; con --url se pregunta a un servicio de otra máquina.`},
	"reports_healthcheck.url":        {"`URL` of the service, in place of --listen", "`URL` del servicio, en lugar de --listen"},
	"reports_serve.listen":           {"address to listen on", "dirección en la que escuchar"},
	"reports_serve.endpoint":         {"`URL` of the stage whose @connections is posted to", "`URL` de la etapa a cuyas @connections se envía"},
	"reports_serve.allow_endpoint":   {"URL `prefix` of gateways that requests may name by domainName and stage", "`prefijo` de URL de las pasarelas que las peticiones pueden nombrar con domainName y stage"},
	"reports_serve.gateway":          {"ws(s):// `URL` of the stage, for the page; from --endpoint by default", "`URL` ws(s):// de la etapa, para la página; por defecto, según --endpoint"},
	"reports_serve.public_url":       {"`URL` that links begin with; http://LISTEN by default", "`URL` con la que empiezan los enlaces; por defecto, http://LISTEN"},
	"reports_serve.region":           {"region that calls are signed for", "región para la que se firman las llamadas"},
	"reports_serve.page_action":      {"`action` of the message by which the page asks for a report; by default it asks in the query string while it connects", "`action` del mensaje con que la página pide un informe; por defecto lo pide en los parámetros de la URL al conectar"},
	"reports_serve.allow_host":       {"`name` that this service is called by; without REPORTS_TOKEN others are refused, except addresses, private names and --public-url's", "`nombre` por el que se llama a este servicio; sin REPORTS_TOKEN se rechazan los demás, salvo direcciones, nombres privados y el de --public-url"},
	"reports_serve.profile":          {"`profile` of the shared credentials and config files; before the environment", "`perfil` de los archivos compartidos de credenciales y configuración; antes que el entorno"},
	"reports_serve.credentials_file": {"shared credentials `file`, read again when it changes; before the environment", "`archivo` compartido de credenciales, leído otra vez cuando cambia; antes que el entorno"},
	"reports_serve.workers":          {"reports made at once", "informes que se generan a la vez"},
	"reports_serve.source_limit":     {"most reports of a database made at once, as `name=N`; may be given often", "máximo de informes de una base de datos a la vez, como `nombre=N`; puede darse varias veces"},
	"reports_serve.max_queued":       {"reports that may wait", "informes que pueden esperar"},
	"reports_serve.max_per_caller":   {"reports of one caller that may wait", "informes de un solicitante que pueden esperar"},
	"reports_serve.attempts":         {"runs of a report whose failures may pass, such as a database that is down; after 1 s, 4 s, 16 s ... up to 5 min", "intentos de un informe cuyos fallos pueden pasar, como una base de datos caída; tras 1 s, 4 s, 16 s ... hasta 5 min"},
	"reports_serve.source_attempts":  {"the same for a database, as `name=N`; may be given often", "lo mismo para una base de datos, como `nombre=N`; puede darse varias veces"},
	"reports_serve.history":          {"ended reports that are remembered, with their files", "informes terminados que se recuerdan, con sus archivos"},
	"reports_serve.storage_limit":    {"most that kept reports may take, such as 20GB; the disk by default", "máximo que pueden ocupar los informes guardados, como 20GB; por defecto, el disco"},
	"reports_serve.deliver_folder":   {"folder that schedules may deliver to, as `name=DIR`; buckets come from REPORTS_FOLDER_<NAME>; may be given often", "carpeta en la que pueden entregar las programaciones, como `nombre=DIR`; los buckets vienen de REPORTS_FOLDER_<NOMBRE>; puede darse varias veces"},
	"reports_serve.web_hook":         {"URL `prefix` of web hooks that schedules may call", "`prefijo` de URL de los web hooks que pueden llamar las programaciones"},
	"reports_serve.mail_to":          {"`address`, or domain such as @example.com, that schedules may send e-mail to", "`destino` (una dirección, o un dominio como @example.com) al que pueden enviar correo las programaciones"},
	"reports_serve.log_level":        {"debug, info, warn or error", "debug, info, warn o error"},
	"reports_serve.log_format":       {"text or json", "text o json"},
	"reports_serve.data":             {"data `directory`: jobs, files, sample shop; ~/.local/share/pasarela/reports (or where this system keeps such data) by default", "`directorio` de datos: trabajos, archivos, tienda de muestra; por defecto, ~/.local/share/pasarela/reports (o donde este sistema guarde esos datos)"},
	"reports_serve.short":            {"Take requests for reports and make them", "Atender peticiones de informes y generarlos"},
	"reports_schedules.long": {`schedules speaks to a running service; REPORTS_TOKEN is sent where it is set. Where
reports may be delivered is set with the flags of "reports serve".`, `schedules habla con un servicio en marcha; se envía REPORTS_TOKEN si está puesto. Dónde
pueden entregarse los informes se fija con las opciones de "reports serve".`},
	"reports_schedules.short":  {"Have reports made at recurring times", "Hacer que se generen informes periódicamente"},
	"reports_schedules.list":   {"List schedules, oldest first", "Listar las programaciones, la más antigua primero"},
	"reports_schedules.run":    {"Make a schedule's report now, besides its times", "Generar ahora el informe de una programación, aparte de sus horas"},
	"reports_schedules.pause":  {"Pause a schedule; the times that pass meanwhile are not made up for", "Poner en pausa una programación; las horas que pasen entretanto no se recuperan"},
	"reports_schedules.resume": {"Resume a paused schedule", "Reanudar una programación en pausa"},
	"reports_schedules.delete": {"Delete a schedule", "Eliminar una programación"},
	"reports_schedules.add":    {"Have a report made at recurring times and delivered", "Hacer que un informe se genere periódicamente y se entregue"},
	"reports_schedules.change": {"Change a schedule, which keeps its id", "Cambiar una programación, que conserva su identificador"},
	"reports_schedules.change_long": {`change replaces what is given and leaves the rest as it is. A parameter is replaced by itself,
and -p name= takes it away; of --mail, --web-hook and --folder all that are given take
the place of all that there were.`, `change sustituye lo que se da y deja lo demás como está. Cada parámetro se sustituye por
separado, y -p nombre= lo quita; los destinos que se dan con --mail, --web-hook y --folder
sustituyen a todos los que había.`},
	"reports_schedules.type":      {"`type` whose report it makes from now on, such as the new name of its own", "`tipo` cuyo informe genera desde ahora, por ejemplo el nombre nuevo del suyo"},
	"reports_schedules.caller":    {"`caller` in whose name it is made; a type with callers needs one of them", "`solicitante` en cuyo nombre se hace; un tipo con callers necesita uno de ellos"},
	"reports_schedules.attribute": {"attribute of the caller as `name=value`, for types that ask for it; may be given often", "atributo del solicitante como `nombre=valor`, para los tipos que lo piden; puede darse varias veces"},
	"reports_schedules.when":      {"`time`, such as \"every monday at 7:00\", \"every weekday at 7\", \"every month on day 1 at 7\" or \"every hour\"", "`momento`, como \"cada lunes a las 7:00\", \"cada día laborable a las 7\", \"cada mes el día 1 a las 7\" o \"cada hora\""},
	"reports_schedules.timezone":  {"time `zone` of the clock, such as Europe/Madrid", "`zona` horaria del reloj, como Europe/Madrid"},
	"reports_schedules.parameter": {"parameter as `name=value`; dates such as yesterday are counted from each run; may be given often", "parámetro como `nombre=valor`; fechas como ayer se cuentan desde cada ejecución; puede darse varias veces"},
	"reports_schedules.format":    {"xlsx or csv; the definition's by default", "xlsx o csv; por defecto, el de la definición"},
	"reports_schedules.mail":      {"`address` that gets an e-mail; may be given often", "`destino` que recibe un correo; puede darse varias veces"},
	"reports_schedules.web_hook":  {"`URL` that is called, signed; may be given often", "`URL` a la que se llama, con firma; puede darse varias veces"},
	"reports_schedules.folder":    {"`name` of a folder or bucket of the service's settings; may be given often", "`nombre` de una carpeta o un bucket de la configuración del servicio; puede darse varias veces"},
}
