package language

// commandTexts are the help of every command, and what is said of a wrong command line.
var commandTexts = Catalogue{
	"root.short":        {"AWS API Gateway's WebSocket APIs on your own machine or cluster", "Las APIs WebSocket de AWS API Gateway en tu máquina o tu clúster"},
	"root.lang":         {"language of what is printed: en or es (default: of LC_ALL, LC_MESSAGES, LANG)", "idioma de lo que se imprime: en o es (por defecto, el de LC_ALL, LC_MESSAGES, LANG)"},
	"root.bad_lang":     {"--lang: {value} is not en or es", "--lang: {value} no es en ni es"},
	"root.see":          {"see: {command} --help", "consulta: {command} --help"},
	"root.unknown":      {"unknown command {name}", "no existe la orden {name}"},
	"root.suggest":      {"unknown command {name}: did you mean {other}?", "no existe la orden {name}: ¿querías decir {other}?"},
	"help.usage":        {"Usage:", "Uso:"},
	"help.command":      {"command", "orden"},
	"help.flags":        {"flags", "opciones"},
	"help.commands":     {"Available Commands:", "Órdenes:"},
	"help.flags_title":  {"Flags:", "Opciones:"},
	"help.global_flags": {"Global Flags:", "Opciones de todas las órdenes:"},
	"help.more":         {"Use \"{command} [command] --help\" for more information about a command.", "\"{command} [orden] --help\" dice más de una orden."},
	"help.help":         {"Help about any command", "Ayuda sobre cualquier orden"},
	"help.flag":         {"help for this command", "ayuda sobre esta orden"},
	"help.version":      {"print the version", "imprimir la versión"},

	"usage.no_arguments": {"accepts no arguments, {given} was given", "no admite argumentos, se dio {given}"},
	"usage.at_most_one":  {"accepts at most one {what}, {n} were given", "admite como mucho un {what}, se dieron {n}"},
	"usage.a_command":    {"{command} needs a command: {names}", "{command} necesita una orden: {names}"},
	"usage.one":          {"accepts one {what}, {n} {n|was|were} given", "admite un {what}, se {n|dio|dieron} {n}"},
	"usage.one_file":     {"requires one file, {what}, or - for standard input: {usage}", "necesita un archivo, {what}, o - para la entrada estándar: {usage}"},
	"usage.a_template":   {"a template", "una plantilla"},
	"usage.the_cases":    {"the cases", "los casos"},
	"usage.files":        {"requires a template or several: pasarela template lint FILE FILE", "necesita una o varias plantillas: pasarela template lint ARCHIVO ARCHIVO"},
	"usage.unknown_flag": {"unknown flag: {name}", "no existe la opción {name}"},
	"usage.flag_needs":   {"flag needs an argument: {name}", "la opción necesita un valor: {name}"},
	"usage.flag_value":   {"invalid argument {value} for {name}: {error}", "el valor {value} no vale para {name}: {error}"},
	"usage.flag_syntax":  {"bad flag syntax: {name}", "opción mal escrita: {name}"},
	"usage.environment":  {"{name}={value}: {error}", "{name}={value}: {error}"},

	"dev.short": {"Run the guide (gateway, report backend, ExcelGeneratorAPI), or the stack of a TEMPLATE while its files change", "Arrancar la guía (pasarela, servidor de informes, ExcelGeneratorAPI), o la pila de una PLANTILLA (TEMPLATE) mientras cambian sus archivos"},
	"dev.long": {`Run the guide on this machine: the gateway, the report backend, and the API
ExcelGeneratorAPI deployed to stage prod with its role, policy, mapping template and
integration responses. It prints the URL to connect to, commands to paste and, on a
terminal, credentials for the AWS CLI. Ctrl-C stops it; the next start finds everything
again, and what you changed stays changed.

With a TEMPLATE (of CloudFormation or SAM, a folder with one, or a cdk.out) it runs that
stack in place of the guide: functions run as processes of this machine, files are
watched and deployed when they change, and Ctrl-C removes the stack.`, `Arranca la guía en esta máquina: la pasarela, el servidor de informes y la API
ExcelGeneratorAPI desplegada en la etapa prod con su rol, política, plantilla y
respuestas de integración. Imprime la URL para conectarse, órdenes para pegar y, en una
terminal, credenciales para la AWS CLI. Ctrl-C la para; el próximo arranque lo encuentra
todo otra vez, y lo que cambiaste sigue cambiado.

Con una PLANTILLA (TEMPLATE: de CloudFormation o SAM, una carpeta que la tenga, o un
cdk.out) ejecuta esa pila en lugar de la guía: las funciones se ejecutan como procesos de
esta máquina, los archivos se vigilan y se despliegan cuando cambian, y Ctrl-C elimina la
pila.`},
	"dev.reports_listen": {"host:port of the report backend; another port is taken when this one is not free", "host:puerto del servidor de informes; si no está libre se toma otro puerto"},
	"serve.short":        {"Run the gateway", "Arrancar la pasarela"},
	"serve.long": {`Run the gateway: the AWS APIs (apigateway, execute-api, iam, sts,
cloudformation, lambda, ssm) and the sockets on one port.

A first start generates an account id and an administrator key; "pasarela credentials"
prints the key as shell exports. Every setting may also be given in the environment,
--domain-suffix as PASARELA_DOMAIN_SUFFIX. Ctrl-C stops it cleanly, and a second
start finds everything again.`, `Arranca la pasarela: las APIs de AWS (apigateway, execute-api, iam, sts,
cloudformation, lambda, ssm) y los sockets en un puerto.

El primer arranque genera un número de cuenta y una clave de administrador; "pasarela
credentials" imprime la clave como exports de shell. Toda opción puede darse también en
el entorno, --domain-suffix como PASARELA_DOMAIN_SUFFIX. Ctrl-C la para limpiamente, y el
siguiente arranque lo encuentra todo otra vez.`},
	"credentials.short": {"Print the administrator's key as shell exports", "Imprimir la clave del administrador como exports de shell"},
	"credentials.long": {`Print the administrator's key as shell exports, for

    eval "$(pasarela credentials)"

AWS clients of version 2.13 and later then find the node by AWS_ENDPOINT_URL; older
ones want --endpoint-url "$AWS_ENDPOINT_URL".`, `Imprime la clave del administrador como exports de shell, para

    eval "$(pasarela credentials)"

Los clientes de AWS desde la versión 2.13 encuentran entonces el nodo por
AWS_ENDPOINT_URL; los anteriores quieren --endpoint-url "$AWS_ENDPOINT_URL".`},
	"credentials.data": {"data directory of the node (default: {serve}, else {dev})", "directorio de datos del nodo (por defecto, {serve} o {dev})"},
	"connect.short":    {"Connect to a WebSocket API and talk to it", "Conectarse a una API WebSocket y hablar con ella"},
	"connect.long": {`Connect to a WebSocket API: what it sends is printed, what you type is sent, a line a
message. It ends when the server closes the connection, or with Ctrl-C; end of input
does not end it. Without ws:// or wss:// the URL is a ws:// one.

    pasarela connect 'ws://127.0.0.1:4566/abcdefghij/prod?reportType=ventas'`, `Conecta con una API WebSocket: lo que envía se imprime, lo que escribes se envía, una
línea por mensaje. Termina cuando el servidor cierra la conexión, o con Ctrl-C; el fin de
la entrada no la termina. Sin ws:// ni wss:// la URL es de ws://.

    pasarela connect 'ws://127.0.0.1:4566/abcdefghij/prod?reportType=ventas'`},
	"connect.subprotocol": {"offer this sub-protocol (repeatable)", "ofrecer este subprotocolo (repetible)"},
	"connect.header":      {"send \"Name: value\" with the handshake (repeatable)", "enviar \"Nombre: valor\" al conectar (repetible)"},
	"connect.resume":      {"name a session, and connect again when the connection breaks: messages that came meanwhile follow where the stage has the tag pasarela:resumeSeconds", "nombrar una sesión, y conectar otra vez si la conexión se rompe: los mensajes que llegaron entretanto siguen si la etapa tiene la etiqueta pasarela:resumeSeconds"},
	"console.short":       {"Print an address that opens the web console signed in", "Imprimir una dirección que abre la consola web con la sesión abierta"},
	"console.long": {`Print an address that opens the web console of a node on this machine signed in with
the key that the command finds. It works in one browser, once, within 12 hours.`, `Imprime una dirección que abre la consola web de un nodo de esta máquina con la sesión
abierta con la clave que la orden encuentra. Vale en un navegador, una vez, durante 12 horas.`},
	"explain.short": {"Say what happened to a connection or a request, and why", "Decir qué pasó con una conexión o una petición, y por qué"},
	"explain.long": {`Say what happened to a connection, or to one request, and why. The first line is the
summary: the cause of the last failure and the field to change, or that all went well. A
refusal carries its request id in the header x-amz-apigw-id, else in x-amzn-RequestId.
With --last: the last executions that failed, newest first.

Messages, bodies and parameters are shown where the stage or route has dataTraceEnabled.`, `Dice qué pasó con una conexión, o con una petición, y por qué. La primera línea es el
resumen: la causa del último fallo y el campo que hay que cambiar, o que todo fue bien.
Un rechazo lleva el id de su petición en la cabecera x-amz-apigw-id, si no en
x-amzn-RequestId. Con --last: las últimas ejecuciones que fallaron, la más nueva primero.

Los mensajes, cuerpos y parámetros se ven donde la etapa o la ruta tiene dataTraceEnabled.`},
	"explain.last": {"list the last failures instead", "listar los últimos fallos"},
	"logs.short":   {"Print the execution and access logs of the stages", "Imprimir los registros de ejecución y de acceso de las etapas"},
	"logs.long": {`Print the newest lines of the execution and access logs of the stages that log, of
all nodes, and with --follow those to come. In a cluster each line begins with the name of
its node. A stage logs when its route settings have a loggingLevel or
its accessLogSettings a format.`, `Imprime las líneas más nuevas de los registros de ejecución y de acceso de las etapas que
registran en todos los nodos, y con --follow las que vengan. En un clúster cada línea
empieza por el nombre de su nodo. Una etapa registra cuando sus ajustes de ruta
tienen un loggingLevel o su accessLogSettings un formato.`},
	"logs.follow":       {"go on with the lines to come, until Ctrl-C", "seguir con las líneas que vengan, hasta Ctrl-C"},
	"connections.short": {"List the open connections of all APIs", "Listar las conexiones abiertas de todas las APIs"},
	"connections.long": {`List the open connections of all nodes over all APIs and stages: id, where it came in,
on which node, since when, when it was last active, and from where; and how many
there are. Nodes that do not answer are named.`, `Lista las conexiones abiertas de todos los nodos en todas las APIs y etapas: id, por dónde
entró, en qué nodo, desde cuándo, cuándo tuvo su última actividad, y desde dónde; y cuántas
hay. Nombra los nodos que no responden.`},
	"deadletters.short": {"List, replay and delete dead letters: calls to backends that were given up", "Listar, repetir y borrar llamadas abandonadas (dead letters)"},
	"deadletters.long": {`Calls of stages with pasarela:async that their backend did not take before the deadline,
or answered with an error, are kept for 14 days as dead letters.`, `Las llamadas de etapas con pasarela:async que su backend no aceptó a tiempo, o a las que
respondió con un error, se guardan 14 días como llamadas abandonadas (dead letters).`},
	"deadletters.list":   {"List the dead letters of a stage, oldest first", "Listar las llamadas abandonadas de una etapa, la más antigua primero"},
	"deadletters.replay": {"Put dead letters back into the queue of their stage", "Devolver llamadas abandonadas a la cola de su etapa"},
	"deadletters.delete": {"Remove dead letters", "Borrar llamadas abandonadas"},
	"deadletters.all":    {"all that the stage has now, in place of ids", "todas las que tiene ahora la etapa, en lugar de identificadores"},
	"nodes.short":        {"List the nodes of the cluster", "Listar los nodos del clúster"},
	"nodes.long": {`List the nodes of the cluster: whether they live, address, version, since when they run,
how many connections they have, the revision of the newest change that they serve, and
when they renewed their lease. With --stages: which node serves which deployment.`, `Lista los nodos del clúster: si viven, dirección, versión, desde cuándo están en marcha,
cuántas conexiones tienen, la revisión del último cambio que sirven, y cuándo renovaron su
concesión. Con --stages: qué nodo sirve qué despliegue.`},
	"nodes.stages":      {"list which node serves which deployment instead", "listar qué nodo sirve qué despliegue"},
	"store.short":       {"Check and repair the embedded store of a node that is stopped", "Comprobar y reparar el almacén embebido de un nodo parado"},
	"store.check_short": {"Say what in a store is damaged or gone", "Decir qué está dañado o falta en un almacén"},
	"store.check_long": {`Read the store of a data directory and hold it against store.log, in which every
acknowledged write was noted: says by name which writes are gone and which places cannot
be read, and whether a node would start on it. Nothing is changed; a start is tried on a
copy in the directory for temporary files. The node must be stopped. A damaged store ends
the command with status 1.`, `Lee el almacén de un directorio de datos y lo compara con store.log, donde se anotó cada
escritura confirmada: dice por su nombre qué escrituras faltan, qué sitios no se pueden
leer, y si un nodo arrancaría con él. No cambia nada; el arranque se prueba con una copia
en el directorio de archivos temporales. El nodo tiene que estar parado. Con un almacén
dañado la orden acaba con estado 1.`},
	"store.repair_short": {"Rebuild a damaged store from what is intact", "Rehacer un almacén dañado con lo que está intacto"},
	"store.repair_long": {`Rebuild the store of a data directory from every write in it that is intact and the last
of its key, name what is lost, and set the damaged store aside in the same directory. Calls
of asynchronous routes that wait, and dead letters, are kept. A store that is whole stays as
it is. The node must be stopped.`, `Rehace el almacén de un directorio de datos con cada escritura que está intacta y es la
última de su clave, nombra lo perdido, y aparta el almacén dañado en el mismo directorio.
Las llamadas de rutas asíncronas que esperan y las abandonadas (dead letters) se conservan.
Un almacén entero se queda como está. El nodo tiene que estar parado.`},
	"store.data":   {"data directory of the stopped node (default: {serve}, else {dev})", "directorio de datos del nodo parado (por defecto: {serve}, si no {dev})"},
	"export.short": {"Write everything that is configured into one file", "Escribir todo lo configurado en un archivo"},
	"export.long": {`Write everything that is configured to standard output, as one YAML file: APIs with
their deployments and stages, domains, links, usage plans, identities, functions, parameters
and buckets. Access keys, API keys, SecureStrings, client certificates and the account's own
keys are in it with --secrets only; and so are stacks, objects and the code of functions.

    pasarela export --secrets > backup.yaml
    pasarela apply backup.yaml`, `Escribe todo lo configurado en la salida estándar, como un archivo YAML: las APIs con sus
despliegues y etapas, dominios, enlaces, planes de uso, identidades, funciones, parámetros
y buckets. Las claves de acceso, las de API, los SecureString, los certificados de cliente y las
claves de la cuenta solo con --secrets; y también las pilas, los objetos y el código de las funciones.

    pasarela export --secrets > copia.yaml
    pasarela apply copia.yaml`},
	"export.secrets": {"with access keys, API keys, private keys, stacks, objects and code", "con claves de acceso, de API y privadas, pilas, objetos y código"},
	"apply.short":    {"Restore an export, after showing what it would change", "Recuperar una exportación, tras mostrar qué cambiaría"},
	"apply.long": {`Restore an export: shows what the file would change, asks, and changes it. Applying
the same file twice changes nothing the second time. What the file does not have stays,
unless --prune. FILE may be - for standard input (with --yes or --plan).`, `Recupera una exportación: muestra qué cambiaría el archivo, pregunta, y lo cambia. Aplicar
dos veces el mismo archivo no cambia nada la segunda vez. Lo que el archivo no tiene se
queda, salvo con --prune. FILE puede ser - para la entrada estándar (con --yes o --plan).`},
	"apply.yes":      {"do not ask", "no preguntar"},
	"apply.plan":     {"show the plan and change nothing", "mostrar el plan y no cambiar nada"},
	"apply.prune":    {"delete what the file does not have", "borrar lo que el archivo no tiene"},
	"template.short": {"Try mapping templates without a gateway", "Probar plantillas de mapeo sin pasarela"},
	"render.short":   {"Render a mapping template with a sample event", "Ejecutar una plantilla de mapeo con un evento de muestra"},
	"render.long": {`Render the mapping template in a file (- for standard input) with a sample event: a
JSON file with "body", "params", "context" and "stageVariables", all optional. Without
one the event is the connect of a client with ?reportType=sales.`, `Ejecuta la plantilla de mapeo de un archivo (- para la entrada estándar) con un evento de
muestra: un archivo JSON con "body", "params", "context" y "stageVariables", todos
opcionales. Sin él, el evento es la conexión de un cliente con ?reportType=sales.`},
	"render.sample": {"JSON file of the event", "archivo JSON del evento"},
	"lint.short":    {"Find what will go wrong in mapping templates", "Encontrar lo que irá mal en plantillas de mapeo"},
	"lint.sample":   {"JSON file of an event to render with (repeatable)", "archivo JSON de un evento con el que ejecutarlas (repetible)"},
	"cases.short":   {"Run a file of template cases, one JSON object a line", "Ejecutar un archivo de casos de plantillas, un objeto JSON por línea"},
	"cases.long": {`Run a file of template cases (- for standard input), one JSON object a line:

  {"name": "hello", "template": "Hello $name", "context": {"name": "Ana"}, "expected": "Hello Ana"}
  {"template": "$input.params('q')", "context": {"$apigw": {"params": {"querystring": {"q": "x"}}}}, "expected": "x"}
  {"template": "#if($x", "error": {"kind": "parse"}}

"context" has the variables, or under "$apigw" a sample event as render takes it. "error"
is parse or runtime. "profile": "velocity17" is Velocity as it comes instead of API
Gateway's. Each failing case is shown with the difference; the exit status is 1 then.`, `Ejecuta un archivo de casos de plantillas (- para la entrada estándar), un objeto JSON por línea:

  {"name": "hola", "template": "Hola $name", "context": {"name": "Ana"}, "expected": "Hola Ana"}
  {"template": "$input.params('q')", "context": {"$apigw": {"params": {"querystring": {"q": "x"}}}}, "expected": "x"}
  {"template": "#if($x", "error": {"kind": "parse"}}

"context" tiene las variables, o bajo "$apigw" un evento de muestra como lo toma render.
"error" es parse o runtime. "profile": "velocity17" es Velocity tal cual en vez del de API
Gateway. Cada caso que falla se muestra con la diferencia; el estado de salida es entonces 1.`},
	"version.short": {"Print the version and what it was built from", "Imprimir la versión y a partir de qué se compiló"},
	"version.json":  {"as one JSON object", "como un objeto JSON"},

	"healthcheck.short": {"Ask the node of this machine whether it is ready", "Preguntar al nodo de esta máquina si está listo"},
	"healthcheck.long": {`Ask the node of this machine whether it is ready, as a container's health check does. The
exit status is 0 when GET /readyz of the node answers 200, else 1 with the reason. --listen
and --tls-cert are those of "pasarela serve", from the environment as well.`, `Pregunta al nodo de esta máquina si está listo, como la comprobación de salud de un
contenedor. El estado de salida es 0 cuando GET /readyz del nodo responde 200; si no, 1 con
el motivo. --listen y --tls-cert son los de "pasarela serve", también desde el entorno.`},
	"healthcheck.timeout":     {"how long an answer may take", "cuánto puede tardar la respuesta"},
	"healthcheck.bad_listen":  {"--listen: {value} names no port to ask; want host:port, as given to serve", "--listen: {value} no dice a qué puerto preguntar; se espera host:puerto, como se dio a serve"},
	"healthcheck.bad_timeout": {"--timeout: {value} is no time to wait", "--timeout: {value} no es un tiempo de espera"},
	"healthcheck.unreachable": {"nothing answers at {url}: {error}", "nada responde en {url}: {error}"},
	"healthcheck.not_ready":   {"{url} is not ready: {status} {reason}", "{url} no está listo: {status} {reason}"},

	"setting.data":                {"directory of state, credentials and logs", "directorio del estado, las credenciales y los registros"},
	"setting.listen":              {"host:port for the AWS APIs and the sockets", "host:puerto de las APIs de AWS y los sockets"},
	"setting.public_endpoint":     {"http(s)://host[:port] as clients reach this node (default: made of --listen)", "http(s)://host[:puerto] por el que los clientes llegan a este nodo (por defecto, el de --listen)"},
	"setting.domain_suffix":       {"serve APIs as {api}.execute-api.{region}.SUFFIX (default: by path)", "servir las APIs como {api}.execute-api.{region}.SUFIJO (por defecto, por ruta)"},
	"setting.region":              {"AWS region (default: as first started, else {region})", "región de AWS (por defecto, la del primer arranque, si no {region})"},
	"setting.account_id":          {"12 digits (default: as first started, else generated)", "12 cifras (por defecto, las del primer arranque, si no se generan)"},
	"setting.tls_cert":            {"PEM certificate chain, read again when it changes", "cadena de certificados PEM, se relee cuando cambia"},
	"setting.acme_domain":         {"domains whose certificates an authority makes and renews by ACME, by commas; the first is the server's own. To give one is to agree to the authority's terms", "dominios cuyos certificados hace y renueva una autoridad por ACME, entre comas; el primero es el del servidor. Darlo es aceptar las condiciones de la autoridad"},
	"setting.acme_email":          {"e-mail address that the authority may write to", "dirección de correo a la que la autoridad puede escribir"},
	"setting.acme_directory":      {"URL of the authority's ACME directory (default: Let's Encrypt)", "URL del directorio ACME de la autoridad (por defecto, Let's Encrypt)"},
	"setting.tls_key":             {"PEM private key", "clave privada PEM"},
	"setting.trusted_proxies":     {"addresses and CIDR blocks of proxies, by commas, whose forwarding headers are believed (default: none)", "direcciones y bloques CIDR de los proxies, entre comas, cuyas cabeceras de reenvío se creen (por defecto, ninguno)"},
	"setting.proxy_header":        {"how they name the client: x-forwarded (X-Forwarded-For, -Proto, -Port), forwarded (RFC 7239), or proxy-protocol, with which each of their connections begins", "cómo nombran al cliente: x-forwarded (X-Forwarded-For, -Proto, -Port), forwarded (RFC 7239) o proxy-protocol, con el que empieza cada conexión suya"},
	"setting.nats_url":            {"keep state in this NATS cluster instead of --data", "guardar el estado en este clúster NATS en vez de --data"},
	"setting.node_name":           {"name of this node in a cluster (default: the host's)", "nombre de este nodo en un clúster (por defecto, el de la máquina)"},
	"setting.log_level":           {"debug, info, warn or error", "debug, info, warn o error"},
	"setting.egress":              {"backends that may be called: hosts and CIDR blocks by commas, !denied ones, link-local, own (default: all but link-local and metadata addresses and this server itself)", "backends a los que se puede llamar: hosts y bloques CIDR entre comas, !denegados, link-local, own (por defecto, todos salvo direcciones link-local y de metadatos y este mismo servidor)"},
	"setting.ignore_types":        {"types of resources that stacks skip, by commas, with * for any letters: AWS::DynamoDB::*; their events say so", "tipos de recursos que las pilas omiten, separados por comas y con * para cualquier letra: AWS::DynamoDB::*; sus eventos lo dicen"},
	"setting.lend_credentials":    {"sign AWS integrations without credentialsArn with this node's AWS credentials: whoever may create an integration has its permissions", "firmar las integraciones AWS sin credentialsArn con las credenciales AWS de este nodo: todo el que pueda crear una integración tiene sus permisos"},
	"setting.backend_connections": {"connections to one backend host:port; one route uses at most half of them", "conexiones a un mismo host:puerto de backend; una ruta usa como mucho la mitad"},
	"setting.stop_patience":       {"a stop ends within this time: give less than what kills the process after SIGTERM", "una parada termina en este tiempo: debe ser menos que el plazo tras el que se mata el proceso después de SIGTERM"},
	"setting.drain_delay":         {"when stopping, take connections for so long after /readyz has begun to say no", "al parar, se aceptan conexiones durante este tiempo desde que /readyz empieza a decir que no"},
	"setting.disconnect_patience": {"how long a $disconnect is tried that its backend does not take", "cuánto tiempo se intenta un $disconnect que su backend no recibe"},
	"setting.backend_waiting":     {"calls of one route that may wait for a connection to its backend; more are answered 503", "llamadas de una ruta que pueden esperar una conexión a su backend; a las demás se responde 503"},
	"setting.export_every":        {"write everything that is configured, with secrets, into exports/ in --data so often when it has changed; the newest 48 stay (default: never)", "escribir todo lo configurado, con secretos, en exports/ dentro de --data con esta frecuencia si ha cambiado; quedan los 48 más nuevos (por defecto: nunca)"},
	"setting.plain_http":          {"serve everything by Go's net/http alone: slower, the same to every client; to find out whether a fault is the fast path's", "servir todo solo con net/http de Go: más lento, igual para todo cliente; para averiguar si un fallo es de la vía rápida"},
	"setting.no_io_uring":         {"send a message for many connections by one system call each; else by one for 64 of them, where Linux lets this server use io_uring", "enviar un mensaje para muchas conexiones con una llamada al sistema por cada una; si no, con una para 64 de ellas, donde Linux deja a este servidor usar io_uring"},
	"setting.functions":           {"run Lambda functions as processes of this machine: code that others may have written, with this server's permissions or --functions-user's", "ejecutar funciones Lambda como procesos de esta máquina: código que puede ser de otros, con los permisos de este servidor o los de --functions-user"},
	"setting.functions_user":      {"user of this machine that functions run as; needs a server that runs as root (default the server's own)", "usuario de esta máquina con el que se ejecutan las funciones; requiere un servidor que corra como root (por defecto el del servidor)"},
	"setting.local":               {"serve programs made for LocalStack: any key pair is let in, for this machine alone (docs/local.md)", "servir a programas hechos para LocalStack: entra cualquier par de claves, solo para esta máquina (docs/local.md)"},
	"setting.local_init":          {"folder whose scripts --local runs once it serves, before it prints Ready.", "carpeta cuyos scripts ejecuta --local cuando ya sirve, antes de escribir Ready."},
	"setting.strict":              {"respond as AWS does also where pasarela would say or offer more", "responder como AWS también donde pasarela diría u ofrecería más"},
	"setting.bad_log_level":       {"--log-level: {value} is not debug, info, warn or error", "--log-level: {value} no es debug, info, warn ni error"},
}
