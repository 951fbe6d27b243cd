package language

// syntaxCauses are those of causes_syntax.go.
func syntaxCauses() []Cause {
	return []Cause{
		syntaxUnexpected, syntaxUnexpectedEnd,
		syntaxExpectedAfter, syntaxExpectedArgument, syntaxExpectedBrace, syntaxExpectedColon, syntaxExpectedIndex, syntaxExpectedIndexEnd,
		syntaxExpectedIndexValue, syntaxExpectedInteger, syntaxExpectedListEnd, syntaxExpectedMapEnd, syntaxExpectedName, syntaxExpectedOf,
		syntaxExpectedParenthesis, syntaxExpectedRangeEnd, syntaxExpectedRangeValue, syntaxExpectedSetTarget, syntaxExpectedStatement, syntaxExpectedValue,
		syntaxCharacter, syntaxElseAlone, syntaxEndAlone, syntaxEvaluateArgument, syntaxEvaluateCount, syntaxInString, syntaxMacroName, syntaxMacroWord,
		syntaxNesting, syntaxOpenString, syntaxOpenText, syntaxOperators, syntaxSize, syntaxStrings, syntaxWord,
	}
}

var templateCauses = causesByID(append(syntaxCauses(), renderingCauses()...))

func causesByID(causes []Cause) map[ID]Cause {
	byID := make(map[ID]Cause, len(causes))
	for _, c := range causes {
		byID[c.ID()] = c
	}
	return byID
}

// TemplateProblem is what is wrong with a template, by the id that vtl has for it:
// "unexpected", or "index_range" of one that was rendered. why is the message that
// replaces {why}, nil where there is none; ok is false for an id that the catalogue does
// not have.
func TemplateProblem(id string, args []string, why *Message) (m Message, ok bool) {
	c := templateCauses[ID("syntax."+id)]
	if c == 0 {
		c = templateCauses[ID("rendering."+id)]
	}
	return Message{cause: c, args: args, why: why}, c != 0
}
