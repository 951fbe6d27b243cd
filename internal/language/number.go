package language

import "strings"

// numbered chooses singular or plural words: {n|message|messages} is the first where the
// argument n is 1, and the second elsewhere. English and Spanish have the same two forms.
// value returns the argument of a name; a name without one leaves the text as it is.
func numbered(text string, value func(name string) (string, bool)) string {
	if !strings.Contains(text, "|") {
		return text
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		inner, after, closed := strings.Cut(rest, "}")
		name, forms, chosen := strings.Cut(inner, "|")
		one, many, both := strings.Cut(forms, "|")
		given, known := value(name)
		if !closed || !chosen || !both || !known {
			out.WriteByte('{')
			text = rest
			continue
		}
		if given != "1" {
			one = many
		}
		out.WriteString(one)
		text = after
	}
}
