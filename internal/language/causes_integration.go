package language

// Calls to backends that got no response.
var (
	IntegrationQueued      = cause("integration.queued", "integrationUri of integration {id}: {why}. It answers too slowly for so many calls: make it faster, or give the gateway more connections to a backend (--backend-connections)", "integrationUri de la integración {id}: {why}. Responde muy despacio para tantas llamadas: hazlo más rápido, o da a la pasarela más conexiones por backend (--backend-connections)")
	IntegrationBusy        = cause("integration.busy", "integrationUri of integration {id}: {why}. It answers too slowly for so many calls: make it faster, or throttle the route", "integrationUri de la integración {id}: {why}. Responde muy despacio para tantas llamadas: hazlo más rápido, o pon un límite a la ruta")
	IntegrationTimeout     = cause("integration.timeout", "{url} did not answer within {millis} ms: make it faster, or raise timeoutInMillis of integration {id} (at most {most})", "{url} no respondió en {millis} ms: hazlo más rápido, o sube timeoutInMillis de la integración {id} (como mucho {most})")
	IntegrationAddress     = cause("integration.address", "integrationUri of integration {id} is no http:// or https:// URL after stage variables and path parameters: {url}", "integrationUri de la integración {id} no es una URL http:// ni https:// tras sustituir variables de etapa y parámetros de ruta: {url}")
	IntegrationForbidden   = cause("integration.forbidden", "integrationUri of integration {id}: {why}. Change it, or the server's allowed and denied targets", "integrationUri de la integración {id}: {why}. Cámbialo, o cambia los destinos permitidos y denegados del servidor")
	IntegrationRequest     = cause("integration.request", "Integration {id}: {why}. Change its requestParameters, or what its template sets in $context.requestOverride.header", "Integración {id}: {why}. Cambia sus requestParameters, o lo que su plantilla pone en $context.requestOverride.header")
	IntegrationNotTLS      = cause("integration.not_tls", "integrationUri of integration {id}: {url} does not speak TLS: it answers plain HTTP. Write http:// in place of https://, or serve it with TLS", "integrationUri de la integración {id}: {url} no habla TLS: responde HTTP sin cifrar. Escribe http:// en lugar de https://, o sírvelo con TLS")
	IntegrationTLS         = cause("integration.tls", "integrationUri of integration {id}: {why}. The certificate must be for that host and come from a trusted authority", "integrationUri de la integración {id}: {why}. El certificado debe ser de ese servidor y de una autoridad de confianza")
	IntegrationTooLarge    = cause("integration.too_large", "integrationUri of integration {id}: the backend's answer is longer than the gateway takes", "integrationUri de la integración {id}: la respuesta del backend es más larga de lo que admite la pasarela")
	IntegrationStopped     = cause("integration.stopped", "The gateway stopped before the backend answered", "La pasarela se paró antes de que el backend respondiera")
	IntegrationNoResponse  = cause("integration.no_answer", "integrationUri of integration {id}: no answer from {url}: {why}", "integrationUri de la integración {id}: sin respuesta de {url}: {why}")
	IntegrationHostUnknown = cause("integration.host_unknown", "integrationUri of integration {id}: the host name {name} of {url} is not known: look for a slip in it, or see to its DNS record", "integrationUri de la integración {id}: no se conoce el nombre {name} de {url}: busca una errata, o revisa su registro DNS")
)

// Failures of a call that the HTTP client reports.
var (
	BackendBusy      = cause("backend.busy", "too many calls to this host are waiting: {waiting} of this route wait already, while {used} of it and {others} of other routes are under way to {host}", "esperan demasiadas llamadas a este servidor: ya esperan {waiting} de esta ruta, con {used} suyas y {others} de otras rutas en curso hacia {host}")
	BackendQueued    = cause("backend.queued", "no answer in time: no connection came free: {used} calls of this route and {others} of others are under way to {host}", "sin respuesta a tiempo: no quedó libre ninguna conexión: hay en curso hacia {host} {used} llamadas de esta ruta y {others} de otras")
	BackendTLS       = cause("backend.tls", "TLS failed: {why}", "falló TLS: {why}")
	BackendRequest   = cause("backend.request", "{what}: this cannot be said in HTTP", "{what}: esto no cabe en HTTP")
	EgressNotAllowed = cause("egress.not_allowed", "{host} ({address}) is not on the list of allowed targets: this target may not be called", "{host} ({address}) no está en la lista de destinos permitidos: no se puede llamar a este destino")
	EgressNoHost     = cause("egress.no_host", "{host} ({address}) is no address of a host: this target may not be called", "{host} ({address}) no es la dirección de un servidor: no se puede llamar a este destino")
	EgressDenied     = cause("egress.denied", "{host} ({address}) is on the list of denied targets: this target may not be called", "{host} ({address}) está en la lista de destinos denegados: no se puede llamar a este destino")
	EgressLinkLocal  = cause("egress.link_local", "{host} ({address}) is a link-local or metadata address: this target may not be called", "{host} ({address}) es una dirección de enlace local o de metadatos: no se puede llamar a este destino")
	EgressOwn        = cause("egress.own", "{host} ({address}, port {port}) is this server itself, which is no backend (--egress own allows it): this target may not be called", "{host} ({address}, puerto {port}) es este mismo servidor, que no es un backend (--egress own lo permite): no se puede llamar a este destino")
)

// Integrations that cannot be called as they are configured.
var (
	IntegrationMember     = cause("integration.member", "{member} of integration {id}: {why}", "{member} de la integración {id}: {why}")
	VariableUnset         = cause("stage.variable_unset", "{why}; stage {stage} has no variable {name}", "{why}; la etapa {stage} no tiene la variable {name}")
	IntegrationCaller     = cause("integration.no_caller", "Integration {id} uses the caller's credentials (credentialsArn arn:aws:iam::*:user/*): set authorizationType AWS_IAM on $connect, or name a role", "La integración {id} usa las credenciales de quien llama (credentialsArn arn:aws:iam::*:user/*): pon authorizationType AWS_IAM en $connect, o nombra un rol")
	IntegrationNoRole     = cause("integration.no_role", "Integration {id} has no credentialsArn and {why}", "La integración {id} no tiene credentialsArn y {why}")
	IntegrationRole       = cause("integration.role", "credentialsArn of integration {id}: {why}", "credentialsArn de la integración {id}: {why}")
	IntegrationSigning    = cause("integration.signing", "Integration {id}: the call could not be signed: {error}", "Integración {id}: no se pudo firmar la llamada: {error}")
	IntegrationLink       = cause("integration.link", "connectionId of integration {id} names VPC link {link}, which does not exist or has no tag pasarela:target with its base URL", "connectionId de la integración {id} nombra el enlace de VPC {link}, que no existe o no tiene la etiqueta pasarela:target con su URL base")
	IntegrationLinkTarget = cause("integration.link_target", "Tag pasarela:target of VPC link {link} is not a URL like http://10.0.0.7:8080: {url}", "La etiqueta pasarela:target del enlace de VPC {link} no es una URL como http://10.0.0.7:8080: {url}")
	IntegrationReserved   = cause("integration.reserved_header", "Header {name} is set by the gateway alone: take {target} out of requestParameters of integration {id}", "La cabecera {name} solo la pone la pasarela: quita {target} de requestParameters de la integración {id}")
	IntegrationBase64     = cause("integration.not_base_encoded", "Integration {id} has contentHandlingStrategy CONVERT_TO_BINARY, but what its template renders is not base64: {error}", "La integración {id} tiene contentHandlingStrategy CONVERT_TO_BINARY, pero lo que da su plantilla no es base64: {error}")
	IntegrationNoTemplate = cause("integration.no_template", "Integration {id} has no request template for this event and passthroughBehavior {value}: add one under $default, or set passthroughBehavior WHEN_NO_MATCH", "La integración {id} no tiene plantilla para este evento y passthroughBehavior es {value}: añade una bajo $default, o pon passthroughBehavior WHEN_NO_MATCH")
	IntegrationBody       = cause("integration.body", "requestParameters of integration {id} read route.request.body, and the message is no JSON", "requestParameters de la integración {id} leen route.request.body, y el mensaje no es JSON")
	IntegrationRender     = cause("integration.render", "requestTemplates or requestParameters of integration {id}: {why}", "requestTemplates o requestParameters de la integración {id}: {why}")
	IntegrationPath       = cause("integration.path", "integration.request.path of integration {id}: a value of dots alone makes {url}, which servers read as another path", "integration.request.path de la integración {id}: un valor solo de puntos da {url}, que los servidores leen como otra ruta")
	IntegrationMock       = cause("integration.mock", "requestTemplates of integration {id} must render an object with a number statusCode, such as {\"statusCode\": 200}; it rendered: {text}", "requestTemplates de la integración {id} debe dar un objeto con un número en statusCode, como {\"statusCode\": 200}; dio: {text}")
	ResponseMember        = cause("integration.response_member", "{member} of integration response {key} of integration {id}: {why}", "{member} de la respuesta {key} de la integración {id}: {why}")
	IntegrationType       = cause("integration.type", "integrationType {value} is none of {types}", "integrationType {value} no es ninguno de {types}")
	PoliciesUnknown       = cause("integration.caller_unknown", "this server cannot tell what the caller may do", "este servidor no sabe qué puede hacer quien llama")
)

// Responses of backends that match no integration response. {why} is the request and
// the response, absent where they add nothing.
var (
	NoResponse            = cause("integration.no_response", "The backend answered status {status} and integration {id} of route {route} has no integration response for it (keys: {keys}): create one with integrationResponseKey {key} or $default{why}", "El backend respondió con el estado {status} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: {keys}): crea una con integrationResponseKey {key} o $default{why}")
	NoResponses           = cause("integration.no_responses", "The backend answered status {status} and integration {id} of route {route} has no integration response for it (keys: none): create one with integrationResponseKey {key} or $default{why}", "El backend respondió con el estado {status} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: ninguna): crea una con integrationResponseKey {key} o $default{why}")
	NoResponseForMessage  = cause("integration.no_response_message", "The backend answered errorMessage {text} and integration {id} of route {route} has no integration response for it (keys: {keys}): create one with integrationResponseKey {key} or $default", "El backend respondió errorMessage {text} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: {keys}): crea una con integrationResponseKey {key} o $default")
	NoResponsesForMessage = cause("integration.no_responses_message", "The backend answered errorMessage {text} and integration {id} of route {route} has no integration response for it (keys: none): create one with integrationResponseKey {key} or $default", "El backend respondió errorMessage {text} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: ninguna): crea una con integrationResponseKey {key} o $default")
	Asked                 = cause("integration.asked", ". It was asked {method} {url}{why}", ". Se le pidió {method} {url}{why}")
	AskedAndSaid          = cause("integration.asked_said", ". It was asked {method} {url} and said: {text}{why}", ". Se le pidió {method} {url} y dijo: {text}{why}")
	LookAtAddress         = cause("integration.look_at_address", ". If it should know this, look at integrationUri and integrationMethod first", ". Si debería conocerlo, mira primero integrationUri e integrationMethod")
)

// Lambda functions, and addresses that respond as one.
var (
	FunctionStatus    = cause("function.status", "The function at {url} answered status {status}: {text}", "La función en {url} respondió con el estado {status}: {text}")
	FunctionForbidden = cause("function.forbidden", "integrationUri of integration {id}: Lambda refuses the call to {function}. {why}. Let the function's policy allow {service}, or set credentialsArn. It said: {text}", "integrationUri de la integración {id}: Lambda rechaza la llamada a {function}. {why}. Permite {service} en la política de la función, o pon credentialsArn. Dijo: {text}")
	FunctionMissing   = cause("function.missing", "integrationUri of integration {id}: there is no function {function}", "integrationUri de la integración {id}: no existe la función {function}")
	FunctionBusy      = cause("function.busy", "integrationUri of integration {id}: Lambda has no room for the function: raise its concurrency", "integrationUri de la integración {id}: Lambda no tiene sitio para la función: sube su concurrencia")
	FunctionReturned  = cause("function.answered", "integrationUri of integration {id}: Lambda answered {status}: {text}", "integrationUri de la integración {id}: Lambda respondió {status}: {text}")
	FunctionMalformed = cause("function.malformed", "Function {function} must return an object with a number statusCode (100-599), such as {\"statusCode\": 200, \"body\": \"text\"}; it returned: {text}", "La función {function} debe devolver un objeto con un número en statusCode (100-599), como {\"statusCode\": 200, \"body\": \"text\"}; devolvió: {text}")
	FunctionFailed    = cause("function.failed", "Function {function} failed: {type} {message}; its own log says more", "La función {function} falló: {type} {message}; su propio registro dice más")
	FunctionRuntime   = cause("function.runtime", "The runtime {value} does not run here: nodejs*, python*, java* and provided.* do", "El entorno {value} no se ejecuta aquí; sí lo hacen nodejs*, python*, java* y provided.*")
	FunctionProgram   = cause("function.program", "The runtime {value} needs the program {name}, which is not on this machine (or, for provided runtimes, not executable in the function's code): install it, or put it on the server's PATH", "El entorno {value} necesita el programa {name}, que no está en esta máquina (o, en entornos provided, no es ejecutable en el código de la función): instálalo, o ponlo en el PATH del servidor")
	FunctionPolicy    = cause("function.policy", "integrationUri of integration {id}: the resource policy of function {function} does not let {service} invoke it for {source}: add it with aws lambda add-permission --function-name {function} --statement-id gateway --action lambda:InvokeFunction --principal {service} --source-arn {source}, or set credentialsArn", "integrationUri de la integración {id}: la política de la función {function} no deja que {service} la llame para {source}: añádelo con aws lambda add-permission --function-name {function} --statement-id gateway --action lambda:InvokeFunction --principal {service} --source-arn {source}, o pon credentialsArn")
	SignedNothing     = cause("function.no_credentials", "This server has no credentials for AWS, so the call was not signed", "Este servidor no tiene credenciales de AWS, así que la llamada no se firmó")
	SignedForRole     = cause("function.signed_for_role", "The call was signed with this server's credentials on behalf of {role}", "La llamada se firmó con las credenciales de este servidor en nombre de {role}")
	SignedLent        = cause("function.signed_lent", "The call was signed with this server's credentials (--node-credentials-for-integrations)", "La llamada se firmó con las credenciales de este servidor (--node-credentials-for-integrations)")
	SignedNoRole      = cause("function.not_signed", "The integration has no credentialsArn, so the call was not signed", "La integración no tiene credentialsArn, así que la llamada no se firmó")
)
