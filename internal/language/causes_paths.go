package language

// Where in a JSONPath or a selection expression something is wrong.
var (
	PathAt     = cause("path.at", "jsonpath {path} at character {number}: {why}", "JSONPath {path}, carácter {number}: {why}")
	PathWhole  = cause("path.whole", "jsonpath {path}: {why}", "JSONPath {path}: {why}")
	SelectedBy = cause("selection.at", "selection expression {expression} at character {number}: {why}", "expresión de selección {expression}, carácter {number}: {why}")
)

// What is wrong with a JSONPath.
var (
	PathBracketsEmpty  = cause("path.brackets_empty", "the brackets are empty", "los corchetes están vacíos")
	PathBracketOpen    = cause("path.bracket_open", "the bracket is not closed", "el corchete no se cierra")
	PathBracketText    = cause("path.bracket_text", "expected a quoted name, a number, '*' or '?(' in the brackets", "entre los corchetes se esperaba un nombre entre comillas, un número, '*' o '?('")
	PathBlanks         = cause("path.blanks", "a name with spaces must stand in brackets and quotes: ['my name']", "un nombre con espacios va entre corchetes y comillas: ['mi nombre']")
	PathCharacter      = cause("path.character", "{escape} is not a character", "{escape} no es un carácter")
	PathCommaAfterName = cause("path.comma_after_name", "expected ',' or ']' after the name", "tras el nombre se esperaba ',' o ']'")
	PathComparesNone   = cause("path.compares_nothing", "{operator} compares nothing", "{operator} no compara nada")
	PathComparison     = cause("path.comparison", "expected a comparison here", "aquí se esperaba una comparación")
	PathDotLast        = cause("path.dot_last", "a path must not end with a '.'", "una ruta no puede acabar en '.'")
	PathDotTwice       = cause("path.dot_twice", "there is a '.' too many", "sobra un '.'")
	PathEmpty          = cause("path.empty", "a path cannot be empty", "una ruta no puede estar vacía")
	PathEndsEarly      = cause("path.ends_early", "the path ends too early", "la ruta acaba antes de tiempo")
	PathEndsHere       = cause("path.ends_here", "a path cannot end here", "una ruta no puede acabar aquí")
	PathExpected       = cause("path.expected", "expected {text}", "se esperaba {text}")
	PathFilterEnd      = cause("path.filter_end", "the filter should end before {text}", "el filtro tendría que acabar antes de {text}")
	PathFilterEmpty    = cause("path.filter_empty", "a filter needs a condition: [?(@.name == 'x')]", "un filtro necesita una condición: [?(@.nombre == 'x')]")
	PathFilterForm     = cause("path.filter_form", "a filter is written [?( condition )]", "un filtro se escribe [?( condición )]")
	PathFlag           = cause("path.flag", "the flag x is not supported", "la opción x no se admite")
	PathIndex          = cause("path.index", "{text} is not an index", "{text} no es un índice")
	PathJSON           = cause("path.json", "this is not JSON: {error}", "esto no es JSON: {error}")
	PathJSONOpen       = cause("path.json_open", "the JSON is never closed", "el JSON no se cierra")
	PathLong           = cause("path.long", "a path has at most {limit} bytes", "una ruta tiene {limit} bytes como máximo")
	PathNameOpen       = cause("path.name_open", "the name in the brackets is never closed", "el nombre entre corchetes no se cierra")
	PathNegation       = cause("path.negation", "'!' needs a path here", "aquí '!' necesita una ruta")
	PathOpen           = cause("path.open", "this {text} is never closed", "este {text} no se cierra")
	PathParameter      = cause("path.parameter", "a parameter of {function}() is neither a path nor JSON: {error}", "un parámetro de {function}() no es ni una ruta ni JSON: {error}")
	PathParentheses    = cause("path.parentheses", "the parentheses of {function}() are not closed", "los paréntesis de {function}() no se cierran")
	PathPattern        = cause("path.pattern", "this regular expression cannot be used: {why}", "esta expresión regular no se puede usar: {why}")
	PathPatternOpen    = cause("path.pattern_open", "the regular expression is never closed", "la expresión regular no se cierra")
	PathSliceEnds      = cause("path.slice_ends", "a slice needs one of its two ends", "un rango necesita uno de sus dos extremos")
	PathSliceForm      = cause("path.slice_form", "a slice is [from:to], both are integers or left out", "un rango es [desde:hasta], con enteros o sin ellos")
	PathStart          = cause("path.start", "a path must start with '$' or '@'", "una ruta empieza por '$' o '@'")
	PathStartEnds      = cause("path.start_ends", "expected '.' or '[' after the start of the path", "tras el comienzo de la ruta se esperaba '.' o '['")
	PathStringOpen     = cause("path.string_open", "the string is never closed", "la cadena no se cierra")
	PathTooMany        = cause("path.too_many", "there is a {text} too many", "sobra un {text}")
	PathCommaTwice     = cause("path.comma_twice", "there is a comma too many in the brackets", "sobra una coma entre los corchetes")
	PathValue          = cause("path.value", "expected a value here", "aquí se esperaba un valor")
	PathWildcard       = cause("path.wildcard", "expected ']' after '*'", "tras '*' se esperaba ']'")
)

// What is wrong with a selection expression or a key.
var (
	SelectionAPIKey       = cause("selection.api_key", "an apiKeySelectionExpression is $request.header.x-api-key or $context.authorizer.usageIdentifierKey", "una apiKeySelectionExpression es $request.header.x-api-key o $context.authorizer.usageIdentifierKey")
	SelectionBrace        = cause("selection.brace", "the '}' of this variable is missing", "falta el '}' de esta variable")
	SelectionIntersection = cause("selection.intersection", "the intersection of character classes (&&) is not supported (A-SELECTION-2)", "la intersección de clases de caracteres (&&) no se admite (A-SELECTION-2)")
	SelectionPattern      = cause("selection.pattern", "this regular expression cannot be used: {error}; look-around, back references and possessive quantifiers are not supported (A-SELECTION-2)", "esta expresión regular no se puede usar: {error}; no se admiten lookaround, referencias hacia atrás ni cuantificadores posesivos (A-SELECTION-2)")
	SelectionResponse     = cause("selection.response", "an integrationResponseKey is $default, a value such as 200, or a regular expression such as /2\\d\\d/", "una integrationResponseKey es $default, un valor como 200 o una expresión regular como /2\\d\\d/")
	SelectionRoute        = cause("selection.route_response", "a route response is selected by $default only", "una respuesta de ruta solo se elige con $default")
	SelectionVariable     = cause("selection.variable", "a {expression} cannot read ${name}; it can read {variables}", "una {expression} no puede leer ${name}; puede leer {variables}")
)

// What is wrong with the mappings of an integration.
var (
	MappingTemplate       = cause("mapping.template", "template {key}: {why}", "plantilla {key}: {why}")
	MappingRequestTarget  = cause("mapping.request_target", "target {target} is not integration.request.header.x, integration.request.querystring.x or integration.request.path.x", "el destino {target} no es integration.request.header.x, integration.request.querystring.x ni integration.request.path.x")
	MappingResponseTarget = cause("mapping.response_target", "target {target} is not method.response.header.x", "el destino {target} no es method.response.header.x")
	MappingSource         = cause("mapping.source", "source {source}: {why}", "origen {source}: {why}")
	MappingSourceName     = cause("mapping.source_name", "source {source} has no valid name: letters, digits and . _ $ - are allowed", "el origen {source} no tiene un nombre válido: se permiten letras, cifras y . _ $ -")
	MappingSourceUnknown  = cause("mapping.source_unknown", "unknown source {source}: use route.request.querystring.x, route.request.header.x, route.request.body.x, context.x, stageVariables.x or a text in single quotes", "el origen {source} no se conoce: usa route.request.querystring.x, route.request.header.x, route.request.body.x, context.x, stageVariables.x o un texto entre comillas simples")
)

// What is wrong with a model.
var (
	ModelInvalid  = cause("model.invalid", "model {name}: {why}", "modelo {name}: {why}")
	ModelForeign  = cause("model.foreign_ref", "a $ref may name a model of this API only: {url}", "un $ref solo puede nombrar un modelo de esta API: {url}")
	ModelMissing  = cause("model.missing", "the API has no model {name}", "la API no tiene el modelo {name}")
	ModelLarge    = cause("model.large", "model {name} is larger than {limit} bytes", "el modelo {name} tiene más de {limit} bytes")
	ModelObject   = cause("model.object", "a schema is a JSON object", "un esquema es un objeto JSON")
	ModelUnread   = cause("model.unread", "cannot read {url}: {why}", "no se puede leer {url}: {why}")
	ModelNoSchema = cause("model.no_schema", "not a JSON schema: {problems}", "no es un esquema JSON: {problems}")
)
