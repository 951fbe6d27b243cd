package extension

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// languageInput is in which language people read the answer: "es", or English. What
// another program or AWS says has one language and stays as it is.
type languageInput struct {
	Language string `query:"language"`
}

func (l languageInput) language() language.Language {
	chosen, _ := language.Parse(strings.TrimSpace(l.Language))
	return chosen
}
