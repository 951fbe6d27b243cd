package language

// Addresses of integrations and authorizers that cannot be called.
var (
	URIForm       = cause("uri.form", "{uri} is not of the form {form}", "{uri} no tiene la forma {form}")
	URINeither    = cause("uri.neither", "{uri} is neither {form} nor an http:// or https:// address", "{uri} no es {form} ni una dirección http:// o https://")
	URIHost       = cause("uri.host", "{uri} is not an http:// or https:// address of a host", "{uri} no es una dirección http:// o https:// de un servidor")
	URIHTTP       = cause("uri.http", "{uri} is no http:// or https:// URL after stage variables and path parameters", "{uri} no es una URL http:// ni https:// tras sustituir variables de etapa y parámetros de ruta")
	URIFunction   = cause("uri.function", "{uri} is the ARN of a function; write that of its invocation, arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations (in Terraform invoke_arn, not arn)", "{uri} es el ARN de una función; escribe el de su invocación, arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations (en Terraform invoke_arn, no arn)")
	URINoFunction = cause("uri.no_function", "{uri} names no function as {form} does, with a function ARN such as arn:aws:lambda:us-east-1:123456789012:function:name", "{uri} no nombra una función como lo hace {form}, con el ARN de una función como arn:aws:lambda:us-east-1:123456789012:function:name")
	URIRegion     = cause("uri.region", "{uri}: the region {region} may hold small letters, digits and hyphens only", "{uri}: la región {region} solo puede tener minúsculas, cifras y guiones")
	URIService    = cause("uri.service", "{uri}: the service {service} may hold small letters, digits and hyphens only", "{uri}: el servicio {service} solo puede tener minúsculas, cifras y guiones")
	URIAction     = cause("uri.action", "{uri}: the action {action} may hold letters and digits only", "{uri}: la acción {action} solo puede tener letras y cifras")
	URIQuery      = cause("uri.query", "{uri}: what follows the action is no query", "{uri}: lo que sigue a la acción no es una consulta")
	URIPath       = cause("uri.path", "{uri}: the path {path} may hold no spaces, no # and no segments made of dots", "{uri}: la ruta {path} no puede tener espacios, # ni segmentos de puntos")
)

// Roles that API Gateway cannot use, and why (aws-controlplane §11.3).
var (
	RoleForm         = cause("role.form", "{arn} is not the ARN of a role (arn:aws:iam::123456789012:role/name)", "{arn} no es el ARN de un rol (arn:aws:iam::123456789012:role/name)")
	RoleNotRole      = cause("role.not_role", "{arn}: this is not the ARN of a role. Give one like {example}", "{arn}: no es el ARN de un rol. Pon uno como {example}")
	RoleMissing      = cause("role.missing", "{arn}: there is no such role. Create it (aws iam create-role), or name another one", "{arn}: no existe ese rol. Créalo (aws iam create-role), o nombra otro")
	RoleTrustDenies  = cause("role.trust_denies", "{arn}: its trust policy denies {service} (statement at line {line}). Take the Deny out of the trust policy, or narrow it", "{arn}: su relación de confianza deniega {service} (sentencia en la línea {line}). Quita el Deny de la relación de confianza, o acótalo")
	RoleTrustLacks   = cause("role.trust_lacks", "{arn}: its trust policy does not let {service} assume it on behalf of {source}. The trust policy needs a statement {\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"{service}\"},\"Action\":\"sts:AssumeRole\"} whose conditions hold (aws iam update-assume-role-policy)", "{arn}: su relación de confianza no deja que {service} lo asuma en nombre de {source}. La relación de confianza necesita una sentencia {\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"{service}\"},\"Action\":\"sts:AssumeRole\"} cuyas condiciones se cumplan (aws iam update-assume-role-policy)")
	RoleTrustNothing = cause("role.trust_nothing", "{arn}: its trust policy does not let {service} assume it on behalf of any resource. The trust policy needs a statement {\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"{service}\"},\"Action\":\"sts:AssumeRole\"} whose conditions hold (aws iam update-assume-role-policy)", "{arn}: su relación de confianza no deja que {service} lo asuma en nombre de ningún recurso. La relación de confianza necesita una sentencia {\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"{service}\"},\"Action\":\"sts:AssumeRole\"} cuyas condiciones se cumplan (aws iam update-assume-role-policy)")
	RoleMayNot       = cause("role.may_not", "{arn}: it may not {action} on {resource} {reason}. Attach a policy that allows it (aws iam attach-role-policy)", "{arn}: no puede {action} sobre {resource} ({reason}). Adjunta una política que lo permita (aws iam attach-role-policy)")
	RoleLinked       = cause("role.linked_deleted", "{arn}: the service-linked role of API Gateway was deleted. Make it again (aws iam create-service-linked-role --aws-service-name {service}), or give the integration a role of its own in credentialsArn", "{arn}: se eliminó el rol vinculado al servicio de API Gateway. Créalo de nuevo (aws iam create-service-linked-role --aws-service-name {service}), o da a la integración un rol propio en credentialsArn")
)
