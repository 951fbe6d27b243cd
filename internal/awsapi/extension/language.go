package extension

import "github.com/pasarela-ws/pasarela/internal/awsapi/extension/spanish"

// languageInput is in which language the answer's sentences are wanted: "es", or
// English. What has no translation stays English.
type languageInput struct {
	Language string `query:"language"`
}

const languageSpanish = "es"

func (l languageInput) say(sentence string) string {
	if l.Language == languageSpanish {
		sentence, _ = spanish.Of(sentence)
	}
	return sentence
}

func (l languageInput) resource(name string) string {
	if l.Language == languageSpanish {
		return spanish.Resource(name)
	}
	return name
}
