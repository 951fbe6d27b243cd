package spanish

// authorizers are refusals of internal/dataplane/authorizer.
var authorizers = []sentence{
	{"This server has no identities, and $connect has authorizationType AWS_IAM", "Este servidor no tiene identidades, y $connect tiene authorizationType AWS_IAM"},
	{"The identity store did not answer: {error}", "El almacén de identidades no respondió: {error}"},
	{"$connect has authorizationType AWS_IAM and the handshake's signature is refused: {error}", "$connect tiene authorizationType AWS_IAM y se rechaza la firma de la conexión: {error}"},
	{"{denial}. Attach a policy that allows it", "{denial}. Adjunta una política que lo permita"},
	{"{source}, in identitySource of authorizer {id}, is missing or empty in the handshake; the authorizer was not asked", "{source}, en identitySource del autorizador {id}, falta o está vacío en la conexión; no se preguntó al autorizador"},
	{"{source}, in identitySource of authorizer {id}, is missing in the handshake", "{source}, en identitySource del autorizador {id}, falta en la conexión"},
	{"jwtConfiguration.issuer of authorizer {id}: {error}", "jwtConfiguration.issuer del autorizador {id}: {error}"},
	{"The token is refused by authorizer {id}: {why}", "El autorizador {id} rechaza el token: {why}"},
	{"The token has none of the scopes that authorizationScopes of $connect asks for: {scopes}", "El token no tiene ninguno de los ámbitos que pide authorizationScopes de $connect: {scopes}"},
	{"authorizerCredentialsArn of authorizer {id}: {why}", "authorizerCredentialsArn del autorizador {id}: {why}"},
	{"Authorizer {id} answered what is no authorizer result: {why}", "El autorizador {id} respondió algo que no es un resultado de autorizador: {why}"},
	{"Authorizer {id} (authorizerUri {uri}): {why}", "Autorizador {id} (authorizerUri {uri}): {why}"},
	{"Authorizer {id} said Unauthorized", "El autorizador {id} dijo Unauthorized"},
	{"it could not be asked: {error}", "no se le pudo preguntar: {error}"},
	{"its function failed: {error}", "su función falló: {error}"},
	{"it answered status {status}", "respondió con el estado {status}"},
	{"principalId is missing", "falta principalId"},
	{"policyDocument is missing", "falta policyDocument"},
	{"The policy of authorizer {id} denies {arn}: {why}", "La política del autorizador {id} deniega {arn}: {why}"},
	{"The policy of authorizer {id} allows {action} on other resources, but not on {arn}", "La política del autorizador {id} permite {action} sobre otros recursos, pero no sobre {arn}"},
	{"The policy of authorizer {id} does not allow {action}", "La política del autorizador {id} no permite {action}"},
	{"The policy of authorizer {id} has no Allow statement", "La política del autorizador {id} no tiene ninguna sentencia Allow"},
	{"The policy of authorizer {id} allows {action} on {arn} under a condition that does not hold: {condition} in the {why}", "La política del autorizador {id} permite {action} sobre {arn} con una condición que no se cumple: {condition} en la {why}"},
	{"it must be an object with principalId and policyDocument", "debe ser un objeto con principalId y policyDocument"},
	{"policyDocument: it is a string; give the object itself, not its JSON text", "policyDocument: es una cadena; da el objeto mismo, no su texto JSON"},
	{"{effect} statement at line {line}, column {column}", "sentencia {effect} en la línea {line}, columna {column}"},
}

// backends are failures of internal/dataplane/integration to reach a backend.
var backends = []sentence{
	{"Function {arn} must return an object with a number statusCode (100-599), such as {example}; it returned: {text}", "La función {arn} debe devolver un objeto con un número en statusCode (100-599), como {example}; devolvió: {text}"},
	{"Function {arn} failed: {error}; its own log says more", "La función {arn} falló: {error}; su propio registro dice más"},
	{"Lambda refuses the call to {arn}. {remedy}. Let the function's policy allow {service}, or set credentialsArn. It said: {text}", "Lambda rechaza la llamada a {arn}. {remedy}. Haz que la política de la función permita {service}, o pon credentialsArn. Dijo: {text}"},
	{"This server has no credentials for AWS, so the call was not signed", "Este servidor no tiene credenciales de AWS, así que la llamada no se firmó"},
	{"The call was signed with this server's credentials on behalf of {arn}", "La llamada se firmó con las credenciales de este servidor en nombre de {arn}"},
	{"The call was signed with this server's credentials (--node-credentials-for-integrations)", "La llamada se firmó con las credenciales de este servidor (--node-credentials-for-integrations)"},
	{"The integration has no credentialsArn, so the call was not signed", "La integración no tiene credentialsArn, así que la llamada no se firmó"},
	{"there is no function {arn}", "no existe la función {arn}"},
	{"Lambda has no room for the function: raise its concurrency", "Lambda no tiene sitio para la función: sube su concurrencia"},
	{"Lambda answered {text}", "Lambda respondió {text}"},
	{"{url} did not answer within {millis} ms: make it faster, or raise timeoutInMillis of integration {id} (at most {most})", "{url} no respondió en {millis} ms: hazlo más rápido, o sube timeoutInMillis de la integración {id} (como mucho {most})"},
	{"integrationUri{of} is no http:// or https:// URL after stage variables and path parameters: {url}", "integrationUri{of} no es una URL http:// ni https:// tras sustituir variables de etapa y parámetros de ruta: {url}"},
	{"{url} does not speak TLS: it answers plain HTTP. Write http:// in place of https://, or serve it with TLS", "{url} no habla TLS: responde HTTP sin cifrar. Escribe http:// en lugar de https://, o sírvelo con TLS"},
	{"the host name {name} of {url} is not known ({error}): look for a slip in it, or see to its DNS record", "no se conoce el nombre {name} de {url} ({error}): busca una errata, o revisa su registro DNS"},
	{"no answer from {url}: {error}", "sin respuesta de {url}: {error}"},
	{"the backend's answer is longer than the gateway takes", "la respuesta del servidor es más larga de lo que admite la pasarela"},
	{"too many calls to that host are under way, it answers too slowly", "hay demasiadas llamadas en curso a ese servidor, responde muy despacio"},
	{"{error}. Change it, or the server's allowed and denied targets", "{error}. Cámbialo, o cambia los destinos permitidos y denegados del servidor"},
	{"{error}. The certificate must be for that host and come from a trusted authority", "{error}. El certificado debe ser de ese servidor y de una autoridad de confianza"},
}

// targets are faults in how an integration is configured.
var targets = []sentence{
	{"Integration {id} uses the caller's credentials (credentialsArn arn:aws:iam::*:user/*): set authorizationType AWS_IAM on $connect, or name a role", "La integración {id} usa las credenciales de quien llama (credentialsArn arn:aws:iam::*:user/*): pon authorizationType AWS_IAM en $connect, o nombra un rol"},
	{"Integration {id} has no credentialsArn and {why}", "La integración {id} no tiene credentialsArn y {why}"},
	{"connectionId of integration {id} names VPC link {link}, which does not exist or has no tag pasarela:target with its base URL", "connectionId de la integración {id} nombra el VPC link {link}, que no existe o no tiene la etiqueta pasarela:target con su URL base"},
	{"Tag pasarela:target of VPC link {link} is not a URL like {example}: {url}", "La etiqueta pasarela:target del VPC link {link} no es una URL como {example}: {url}"},
	{"Header {name} is set by the gateway alone: take {target} out of requestParameters of integration {id}", "La cabecera {name} solo la pone la pasarela: quita {target} de requestParameters de la integración {id}"},
	{"Integration {id} has contentHandlingStrategy CONVERT_TO_BINARY, but what its template renders is not base64: {error}", "La integración {id} tiene contentHandlingStrategy CONVERT_TO_BINARY, pero lo que da su plantilla no es base64: {error}"},
	{"Integration {id} has no request template for this event and passthroughBehavior {value}: add one under $default, or set passthroughBehavior WHEN_NO_MATCH", "La integración {id} no tiene plantilla para este evento y passthroughBehavior es {value}: añade una bajo $default, o pon passthroughBehavior WHEN_NO_MATCH"},
	{"requestParameters of integration {id} read route.request.body, and the message is no JSON", "requestParameters de la integración {id} leen route.request.body, y el mensaje no es JSON"},
	{"requestTemplates of integration {id} must render an object with a number statusCode, such as {example}; it rendered: {text}", "requestTemplates de la integración {id} debe dar un objeto con un número en statusCode, como {example}; dio: {text}"},
	{"requestTemplates or requestParameters of integration {id}: {why}", "requestTemplates o requestParameters de la integración {id}: {why}"},
	{"{field} of integration response {key} of integration {id}: {why}", "{field} de la respuesta {key} de la integración {id}: {why}"},
	{"{field} of integration {id}: {why}", "{field} de la integración {id}: {why}"},
}

// addresses are faults of internal/engine/awsuri, and of what authorizers and
// integrations name besides.
var addresses = []sentence{
	{"{field} of authorizer {id}: {why}", "{field} del autorizador {id}: {why}"},
	{"{field} of route {key}: {why}", "{field} de la ruta {key}: {why}"},
	{"{why}; stage {stage} has no variable {name}", "{why}; la etapa {stage} no tiene la variable {name}"},
	{"{uri} is the ARN of a function; write that of its invocation, {invocation} (in Terraform invoke_arn, not arn)", "{uri} es el ARN de una función; escribe el de su invocación, {invocation} (en Terraform invoke_arn, no arn)"},
	{"{uri} is neither {form} nor an http:// or https:// address", "{uri} no es {form} ni una dirección http:// o https://"},
	{"{uri} is not of the form {form}", "{uri} no tiene la forma {form}"},
	{"{uri} is not an http:// or https:// address of a host", "{uri} no es una dirección http:// o https:// de un servidor"},
	{"{uri} is no http:// or https:// URL after stage variables and path parameters", "{uri} no es una URL http:// ni https:// tras sustituir variables de etapa y parámetros de ruta"},
	{"{uri} names no function as {form} does, with a function ARN such as {example}", "{uri} no nombra una función como lo hace {form}, con el ARN de una función como {example}"},
	{"{uri}: the region {name} may hold small letters, digits and hyphens only", "{uri}: la región {name} solo puede tener minúsculas, cifras y guiones"},
	{"{uri}: the service {name} may hold small letters, digits and hyphens only", "{uri}: el servicio {name} solo puede tener minúsculas, cifras y guiones"},
	{"{uri}: the action {name} may hold letters and digits only", "{uri}: la acción {name} solo puede tener letras y cifras"},
	{"{uri}: what follows the action is no query", "{uri}: lo que sigue a la acción no es una consulta"},
	{"{uri}: the path {path} may hold no blanks, no # and no segments made of dots", "{uri}: la ruta {path} no puede tener espacios, # ni segmentos de puntos"},
	{"{arn} is not the ARN of a role", "{arn} no es el ARN de un rol"},
	{"{arn} is not the ARN of a role ({example})", "{arn} no es el ARN de un rol ({example})"},
	{"this server cannot tell what the caller may do", "este servidor no sabe qué puede hacer quien llama"},
	{"authorizationType is {type} and the API has no authorizer {id}", "authorizationType es {type} y la API no tiene el autorizador {id}"},
	{"{type} is none of NONE, AWS_IAM, CUSTOM and JWT", "{type} no es NONE, AWS_IAM, CUSTOM ni JWT"},
	{"it is missing", "falta"},
	{"it is missing: tokens of the issuer for anybody else would be accepted", "falta: se aceptarían tokens del emisor para cualquier otro"},
	{"it must name where the token is, such as {example}", "debe decir dónde está el token, como {example}"},
	{"The function at {url} answered status {status}: {text}", "La función en {url} respondió con el estado {status}: {text}"},
	{"integration.request.path of integration {id}: a value of dots alone makes {url}, which servers read as another path", "integration.request.path de la integración {id}: un valor solo de puntos da {url}, que los servidores leen como otra ruta"},
}

// answers are how messages and statuses found no match.
var answers = []sentence{
	{"The backend answered status {status} and integration {id} of route {route} has no integration response for it (keys: {keys}): create one with integrationResponseKey {key} or $default. It was asked {request} and said: {text}. If it should know this, look at integrationUri and integrationMethod first", "El servidor respondió con el estado {status} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: {keys}): crea una con integrationResponseKey {key} o $default. Se le pidió {request} y dijo: {text}. Si debería conocerlo, mira primero integrationUri e integrationMethod"},
	{"The backend answered status {status} and integration {id} of route {route} has no integration response for it (keys: {keys}): create one with integrationResponseKey {key} or $default. It was asked {request}. If it should know this, look at integrationUri and integrationMethod first", "El servidor respondió con el estado {status} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: {keys}): crea una con integrationResponseKey {key} o $default. Se le pidió {request}. Si debería conocerlo, mira primero integrationUri e integrationMethod"},
	{"The backend answered status {status} and integration {id} of route {route} has no integration response for it (keys: {keys}): create one with integrationResponseKey {key} or $default. It was asked {request} and said: {text}", "El servidor respondió con el estado {status} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: {keys}): crea una con integrationResponseKey {key} o $default. Se le pidió {request} y dijo: {text}"},
	{"The backend answered status {status} and integration {id} of route {route} has no integration response for it (keys: {keys}): create one with integrationResponseKey {key} or $default. It was asked {request}", "El servidor respondió con el estado {status} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: {keys}): crea una con integrationResponseKey {key} o $default. Se le pidió {request}"},
	{"The backend answered status {status} and integration {id} of route {route} has no integration response for it (keys: {keys}): create one with integrationResponseKey {key} or $default", "El servidor respondió con el estado {status} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: {keys}): crea una con integrationResponseKey {key} o $default"},
	{"The backend answered errorMessage {text} and integration {id} of route {route} has no integration response for it (keys: {keys}): create one with integrationResponseKey {key} or $default", "El servidor respondió errorMessage {text} y la integración {id} de la ruta {route} no tiene respuesta de integración para él (claves: {keys}): crea una con integrationResponseKey {key} o $default"},
	{"The message selects route key {key}, and the deployed API has neither that route nor $default (it has {keys}): create the route and deploy it, or change routeSelectionExpression", "El mensaje elige la clave de ruta {key}, y la API desplegada no tiene esa ruta ni $default (tiene {keys}): crea la ruta y despliégala, o cambia routeSelectionExpression"},
	{"modelSelectionExpression of route {route} selects no key of its requestModels for this message, and there is none under $default", "modelSelectionExpression de la ruta {route} no elige ninguna clave de sus requestModels para este mensaje, y no hay ninguna bajo $default"},
	{"The message does not fit model {model} (requestModels of route {route}): {error}", "El mensaje no cumple el modelo {model} (requestModels de la ruta {route}): {error}"},
}

// roles are problems of internal/controlplane/identity with a role.
var roles = []sentence{
	{"{arn}: its trust policy denies {service} (statement at line {line}). Take the Deny out of the trust policy, or narrow it", "{arn}: su relación de confianza deniega {service} (sentencia en la línea {line}). Quita el Deny de la relación de confianza, o acótalo"},
	{"{arn}: its trust policy does not let {service} assume it on behalf of {source}. The trust policy needs a statement {statement} whose conditions hold (aws iam update-assume-role-policy)", "{arn}: su relación de confianza no deja que {service} lo asuma en nombre de {source}. La relación de confianza necesita una sentencia {statement} cuyas condiciones se cumplan (aws iam update-assume-role-policy)"},
	{"{arn}: this is not the ARN of a role. Give one like {example}", "{arn}: no es el ARN de un rol. Pon uno como {example}"},
	{"{arn}: there is no such role. Create it (aws iam create-role), or name another one", "{arn}: no existe ese rol. Créalo (aws iam create-role), o nombra otro"},
	{"{arn}: it may not {action} on {resource} because {error}. Attach a policy that allows it (aws iam attach-role-policy)", "{arn}: no puede {action} sobre {resource}: {error}. Adjunta una política que lo permita (aws iam attach-role-policy)"},
	{"{arn}: the service-linked role of API Gateway was deleted. Make it again ({command}), or give the integration a role of its own in credentialsArn", "{arn}: se eliminó el rol vinculado al servicio de API Gateway. Créalo de nuevo ({command}), o da a la integración un rol propio en credentialsArn"},
}

// steps are what a timeline tells beside AWS's own log lines.
var steps = []sentence{
	{"The policy decided: {text}", "Decidió la política: {text}"},
	{"Validated against model {model}", "Validado con el modelo {model}"},
	{"Request template {key}", "Plantilla de la petición {key}"},
	{"Integration response {key} chosen for {value} among [{keys}]{more}", "Respuesta de integración {key}, elegida para {value} entre [{keys}]{more}"},
	{"Integration response {text}", "Respuesta de integración {text}"},
	{"Sent to the client: {text}", "Enviado al cliente: {text}"},
	{"Handshake refused: the integration's status {status} is not 2xx", "Conexión rechazada: el estado de la integración, {status}, no es 2xx"},
	{"Handshake refused: {text}", "Conexión rechazada: {text}"},
	{"The client left before the 101", "El cliente se fue antes del 101"},
	{"The answer is longer than a message may be; the connection is closed with 1009", "La respuesta es más larga que un mensaje; la conexión se cierra con 1009"},
	{"The client did not get it: {error}", "El cliente no lo recibió: {error}"},
	{"No request template matches (requestTemplates): the body passes on as it is", "Ninguna plantilla encaja (requestTemplates): el cuerpo pasa tal cual"},
}
