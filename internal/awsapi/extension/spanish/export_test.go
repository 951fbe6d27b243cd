package spanish

// EachSentence visits what is translated, and into what.
func EachSentence(visit func(english, spanish string)) {
	for _, s := range append(append([]sentence{}, catalogue...), resources...) {
		visit(s.english, s.spanish)
	}
}
