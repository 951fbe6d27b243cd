package spanish

import "slices"

// catalogue is searched in order: the more particular stands before the more general.
var catalogue = slices.Concat(verdicts, outcomes, handshakes, authorizers, backends, targets, addresses, answers, roles, steps, problems)

// verdicts are the faults of internal/controlplane/preview.
var verdicts = []sentence{
	{"at least one route is required before deploying", "hace falta al menos una ruta antes de desplegar"},
	{"{expression} is the expression of HTTP APIs: messages have neither method nor path, so all of them select $default, which the API does not have. Set one such as {example}", "{expression} es la expresión de las API HTTP: los mensajes no tienen método ni ruta, así que todos eligen $default, que la API no tiene. Pon una como {example}"},
	{"{expression} is the expression of HTTP APIs: messages have neither method nor path, so all of them select $default. Set one such as {example}", "{expression} es la expresión de las API HTTP: los mensajes no tienen método ni ruta, así que todos eligen $default. Pon una como {example}"},
	{"no integration is attached: every client is accepted and no backend hears of it", "no tiene integración: se acepta a todo cliente y ningún servidor se entera"},
	{`no integration is attached: clients get "Internal server error"`, `no tiene integración: los clientes reciben "Internal server error"`},
	{"integration {id} does not exist any more", "la integración {id} ya no existe"},
	{"no such authorizer: every client is refused with 500", "no existe ese autorizador: se rechaza a todo cliente con 500"},
	{"no route targets it", "ninguna ruta la usa"},
	{"it has no integration response: whatever the backend answers, clients are refused with 500. Create one for each status, such as 201, or one with the key $default", "no tiene respuestas de integración: responda lo que responda el servidor, se rechaza a los clientes con 500. Crea una por cada estado, como 201, o una con la clave $default"},
	{"no integration response matches any success, such as 200 or 201: every client is refused with 500. The keys are {keys}", "ninguna respuesta de integración encaja con un éxito, como 200 o 201: se rechaza a todo cliente con 500. Las claves son {keys}"},
	{"a status other than {keys} has no integration response and refuses the client with 500; one with the key $default answers for the rest", "un estado distinto de {keys} no tiene respuesta de integración y rechaza al cliente con 500; una con la clave $default responde por los demás"},
	{"on route {route}: {why}", "en la ruta {route}: {why}"},
	{"a sample event makes the template fail: {error}", "con un evento de muestra la plantilla falla: {error}"},
	{"for a sample event the output is not JSON: {output}", "con un evento de muestra el resultado no es JSON: {output}"},
}

// outcomes are how a timeline or its handshake ended.
var outcomes = []sentence{
	{"Every execution went well: {n} remembered, the last was {event} at {time}.", "Todas las ejecuciones fueron bien: se recuerdan {n}, la última fue {event} a las {time}."},
	{"Nothing is remembered of {id}: newer events may have taken its place, the oldest is of {time}. Do it again and ask at once; with several servers, ask the one that answered.", "No se recuerda nada de {id}: puede que eventos más nuevos ocuparan su lugar, el más antiguo es de {time}. Repítelo y pregunta enseguida; con varios servidores, pregunta al que respondió."},
	{"Nothing is remembered of {id}: no connection or request of this server had that id since it started. Check the id; with several servers, ask the one that answered.", "No se recuerda nada de {id}: ninguna conexión ni petición de este servidor tuvo ese identificador desde que arrancó. Revisa el identificador; con varios servidores, pregunta al que respondió."},
	{"The integration of $connect answered {status}: only a 2xx lets the client in, so it was refused with that status", "La integración de $connect respondió {status}: solo un 2xx deja entrar al cliente, así que se le rechazó con ese estado"},
}

// handshakes are refusals of internal/dataplane/gateway.
var handshakes = []sentence{
	{"{why}: a client that speaks WebSocket is needed, such as \"pasarela connect\"", "{why}: hace falta un cliente que hable WebSocket, como \"pasarela connect\""},
	{"Use GET to open a WebSocket", "Usa GET para abrir un WebSocket"},
	{"WebSockets are opened over HTTP/1.1", "Los WebSockets se abren por HTTP/1.1"},
	{"This is a WebSocket endpoint: send Connection: Upgrade and Upgrade: websocket", "Este es un endpoint WebSocket: envía Connection: Upgrade y Upgrade: websocket"},
	{"Sec-WebSocket-Version must be 13", "Sec-WebSocket-Version debe ser 13"},
	{"No API and stage answer at {url}: the path begins with a stage, and the API comes before it, {path}", "Ninguna API ni etapa responde en {url}: la ruta empieza por una etapa, y la API va antes, {path}"},
	{"No API and stage answer at {url}: there is no API {api}. A URL is the ApiEndpoint of the API (aws apigatewayv2 get-apis) and /STAGE (aws apigatewayv2 get-stages)", "Ninguna API ni etapa responde en {url}: no existe la API {api}. Una URL es el ApiEndpoint de la API (aws apigatewayv2 get-apis) y /ETAPA (aws apigatewayv2 get-stages)"},
	{"The URL names no API and no stage: it is the ApiEndpoint of the API (aws apigatewayv2 get-apis) and /STAGE (aws apigatewayv2 get-stages)", "La URL no nombra ninguna API ni etapa: es el ApiEndpoint de la API (aws apigatewayv2 get-apis) y /ETAPA (aws apigatewayv2 get-stages)"},
	{"There is no API {given}, upper and lower case count: it is {api}", "No existe la API {given}, mayúsculas y minúsculas cuentan: es {api}"},
	{"The URL names API {api} and no stage: append /STAGE; it has no stage yet: create one (aws apigatewayv2 create-stage) and deploy to it", "La URL nombra la API {api} y ninguna etapa: añade /ETAPA; aún no tiene etapas: créala (aws apigatewayv2 create-stage) y despliega en ella"},
	{"The URL names API {api} and no stage: append /STAGE; it has {stages}", "La URL nombra la API {api} y ninguna etapa: añade /ETAPA; tiene {stages}"},
	{"API {api} has no stage {given}, upper and lower case count: it is {stage}", "La API {api} no tiene la etapa {given}, mayúsculas y minúsculas cuentan: es {stage}"},
	{"API {api} has no stage {given}: it has no stage yet: create one (aws apigatewayv2 create-stage) and deploy to it", "La API {api} no tiene la etapa {given}: aún no tiene etapas: créala (aws apigatewayv2 create-stage) y despliega en ella"},
	{"API {api} has no stage {given}: it has {stages}", "La API {api} no tiene la etapa {given}: tiene {stages}"},
	{"Domain {name} has no API mapping: create one (aws apigatewayv2 create-api-mapping)", "El dominio {name} no tiene asignación de API: crea una (aws apigatewayv2 create-api-mapping)"},
	{"Domain {name} has no API mapping for {path}: it has {keys}", "El dominio {name} no tiene asignación de API para {path}: tiene {keys}"},
	{"Mapping {key} of domain {name} leads to stage {stage} of API {api}, which does not exist: change the mapping, or create and deploy the stage", "La asignación {key} del dominio {name} lleva a la etapa {stage} de la API {api}, que no existe: cambia la asignación, o crea y despliega la etapa"},
	{"The connection is open, but not on API {api}, whose endpoint was called: give the backend the endpoint of the API and stage that the client connected to ($context.apiId and $context.stage of its $connect)", "La conexión está abierta, pero no en la API {api}, cuyo endpoint se llamó: da al servidor el endpoint de la API y la etapa por las que entró el cliente ($context.apiId y $context.stage de su $connect)"},
	{"A call to @connections for this connection came to the endpoint of API {called} and was answered 410: give the backend the endpoint of API {api} and stage {stage}", "Una llamada a @connections para esta conexión llegó al endpoint de la API {called} y se respondió 410: da al servidor el endpoint de la API {api} y la etapa {stage}"},
	{"There is no such connection any more: it was closed, or its server was started again. Backends forget an id after a 410", "Esa conexión ya no existe: se cerró, o su servidor arrancó de nuevo. Un servidor olvida el identificador tras un 410"},
	{"The stage has as many connections as its tag pasarela:maxConnections allows: {n}", "La etapa tiene tantas conexiones como permite su etiqueta pasarela:maxConnections: {n}"},
	{"{url} goes on after stage {stage} of API {api}: nothing may follow the stage in the path", "{url} sigue tras la etapa {stage} de la API {api}: en la ruta nada puede seguir a la etapa"},
	{"Stage {stage} of API {api} serves no deployment: deploy it ({command})", "La etapa {stage} de la API {api} no sirve ningún despliegue: despliega la API ({command})"},
	{"Nothing can be served: deployment {deployment} of API {api} is not served on stage {stage}: {why}", "No se puede servir nada: el despliegue {deployment} de la API {api} no se sirve en la etapa {stage}: {why}"},
	{"disableExecuteApiEndpoint of API {api} is true: connect by its custom domain, or set it to false and deploy", "disableExecuteApiEndpoint de la API {api} es true: conecta por su dominio propio, o ponlo en false y despliega"},
	{"The integration of $connect answered a Sec-WebSocket-Protocol that no header can carry", "La integración de $connect respondió un Sec-WebSocket-Protocol que no cabe en una cabecera"},
	{"The server in front does not let go of connections: {error}", "El servidor de delante no suelta las conexiones: {error}"},
	{"The throttle of route {route} is 0 and lets nothing pass: set throttlingRateLimit and throttlingBurstLimit in the stage's routeSettings or defaultRouteSettings", "El límite de la ruta {route} es 0 y no deja pasar nada: ajusta throttlingRateLimit y throttlingBurstLimit en routeSettings o defaultRouteSettings de la etapa"},
	{"Route {route} got more than its throttlingRateLimit and throttlingBurstLimit allow (routeSettings or defaultRouteSettings of the stage)", "La ruta {route} recibió más de lo que permiten throttlingRateLimit y throttlingBurstLimit (routeSettings o defaultRouteSettings de la etapa)"},
	{"The account's throttle has no token left", "El límite de la cuenta está agotado"},
	{"More new connections a second than the account's limit", "Más conexiones nuevas por segundo que el límite de la cuenta"},
	{"Route {route} has no target: set it to integrations/{integrationId} and deploy", "La ruta {route} no tiene target: ponle integrations/{integrationId} y despliega"},
	{"Origin {origin} is not in the stage's tag pasarela:allowedOrigins ({allowed})", "El origen {origin} no está en la etiqueta pasarela:allowedOrigins de la etapa ({allowed})"},
	{"The handshake lacks {names}, which requestParameters of $connect declare as required", "A la conexión le falta {names}, que requestParameters de $connect declara obligatorio"},
	{"API key {key} got more than usage plan {plan}, the stage or the account allows", "La clave de API {key} recibió más de lo que permite el plan de uso {plan}, la etapa o la cuenta"},
	{"The quota of usage plan {plan} is used up for API key {key}", "La cuota del plan de uso {plan} está agotada para la clave de API {key}"},
	{"$connect has apiKeyRequired, and the handshake has no key (x-api-key header, or usageIdentifierKey of the authorizer)", "$connect tiene apiKeyRequired, y la conexión no trae clave (cabecera x-api-key, o usageIdentifierKey del autorizador)"},
	{"API key {key} is in no usage plan that lists this stage", "La clave de API {key} no está en ningún plan de uso que incluya esta etapa"},
	{"The API key in the handshake is unknown or disabled", "La clave de API de la conexión no existe o está desactivada"},
}

// problems are those of internal/template: what a template says and hardly means.
var problems = []sentence{
	{`#if({source}) is always true: nothing sets ${name}, and what is missing is "", which is true`, `#if({source}) siempre es cierto: nada da valor a ${name}, y lo que falta es "", que es cierto`},
	{`!{source} is never true: nothing sets ${name}, and what is missing is "", which is true`, `!{source} nunca es cierto: nada da valor a ${name}, y lo que falta es "", que es cierto`},
	{`!{source} is true for false alone, not if it is missing; write {again} == ""`, `!{source} solo es cierto para false, no si falta; escribe {again} == ""`},
	{`!{source} is never true, not even if it is missing: it is "" then, which is true; write {again} == ""`, `!{source} nunca es cierto, ni siquiera si falta: entonces es "", que es cierto; escribe {again} == ""`},
	{"{source} is always empty: there is no {name}; {object} has {members}", "{source} siempre está vacío: no existe {name}; {object} tiene {members}"},
	{"{source} is always empty: nothing sets ${name}", "{source} siempre está vacío: nada da valor a ${name}"},
	{`#if({source}) is true even if it is missing; write #if({again} != "")`, `#if({source}) es cierto aunque falte; escribe #if({again} != "")`},
	{"WebSocket APIs have no $context.{name}", "Las API WebSocket no tienen $context.{name}"},
	{"{source} goes into JSON as the client wrote it; write $util.escapeJavaScript({again})", "{source} entra en el JSON tal como lo escribió el cliente; escribe $util.escapeJavaScript({again})"},
}

// resources are what verdicts call the parts of an API.
var resources = []sentence{
	{"Route {key}", "Ruta {key}"},
	{"Integration {id} response {key}", "Respuesta {key} de la integración {id}"},
	{"Integration {id}", "Integración {id}"},
	{"Model {name}", "Modelo {name}"},
	{"Authorizer {name}", "Autorizador {name}"},
}
