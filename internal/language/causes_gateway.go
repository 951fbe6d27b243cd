package language

// Why a URL leads to no stage, for the operator: callers get 403 without a
// reason (aws-dataplane §1.4).
var (
	UnservedStageFirst       = cause("unserved.stage_first", "No API and stage answer at {url}: the path begins with a stage, and the API comes before it, {path}", "Ninguna API ni etapa responde en {url}: la ruta empieza por una etapa, y la API va antes, {path}")
	UnservedNoAPI            = cause("unserved.no_api", "No API and stage answer at {url}: there is no API {api}. A URL is the ApiEndpoint of the API (aws apigatewayv2 get-apis) and /STAGE (aws apigatewayv2 get-stages)", "Ninguna API ni etapa responde en {url}: no existe la API {api}. Una URL es el ApiEndpoint de la API (aws apigatewayv2 get-apis) y /ETAPA (aws apigatewayv2 get-stages)")
	UnservedNothingNamed     = cause("unserved.nothing_named", "The URL names no API and no stage: it is the ApiEndpoint of the API (aws apigatewayv2 get-apis) and /STAGE (aws apigatewayv2 get-stages)", "La URL no nombra ninguna API ni etapa: es el ApiEndpoint de la API (aws apigatewayv2 get-apis) y /ETAPA (aws apigatewayv2 get-stages)")
	UnservedAPICase          = cause("unserved.api_case", "There is no API {given}, upper and lower case count: it is {api}", "No existe la API {given}; mayúsculas y minúsculas se distinguen: es {api}")
	UnservedNoStageNamed     = cause("unserved.no_stage_named", "The URL names API {api} and no stage: append /STAGE; {why}", "La URL nombra la API {api} y ninguna etapa: añade /ETAPA; {why}")
	UnservedStageCase        = cause("unserved.stage_case", "API {api} has no stage {given}, upper and lower case count: it is {stage}", "La API {api} no tiene la etapa {given}; mayúsculas y minúsculas se distinguen: es {stage}")
	UnservedNoStage          = cause("unserved.no_stage", "API {api} has no stage {given}: {why}", "La API {api} no tiene la etapa {given}: {why}")
	UnservedStages           = cause("unserved.stages", "it has {stages}", "tiene {stages}")
	UnservedNoStages         = cause("unserved.no_stages", "it has no stage yet: create one (aws apigatewayv2 create-stage) and deploy to it", "aún no tiene etapas: crea una (aws apigatewayv2 create-stage) y despliega en ella")
	UnservedNoMappings       = cause("unserved.no_mappings", "Domain {name} has no API mapping: create one (aws apigatewayv2 create-api-mapping)", "El dominio {name} no tiene asignación de API: crea una (aws apigatewayv2 create-api-mapping)")
	UnservedNoMapping        = cause("unserved.no_mapping", "Domain {name} has no API mapping for {path}: it has {keys}", "El dominio {name} no tiene asignación de API para {path}: tiene {keys}")
	UnservedMappedStage      = cause("unserved.mapped_stage", "Mapping {key} of domain {name} leads to stage {stage} of API {api}, which does not exist: change the mapping, or create and deploy the stage", "La asignación {key} del dominio {name} lleva a la etapa {stage} de la API {api}, que no existe: cambia la asignación, o crea y despliega la etapa")
	UnservedRest             = cause("unserved.rest", "{url} goes on after stage {stage} of API {api}: nothing may follow the stage in the path", "{url} sigue tras la etapa {stage} de la API {api}: en la ruta nada puede seguir a la etapa")
	UnservedNoDeployment     = cause("unserved.no_deployment", "Stage {stage} of API {api} serves no deployment: deploy it (aws apigatewayv2 create-deployment --api-id {api} --stage-name {stage})", "La etapa {stage} de la API {api} no sirve ningún despliegue: despliega la API (aws apigatewayv2 create-deployment --api-id {api} --stage-name {stage})")
	UnservedProblem          = cause("unserved.problem", "Nothing can be served: {why}", "No se puede servir nada: {why}")
	DeploymentNotServed      = cause("unserved.deployment", "deployment {deployment} of API {api} is not served on stage {stage}: {why}", "el despliegue {deployment} de la API {api} no se sirve en la etapa {stage}: {why}")
	UnservedEndpointDisabled = cause("unserved.endpoint_disabled", "disableExecuteApiEndpoint of API {api} is true: connect by its custom domain, or set it to false and deploy", "disableExecuteApiEndpoint de la API {api} es true: conecta por su dominio propio, o ponlo en false y despliega")
	AutoDeployFailed         = cause("unserved.auto_deploy", "AutoDeploy of stage {stage} could not deploy API {api}: {error}", "AutoDeploy de la etapa {stage} no pudo desplegar la API {api}: {error}")
	UnservedUntilNow         = cause("unserved.until_now", "Stage {stage} of API {api} was not served when the request came, and is now: try again", "La etapa {stage} de la API {api} no se servía cuando llegó la petición, y ahora sí: inténtalo otra vez")
	ConnectionsNoTags        = cause("connections.no_tags", "Stage {stage} of API {api} has no tag pasarela:connectionTags=true, so it takes no call for many connections and no tags (docs/fanout.md)", "La etapa {stage} de la API {api} no tiene la etiqueta pasarela:connectionTags=true, así que no admite llamadas para muchas conexiones ni etiquetas (docs/fanout.md)")
	ConnectionsStrict        = cause("connections.strict", "A server under --strict takes no call for many connections and no tags: AWS has neither (docs/fanout.md)", "Un servidor con --strict no admite llamadas para muchas conexiones ni etiquetas: AWS no las tiene (docs/fanout.md)")
	ConnectionsMethods       = cause("connections.methods", "{resource} takes {methods}, not {method}", "{resource} admite {methods}, no {method}")
	ConnectionsNoID          = cause("connections.no_id", "{path} names no connection: the path of a call is /STAGE/@connections/CONNECTION-ID", "{path} no nombra ninguna conexión: la ruta de una llamada es /ETAPA/@connections/ID-DE-CONEXIÓN")
)

// Handshakes that are refused before their route runs.
var (
	HandshakeMethod       = cause("handshake.method", "Use GET to open a WebSocket", "Usa GET para abrir un WebSocket")
	HandshakeProtocol     = cause("handshake.protocol", "WebSockets are opened over HTTP/1.1", "Los WebSockets se abren por HTTP/1.1")
	HandshakeUpgrade      = cause("handshake.upgrade", "This is a WebSocket endpoint: send Connection: Upgrade and Upgrade: websocket", "Este es un endpoint WebSocket: envía Connection: Upgrade y Upgrade: websocket")
	HandshakeVersion      = cause("handshake.version", "Sec-WebSocket-Version must be 13", "Sec-WebSocket-Version debe ser 13")
	HandshakeKey          = cause("handshake.key", "Sec-WebSocket-Key must be given once: 16 bytes in base64", "Sec-WebSocket-Key debe darse una vez: 16 bytes en base64")
	HandshakeClient       = cause("handshake.client", "{why}; a client that speaks WebSocket is needed, such as \"pasarela connect\"", "{why}; hace falta un cliente que hable WebSocket, como \"pasarela connect\"")
	HandshakeURLTooLong   = cause("handshake.url_too_long", "The URL is longer than {most} characters", "La URL tiene más de {most} caracteres")
	HandshakeStopping     = cause("handshake.stopping", "This server is stopping, connect again", "Este servidor se está parando, conecta otra vez")
	HandshakeNodeFull     = cause("handshake.node_full", "This server has as many connections as it takes", "Este servidor tiene tantas conexiones como admite")
	HandshakeStageFull    = cause("handshake.stage_full", "The stage has as many connections as its tag pasarela:maxConnections allows: {n}", "La etapa tiene tantas conexiones como permite su etiqueta pasarela:maxConnections: {n}")
	HandshakeSubprotocol  = cause("handshake.subprotocol", "The integration of $connect answered a Sec-WebSocket-Protocol that no header can carry", "La integración de $connect respondió un Sec-WebSocket-Protocol que no cabe en una cabecera")
	HandshakeNotHandedOff = cause("handshake.not_handed_off", "The server in front does not let go of connections: {error}", "El servidor de delante no suelta las conexiones: {error}")
)

// Refusals by the checks of a route, and by throttles and quotas before them.
var (
	ConnectRefusedSaid  = cause("connect.status_said", "The backend said: {text} (the integration of $connect answered {status}: only a 2xx lets the client in, so it was refused with that status)", "El backend respondió: {text} (la integración de $connect respondió {status}: solo un 2xx deja entrar al cliente, así que se le rechazó con ese estado)")
	ConnectRefused      = cause("connect.status", "The integration of $connect answered {status}: only a 2xx lets the client in, so it was refused with that status", "La integración de $connect respondió {status}: solo un 2xx deja entrar al cliente, así que se le rechazó con ese estado")
	OriginRefused       = cause("connect.origin", "Origin {origin} is not in the stage's tag pasarela:allowedOrigins ({allowed})", "El origen {origin} no está en la etiqueta pasarela:allowedOrigins de la etapa ({allowed})")
	ParametersMissing   = cause("connect.parameters", "The handshake lacks {names}, which requestParameters of $connect declare as required", "A la conexión le falta {names}, que requestParameters de $connect declara obligatorio")
	ThrottleZero        = cause("throttle.zero", "The throttle of route {route} is 0 and lets nothing pass: set throttlingRateLimit and throttlingBurstLimit in the stage's routeSettings or defaultRouteSettings", "El límite de la ruta {route} es 0 y no deja pasar nada: ajusta throttlingRateLimit y throttlingBurstLimit en routeSettings o defaultRouteSettings de la etapa")
	ThrottleRoute       = cause("throttle.route", "Route {route} got more than its throttlingRateLimit and throttlingBurstLimit allow (routeSettings or defaultRouteSettings of the stage)", "La ruta {route} recibió más de lo que permiten throttlingRateLimit y throttlingBurstLimit (routeSettings o defaultRouteSettings de la etapa)")
	ThrottleAccount     = cause("throttle.account", "The account's throttle has no token left", "El límite de la cuenta está agotado")
	ThrottleConnections = cause("throttle.connections", "More new connections a second came than the account's limit allows", "Llegaron más conexiones nuevas por segundo de las que permite el límite de la cuenta")
	ThrottleKey         = cause("throttle.api_key", "API key {key} got more than usage plan {plan}, the stage or the account allows", "La clave de API {key} recibió más de lo que permite el plan de uso {plan}, la etapa o la cuenta")
	QuotaUsedUp         = cause("throttle.quota", "The quota of usage plan {plan} is used up for API key {key}: {limit} {limit|connection|connections} a {why}. It starts again at {time}", "La cuota del plan de uso {plan} está agotada para la clave de API {key}: {limit} {limit|conexión|conexiones} {why}. Empieza de nuevo el {time}")
	QuotaDay            = cause("throttle.quota_day", "day", "al día")
	QuotaWeek           = cause("throttle.quota_week", "week", "a la semana")
	QuotaMonth          = cause("throttle.quota_month", "month", "al mes")
	KeyMissing          = cause("api_key.missing", "$connect has apiKeyRequired, and the handshake has no key: let the client send one in the header x-api-key", "$connect tiene apiKeyRequired, y la conexión no trae clave: que el cliente la envíe en la cabecera x-api-key")
	KeyNotNamed         = cause("api_key.not_named", "$connect has apiKeyRequired, and its authorizer named no key: apiKeySelectionExpression of the API asks for one in usageIdentifierKey of what the authorizer answers", "$connect tiene apiKeyRequired, y su autorizador no dio ninguna clave: apiKeySelectionExpression de la API la pide en usageIdentifierKey de lo que responde el autorizador")
	KeyWithoutPlan      = cause("api_key.no_plan", "API key {key} is in no usage plan that lists this stage", "La clave de API {key} no está en ningún plan de uso que incluya esta etapa")
	KeyUnknown          = cause("api_key.unknown", "The API key of the handshake is unknown or disabled", "La clave de API de la conexión no existe o está desactivada")
)

// Messages for which there is no route.
var (
	RouteWithoutTarget = cause("route.no_target", "Route {route} has no target: set it to integrations/{integrationId} and deploy", "La ruta {route} no tiene target: ponle integrations/{integrationId} y despliega")
	RouteNotFound      = cause("route.not_found", "The message selects route key {key}, and the deployed API has neither that route nor $default (it has {keys}): create the route and deploy it, or change routeSelectionExpression", "El mensaje elige la clave de ruta {key}, y la API desplegada no tiene esa ruta ni $default (tiene {keys}): crea la ruta y despliégala, o cambia routeSelectionExpression")
	RouteNone          = cause("route.none", "The message selects route key {key}, and the deployed API has neither that route nor $default (it has no routes): create the route and deploy it, or change routeSelectionExpression", "El mensaje elige la clave de ruta {key}, y la API desplegada no tiene esa ruta ni $default (no tiene rutas): crea la ruta y despliégala, o cambia routeSelectionExpression")
	ModelNotSelected   = cause("route.no_model", "modelSelectionExpression of route {route} selects no key of its requestModels for this message, and there is none under $default", "modelSelectionExpression de la ruta {route} no elige ninguna clave de sus requestModels para este mensaje, y no hay ninguna bajo $default")
	ModelRefuses       = cause("route.model", "The message does not fit model {model} (requestModels of route {route}): {error}", "El mensaje no cumple el modelo {model} (requestModels de la ruta {route}): {error}")
)

// Messages that end their connection.
var (
	FrameTooLong   = cause("message.frame_too_long", "The client sent a frame longer than the {most} bytes that stage {stage} takes, and was closed with 1009. Let it send long messages in several frames, or raise the stage's tag pasarela:maxFrameBytes (32768 without it, as on AWS)", "El cliente envió una trama de más de los {most} bytes que admite la etapa {stage}, y se cerró con 1009. Que envíe los mensajes largos en varias tramas, o sube la etiqueta pasarela:maxFrameBytes de la etapa (32768 sin ella, como en AWS)")
	MessageTooLong = cause("message.too_long", "The client sent a message longer than the {most} bytes that stage {stage} takes over all its frames, and was closed with 1009. Let it send less, or raise the stage's tag pasarela:maxMessageBytes (131072 without it, as on AWS)", "El cliente envió un mensaje de más de los {most} bytes que admite la etapa {stage} en todas sus tramas, y se cerró con 1009. Que envíe menos, o sube la etiqueta pasarela:maxMessageBytes de la etapa (131072 sin ella, como en AWS)")
	BinaryRefused  = cause("message.binary", "The client sent a binary message, and was closed with 1003, as on AWS. Let it send text, or set the tag pasarela:binary of stage {stage}", "El cliente envió un mensaje binario, y se cerró con 1003, como en AWS. Que envíe texto, o pon la etiqueta pasarela:binary en la etapa {stage}")
)

// Calls to @connections that find no connection.
var (
	PushInvalidID   = cause("push.invalid_id", "{id} is no connectionId: one is $context.connectionId of the client's $connect, {length} characters that end in =, which a URL may carry as %3D", "{id} no es un connectionId: es el $context.connectionId del $connect del cliente, {length} caracteres que acaban en =, que en una URL puede ir como %3D")
	PushTooLarge    = cause("push.too_large", "The body is longer than the {most} bytes that a call to @connections takes, as on AWS. No setting changes that: send it in parts, or the address of where it is", "El cuerpo pasa de los {most} bytes que admite una llamada a @connections, como en AWS. Ningún ajuste lo cambia: envíalo por partes, o envía la dirección donde está")
	PushElsewhere   = cause("push.elsewhere", "The connection is open, but not on API {api}, whose endpoint was called: give the backend the endpoint of the API and stage that the client connected to ($context.apiId and $context.stage of its $connect)", "La conexión está abierta, pero no en la API {api}, cuyo endpoint se llamó: da al backend el endpoint de la API y la etapa por las que entró el cliente ($context.apiId y $context.stage de su $connect)")
	PushMisdirected = cause("push.misdirected", "A call to @connections for this connection came to the endpoint of API {called} and was answered 410: give the backend the endpoint of API {api} and stage {stage}", "Una llamada a @connections para esta conexión llegó al endpoint de la API {called} y se respondió 410: da al backend el endpoint de la API {api} y la etapa {stage}")
	PushEnded       = cause("push.ended", "The connection ended at {time}, before the call: {why}. A backend should forget an id after a 410", "La conexión terminó el {time}, antes de la llamada: {why}. El backend debe olvidar el identificador tras un 410")
	PushGone        = cause("push.gone", "There is no such connection any more: it was closed, or its server was started again. A backend should forget an id after a 410", "Esa conexión ya no existe: se cerró, o su servidor arrancó de nuevo. El backend debe olvidar el identificador tras un 410")
)
