package language

// Why a mapping template could not be rendered. As in causes_syntax.go, the ids behind
// "rendering." and the English texts are those of vtl.ProblemTexts.
var (
	renderingOutputSize  = cause("rendering.output_size", "the output is larger than the limit allows", "el resultado supera el límite")
	renderingSteps       = cause("rendering.steps", "the template takes more steps than the limit allows", "la plantilla da más pasos de los que permite el límite")
	renderingMemory      = cause("rendering.memory", "the template needs more memory than the limit allows", "la plantilla necesita más memoria de la que permite el límite")
	renderingStringSize  = cause("rendering.string_size", "a string is longer than the limit allows", "una cadena supera el límite de longitud")
	renderingDepth       = cause("rendering.depth", "calls or values nest deeper than the limit allows", "hay más llamadas o valores unos dentro de otros de los que permite el límite")
	renderingPatternTime = cause("rendering.pattern_time", "regular expressions take longer than the limit allows", "las expresiones regulares tardan más de lo que permite el límite")
	renderingBudget      = cause("rendering.budget", "all renderings together need more memory than the limit allows", "todas las plantillas en curso necesitan juntas más memoria de la que permite el límite")
	renderingCanceled    = cause("rendering.canceled", "the rendering was canceled", "se canceló la ejecución de la plantilla")

	renderingInclude       = cause("rendering.include", "there are no other templates to include", "no hay otras plantillas que incluir")
	renderingForeachList   = cause("rendering.foreach_list", "it needs a list: #foreach($item in $list)", "necesita una lista: #foreach($item in $list)")
	renderingForeachBody   = cause("rendering.foreach_body", "there is nothing to repeat: #foreach($item in $list) ... #end", "no hay nada que repetir: #foreach($item in $list) ... #end")
	renderingForeachName   = cause("rendering.foreach_name", "its variable must have another name than $foreach", "su variable no puede llamarse $foreach")
	renderingBreakArgument = cause("rendering.break_argument", "its argument must be a loop, such as $foreach.parent", "su argumento tiene que ser un bucle, como $foreach.parent")
	renderingDefineName    = cause("rendering.define_name", "it needs one name: #define($name)", "necesita un nombre: #define($name)")
	renderingLiteralBody   = cause("rendering.literal_body", "it needs a body: #literal() text #end", "necesita un cuerpo: #literal() texto #end")
	renderingOneArgument   = cause("rendering.one_argument", "it takes one argument at most", "toma un argumento como máximo")
	renderingStringEscape  = cause("rendering.string_escape", `\u must be followed by four hexadecimal digits`, `a \u tienen que seguirle cuatro cifras hexadecimales`)

	renderingNoArguments       = cause("rendering.no_arguments", "it takes no arguments", "no toma argumentos")
	renderingNullArgument      = cause("rendering.null_argument", "the argument is null", "el argumento es nulo")
	renderingNullAmong         = cause("rendering.null_among", "an argument is null", "un argumento es nulo")
	renderingNotNumber         = cause("rendering.not_number", "{text} is not a number", "{text} no es un número")
	renderingNotInteger        = cause("rendering.not_integer", "{text} is not an integer", "{text} no es un entero")
	renderingNotUnsigned       = cause("rendering.not_unsigned", "{text} is not an unsigned integer", "{text} no es un entero sin signo")
	renderingNotFinite         = cause("rendering.not_finite", "infinite or NaN", "infinito o NaN")
	renderingDivisionByZero    = cause("rendering.division_by_zero", "division by zero", "división por cero")
	renderingNegativeModulus   = cause("rendering.negative_modulus", "the modulus of a big integer must be positive", "el módulo de un entero grande tiene que ser positivo")
	renderingDecimalRemainder  = cause("rendering.decimal_remainder", "the remainder of decimals is not defined", "el resto de decimales no está definido")
	renderingExponent          = cause("rendering.exponent", "the exponent is out of range", "el exponente está fuera del intervalo")
	renderingNegativeBit       = cause("rendering.negative_bit", "the number of a bit is negative", "el número de un bit es negativo")
	renderingDivisor           = cause("rendering.divisor", "the divisor must be positive", "el divisor tiene que ser positivo")
	renderingRounding          = cause("rendering.rounding", "rounding is a number from 0 to 7", "el redondeo es un número de 0 a 7")
	renderingRoundingNecessary = cause("rendering.rounding_necessary", "rounding is necessary: give a second argument, 4 is half up", "hay que redondear: da un segundo argumento, 4 es al más cercano, la mitad hacia arriba")
	renderingCompareBooleans   = cause("rendering.compare_booleans", "booleans compare with booleans only", "los booleanos solo se comparan con booleanos")
	renderingCompareCharacters = cause("rendering.compare_characters", "characters compare with characters only", "los caracteres solo se comparan con caracteres")
	renderingCompareNumbers    = cause("rendering.compare_numbers", "numbers compare with numbers of their own type only", "los números solo se comparan con números de su mismo tipo")
	renderingCompareStrings    = cause("rendering.compare_strings", "strings compare with strings only", "las cadenas solo se comparan con cadenas")

	renderingIndexRange    = cause("rendering.index_range", "index {index} is out of range for length {length}", "el índice {index} está fuera del intervalo para la longitud {length}")
	renderingNegativeIndex = cause("rendering.negative_index", "a negative index needs something with a size", "un índice negativo necesita algo que tenga tamaño")
	renderingSubList       = cause("rendering.sub_list", "from {from} to {to} of {length}", "de {from} a {to} de {length}")
	renderingSubstring     = cause("rendering.substring", "begin {begin}, end {end}, length {length}", "inicio {begin}, fin {end}, longitud {length}")
	renderingFixedLength   = cause("rendering.fixed_length", "an array has a fixed length", "un array tiene longitud fija")
	renderingMapView       = cause("rendering.map_view", "a view of a map takes no new items", "una vista de un mapa no admite elementos nuevos")
	renderingListChanged   = cause("rendering.list_changed", "the list changed while it was iterated", "la lista cambió mientras se recorría")
	renderingNoNext        = cause("rendering.no_next", "there is no next item", "no hay elemento siguiente")
	renderingNoCurrent     = cause("rendering.no_current", "there is no current item to remove", "no hay elemento actual que quitar")
	renderingJoinItem      = cause("rendering.join_item", "an item is not a string", "un elemento no es una cadena")
	renderingNegativeCount = cause("rendering.negative_count", "the count is negative", "el número de veces es negativo")

	renderingPattern          = cause("rendering.pattern", "regular expression {pattern}: {reason}", "expresión regular {pattern}: {reason}")
	renderingReplacement      = cause("rendering.replacement", `replacement {text}: "$" must name a group and "\" must escape something`, `sustitución {text}: "$" tiene que nombrar un grupo y "\" tiene que escapar algo`)
	renderingFormatUnfinished = cause("rendering.format_unfinished", "the format ends inside of %{directive}", "el formato acaba dentro de %{directive}")
	renderingFormatWidth      = cause("rendering.format_width", "a width or precision is missing or too large", "falta un ancho o una precisión, o es demasiado grande")
	renderingFormatArgument   = cause("rendering.format_argument", "there is no argument for %{directive}", "no hay argumento para %{directive}")
	renderingFormatUnknown    = cause("rendering.format_unknown", "%{conversion} is not known", "%{conversion} no se conoce")
	renderingFormatCharacter  = cause("rendering.format_character", "%c takes a character", "%c toma un carácter")
	renderingFormatInteger    = cause("rendering.format_integer", "%{conversion} takes an integer", "%{conversion} toma un entero")
	renderingFormatFraction   = cause("rendering.format_fraction", "%{conversion} takes a number with a fraction", "%{conversion} toma un número con decimales")

	// Refusals by the objects that API Gateway gives a template, such as $input
	// and $util.
	TemplatePayload = cause("rendering.payload", "could not process payload: it is not JSON", "no se pudo leer el cuerpo: no es JSON")
	TemplateBase64  = cause("rendering.base_encoding", "the text is not base64", "el texto no es base64")
)

// renderingCauses are those above.
func renderingCauses() []Cause {
	return []Cause{
		renderingOutputSize, renderingSteps, renderingMemory, renderingStringSize, renderingDepth, renderingPatternTime, renderingBudget,
		renderingCanceled,
		renderingInclude, renderingForeachList, renderingForeachBody, renderingForeachName, renderingBreakArgument, renderingDefineName,
		renderingLiteralBody, renderingOneArgument, renderingStringEscape,
		renderingNoArguments, renderingNullArgument, renderingNullAmong, renderingNotNumber, renderingNotInteger, renderingNotUnsigned, renderingNotFinite,
		renderingDivisionByZero, renderingNegativeModulus, renderingDecimalRemainder, renderingExponent, renderingNegativeBit, renderingDivisor,
		renderingRounding, renderingRoundingNecessary, renderingCompareBooleans, renderingCompareCharacters, renderingCompareNumbers, renderingCompareStrings,
		renderingIndexRange, renderingNegativeIndex, renderingSubList, renderingSubstring, renderingFixedLength, renderingMapView, renderingListChanged,
		renderingNoNext, renderingNoCurrent, renderingJoinItem, renderingNegativeCount,
		renderingPattern, renderingReplacement, renderingFormatUnfinished, renderingFormatWidth, renderingFormatArgument, renderingFormatUnknown,
		renderingFormatCharacter, renderingFormatInteger, renderingFormatFraction,
	}
}
