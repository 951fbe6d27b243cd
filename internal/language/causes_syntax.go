package language

// What is wrong with the text of a mapping template. The ids behind "syntax." and the
// English texts are those of vtl.ProblemTexts, which has them for programs without this
// catalogue; a test of package mapping checks that both have the same ids and texts.
var (
	syntaxUnexpected    = cause("syntax.unexpected", "unexpected {token}, expected {why}", "{token} no va aquí: se esperaba {why}")
	syntaxUnexpectedEnd = cause("syntax.unexpected_end", "unexpected end of the template, expected {why}", "la plantilla acaba aquí y se esperaba {why}")

	syntaxExpectedAfter       = cause("syntax.expected_after", "{token} after {name}", "{token} tras {name}")
	syntaxExpectedArgument    = cause("syntax.expected_argument", "an argument", "un argumento")
	syntaxExpectedBrace       = cause("syntax.expected_brace", `"}" that closes ${`, `el "}" que cierra ${`)
	syntaxExpectedColon       = cause("syntax.expected_colon", `":" between key and value`, `":" entre clave y valor`)
	syntaxExpectedIndex       = cause("syntax.expected_index", "an index", "un índice")
	syntaxExpectedIndexEnd    = cause("syntax.expected_index_end", `"]" that closes the index`, `el "]" que cierra el índice`)
	syntaxExpectedIndexValue  = cause("syntax.expected_index_value", "a string, an integer or a reference as index", "como índice una cadena, un entero o una referencia")
	syntaxExpectedInteger     = cause("syntax.expected_integer", "an integer", "un entero")
	syntaxExpectedListEnd     = cause("syntax.expected_list_end", `"]" that closes the list`, `el "]" que cierra la lista`)
	syntaxExpectedMapEnd      = cause("syntax.expected_map_end", `"}" that closes the map`, `el "}" que cierra el mapa`)
	syntaxExpectedName        = cause("syntax.expected_name", "a name of a variable", "el nombre de una variable")
	syntaxExpectedOf          = cause("syntax.expected_of", "{token} of {name}", "{token} de {name}")
	syntaxExpectedParenthesis = cause("syntax.expected_parenthesis", `")" that closes the parenthesis`, `el ")" que cierra el paréntesis`)
	syntaxExpectedRangeEnd    = cause("syntax.expected_range_end", `"]" that closes the range`, `el "]" que cierra el rango`)
	syntaxExpectedRangeValue  = cause("syntax.expected_range_value", "an integer or a reference as end of the range", "como final del rango un entero o una referencia")
	syntaxExpectedSetTarget   = cause("syntax.expected_set_target", "a reference to set", "una referencia a la que dar valor")
	syntaxExpectedStatement   = cause("syntax.expected_statement", "text, a reference or a directive", "texto, una referencia o una directiva")
	syntaxExpectedValue       = cause("syntax.expected_value", "a value", "un valor")

	syntaxCharacter        = cause("syntax.character", "unexpected character {text}", "el carácter {text} no va aquí")
	syntaxElseAlone        = cause("syntax.else_alone", "{directive} without an #if before it", "{directive} sin un #if delante")
	syntaxEndAlone         = cause("syntax.end_alone", "#end without an #if, #foreach, #define or #macro that it ends", "#end sin un #if, #foreach, #define o #macro que cerrar")
	syntaxEvaluateArgument = cause("syntax.evaluate_argument", "#evaluate takes a string or a reference", "#evaluate toma una cadena o una referencia")
	syntaxEvaluateCount    = cause("syntax.evaluate_count", "#evaluate takes exactly one argument", "#evaluate toma exactamente un argumento")
	syntaxInString         = cause("syntax.in_string", "in the string: {why}", "en la cadena: {why}")
	syntaxMacroName        = cause("syntax.macro_name", "#macro needs a name: #macro(name $argument)", "#macro necesita un nombre: #macro(nombre $argumento)")
	syntaxMacroWord        = cause("syntax.macro_word", "the name of a #macro is a word without quotes", "el nombre de una #macro es una palabra sin comillas")
	syntaxNesting          = cause("syntax.nesting", "blocks or expressions nest too deep", "hay demasiados bloques o expresiones unos dentro de otros")
	syntaxOpenString       = cause("syntax.open_string", "the string that begins here is not closed", "la cadena que empieza aquí no se cierra")
	syntaxOpenText         = cause("syntax.open_text", "the template ends inside {text}", "la plantilla acaba dentro de {text}")
	syntaxOperators        = cause("syntax.operators", "too many operators in one expression", "hay demasiados operadores en una expresión")
	syntaxSize             = cause("syntax.size", "the template has {bytes} bytes; at most {limit} are allowed", "la plantilla tiene {bytes} bytes; se permiten {limit} como máximo")
	syntaxStrings          = cause("syntax.strings", "strings nest too deep", "hay demasiadas cadenas unas dentro de otras")
	syntaxWord             = cause("syntax.word", "unexpected word {word} in the arguments of #{name}", "la palabra {word} no va entre los argumentos de #{name}")
)
