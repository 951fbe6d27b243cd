package language

// Names of parts of an API, for the console and previews.
var (
	ResourceAPI           = cause("resource.api", "API {name}", "API {name}")
	ResourceRoute         = cause("resource.route", "Route {key}", "Ruta {key}")
	ResourceIntegration   = cause("resource.integration", "Integration {id}", "Integración {id}")
	ResourceResponse      = cause("resource.response", "Response {key} of integration {id}", "Respuesta {key} de la integración {id}")
	ResourceRouteResponse = cause("resource.route_response", "Response {key} of route {route}", "Respuesta {key} de la ruta {route}")
	ResourceModel         = cause("resource.model", "Model {name}", "Modelo {name}")
	ResourceAuthorizer    = cause("resource.authorizer", "Authorizer {name}", "Autorizador {name}")
	ResourceOther         = cause("resource.other", "{kind} {id}", "{kind} {id}")
)

// What in a definition will fail clients once it is deployed.
var (
	PreviewNoRoutes       = cause("preview.no_routes", "at least one route is required before deploying", "hace falta al menos una ruta antes de desplegar")
	PreviewHTTPExpression = cause("preview.http_expression", "{expression} is the expression of HTTP APIs: messages have neither method nor path, so all of them select $default. Set one such as $request.body.action", "{expression} es la expresión de las APIs HTTP: los mensajes no tienen método ni ruta, así que todos eligen $default. Pon una como $request.body.action")
	PreviewHTTPNoDefault  = cause("preview.http_no_default", "{expression} is the expression of HTTP APIs: messages have neither method nor path, so all of them select $default, which the API does not have. Set one such as $request.body.action", "{expression} es la expresión de las APIs HTTP: los mensajes no tienen método ni ruta, así que todos eligen $default, que la API no tiene. Pon una como $request.body.action")
	PreviewConnectOpen    = cause("preview.connect_open", "no integration is attached: every client is accepted and no backend hears of it", "no tiene integración: se acepta a todo cliente y ningún backend se entera")
	PreviewNoTarget       = cause("preview.no_target", `no integration is attached: clients get "Internal server error"`, `no tiene integración: los clientes reciben "Internal server error"`)
	PreviewTargetGone     = cause("preview.target_gone", "integration {id} does not exist any more", "la integración {id} ya no existe")
	PreviewTargetNone     = cause("preview.target_none", "integrations/{id} does not exist", "no existe integrations/{id}")
	PreviewNoAuthorizer   = cause("preview.no_authorizer", "no such authorizer: every client is refused with 500", "no existe ese autorizador: se rechaza a todo cliente con 500")
	PreviewUnused         = cause("preview.unused", "no route targets it", "ninguna ruta la usa")
	PreviewRefuses        = cause("preview.refuses", "every client is refused with 500", "se rechaza a todo cliente con 500")
	PreviewSenderFails    = cause("preview.sender_fails", "the sender of a message gets \"Internal server error\"", "quien envía un mensaje recibe \"Internal server error\"")
	PreviewBothFail       = cause("preview.both_fail", "every client is refused with 500 on $connect, and the sender of a message gets \"Internal server error\"", "se rechaza a todo cliente con 500 en $connect, y quien envía un mensaje recibe \"Internal server error\"")
	PreviewUnheard        = cause("preview.unheard", "clients hear nothing, and the event is logged and counted as failed", "los clientes no reciben nada, y el evento se registra y se cuenta como fallido")
	PreviewNoResponses    = cause("preview.no_responses", "it has no integration response: whatever the backend answers, {why}. Create one for each status, such as 201, or one with the key $default", "no tiene respuestas de integración: responda lo que responda el backend, {why}. Crea una por cada estado, como 201, o una con la clave $default")
	PreviewNoSuccess      = cause("preview.no_success", "no integration response matches any success, such as 200 or 201: {why}. The keys are {keys}", "ninguna respuesta de integración encaja con un éxito, como 200 o 201: {why}. Las claves son {keys}")
	PreviewOtherStatus    = cause("preview.other_status", "a status other than {keys} has no integration response: {why}. One with the key $default answers for the rest", "un estado distinto de {keys} no tiene respuesta de integración: {why}. Una con la clave $default responde por los demás")
	PreviewVariableUnset  = cause("preview.variable_unset", "stage {stage} has no variable {names}, which is read here: set it among the variables of the stage, or the call goes elsewhere", "la etapa {stage} no tiene la variable {names}, que se lee aquí: ponla entre las variables de la etapa, o la llamada irá a otro sitio")
	PreviewVariableRead   = cause("preview.variable_read", "it reads the stage variable {names}: each stage must have it", "lee la variable de etapa {names}: cada etapa debe tenerla")
	PreviewOnRoute        = cause("preview.on_route", "on route {route}: {why}", "en la ruta {route}: {why}")
	PreviewRenderFails    = cause("preview.render_fails", "a sample event makes the template fail: {why}", "con un evento de muestra la plantilla falla: {why}")
	PreviewTemplateLine   = cause("preview.template_line", "line {line}: {why}", "línea {line}: {why}")
	PreviewNotJSON        = cause("preview.not_json", "for a sample event the output is not JSON: {output}", "con un evento de muestra el resultado no es JSON: {output}")
)

// Probable mistakes in mapping templates.
var (
	TemplateAlwaysTrue    = cause("template.always_true", `#if({source}) is always true: nothing sets ${name}, and what is missing is "", which is true`, `#if({source}) siempre es cierto: nada da valor a ${name}, y lo que falta es "", que es cierto`)
	TemplateNeverTrue     = cause("template.never_true", `!{source} is never true: nothing sets ${name}, and what is missing is "", which is true`, `!{source} nunca es cierto: nada da valor a ${name}, y lo que falta es "", que es cierto`)
	TemplateEmpty         = cause("template.empty", "{source} is always empty: nothing sets ${name}", "{source} siempre está vacío: nada da valor a ${name}")
	TemplateContext       = cause("template.context", "WebSocket APIs have no $context.{name}", "Las APIs WebSocket no tienen $context.{name}")
	TemplateContextNear   = cause("template.context_near", "WebSocket APIs have no $context.{name}; did you mean $context.{near}?", "Las APIs WebSocket no tienen $context.{name}; ¿querías decir $context.{near}?")
	TemplateTextMember    = cause("template.text_member", "{source} is always empty: what stands before .{name} is text, which has no members; $input.path('$.{name}') reads the member of the message", "{source} siempre está vacío: lo que va antes de .{name} es texto, que no tiene miembros; $input.path('$.{name}') lee el miembro del mensaje")
	TemplateMember        = cause("template.member", "{source} is always empty: there is no ${object}.{name}; ${object} has {members}", "{source} siempre está vacío: no existe ${object}.{name}; ${object} tiene {members}")
	TemplateUnescaped     = cause("template.unescaped", `{source} goes into the JSON as the client wrote it. Plain words, as in the guide, do no harm; a quotation mark or a backslash breaks the JSON or adds members to it. To rule that out write $util.escapeJavaScript({source}).replaceAll("\\'", "'")`, `{source} entra en el JSON tal como lo escribió el cliente. Una palabra normal, como en la guía, no hace daño; unas comillas o una barra invertida rompen el JSON o le añaden miembros. Para evitarlo escribe $util.escapeJavaScript({source}).replaceAll("\\'", "'")`)
	TemplateTrueIfMissing = cause("template.true_if_missing", `#if({source}) is true even if it is missing; write #if({source} != "")`, `#if({source}) es cierto aunque falte; escribe #if({source} != "")`)
	TemplateFalseAlone    = cause("template.false_alone", `!{source} is true for false alone, not if it is missing; write {source} == ""`, `!{source} solo es cierto para false, no si falta; escribe {source} == ""`)
	TemplateNeverMissing  = cause("template.never_missing", `!{source} is never true, not even if it is missing: it is "" then, which is true; write {source} == ""`, `!{source} nunca es cierto, ni siquiera si falta: entonces es "", que es cierto; escribe {source} == ""`)
)
