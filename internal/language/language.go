// Package language has the texts that the program prints for people, in every language
// that it supports. A message is an id and its arguments until it is printed; the
// catalogue has the texts of an id beside each other, so that a sentence is changed in
// all languages or in none:
//
//	"connect.closed_by_server": {
//		English: "closed by the server, {code}{reason}",
//		Spanish: "cerrado por el servidor, {code}{reason}",
//	},
//
//	language.Spanish.Say("connect.closed_by_server", "code", 1001, "reason", "")
//
// An error of this package keeps its id and is formatted in a language by the code
// that prints it. What happens in the gateway is a [Message] of a [Cause] until it
// leaves the program.
package language

import (
	"errors"
	"fmt"
	"strings"
)

// Language is a language that the program supports.
type Language string

// The languages.
const (
	English Language = "en"
	Spanish Language = "es"
)

// ID names a message: "connect.closed_by_server". Its first part names the command
// or component that prints it.
type ID string

// Text is a message in every language. {name} stands for an argument, and
// {name|message|messages} for a word by its number.
type Text struct{ English, Spanish string }

// InEach is err in every language, to be stored for readers who are not known yet.
func InEach(err error) Text { return Text{English.Of(err), Spanish.Of(err)} }

// In is the text in a language.
func (t Text) In(l Language) string { return l.of(t) }

// Catalogue has the text of every id.
type Catalogue map[ID]Text

// All is the catalogue of the program. It is not changed after the start.
var All = join(commandTexts, connectTexts, definitionTexts, deliveryTexts, devStackTexts, fileTexts, nodeTexts, operateTexts, reportTexts, reportsAPITexts, reportsTexts, reportsHelpTexts, sampleTexts, signInTexts, welcomeTexts)

func join(parts ...Catalogue) Catalogue {
	all := Catalogue{}
	for _, part := range parts {
		for id, text := range part {
			if _, twice := all[id]; twice {
				panic("language: two messages have the id " + string(id))
			}
			all[id] = text
		}
	}
	return all
}

// Accepted is the first language of a header Accept-Language that the program has, whatever
// the weights say; English if it has none of them.
func Accepted(header string) Language {
	for entry := range strings.SplitSeq(header, ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(entry), ";")
		if l, ok := Parse(name); ok {
			return l
		}
	}
	return English
}

// Parse reads the name of a language as people and locales write it: es, es_ES.UTF-8.
// ok is false for a language that is not supported.
func Parse(name string) (l Language, ok bool) {
	base := strings.ToLower(name)
	if i := strings.IndexAny(base, "_-.@"); i >= 0 {
		base = base[:i]
	}
	switch base {
	case "es", "spanish", "español":
		return Spanish, true
	case "en", "english", "c", "posix":
		return English, true
	}
	return English, false
}

// Locale is the language of a user's environment: of the first of LC_ALL, LC_MESSAGES
// and LANG that is set, as POSIX has it; English where that language is not
// supported.
func Locale(lookup func(name string) string) Language {
	for _, name := range [...]string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := lookup(name); value != "" {
			l, _ := Parse(value)
			return l
		}
	}
	return English
}

// of is a text in the language.
func (l Language) of(t Text) string {
	if l == Spanish {
		return t.Spanish
	}
	return t.English
}

// Say formats a message in the language. args are names and values in alternation;
// errors, messages and ids among the values are formatted in it too. An id without a
// text is a mistake of the program and is printed as it is.
func (l Language) Say(id ID, args ...any) string {
	text, ok := All[id]
	if !ok {
		return string(id)
	}
	said := l.of(text)
	if len(args) == 0 {
		return said
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+fmt.Sprint(args[i])+"}", l.value(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(numbered(said, argument(pairs)))
}

// argument finds the value of a name in pairs, whose form is that of
// [strings.NewReplacer].
func argument(pairs []string) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == "{"+name+"}" {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// Spoken is an argument that has its own words in each language, such as a report's title.
type Spoken interface{ In(l Language) string }

// value is an argument in the language.
func (l Language) value(value any) string {
	switch value := value.(type) {
	case Spoken:
		return value.In(l)
	case error:
		return l.Of(value)
	case ID:
		return l.Say(value)
	}
	return fmt.Sprint(value)
}

// Error is an error that is formatted in a language by the code that prints it.
type Error struct {
	ID   ID
	Args []any // as [Language.Say] takes them
}

// Errorf makes an error; an error among the arguments is what it wraps. It is called in hundreds
// of places, all on the way to a failure; inlined into each it makes the program larger.
//
//go:noinline
func Errorf(id ID, args ...any) *Error { return &Error{id, args} }

// Error is the error in English, for logs and programs.
func (e *Error) Error() string { return English.Say(e.ID, e.Args...) }

// Unwrap is the first error among the arguments.
func (e *Error) Unwrap() error {
	for _, arg := range e.Args {
		if err, ok := arg.(error); ok {
			return err
		}
	}
	return nil
}

// Of formats err in the language: an error of this package as a whole; of another,
// its own text with the errors of this package in it translated.
func (l Language) Of(err error) string {
	switch own := err.(type) {
	case *Error:
		return l.Say(own.ID, own.Args...)
	case Message:
		return own.In(l)
	case *wrapped:
		return own.message.In(l)
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all, same []string
		for _, one := range joined.Unwrap() {
			all, same = append(all, l.Of(one)), append(same, one.Error())
		}
		if strings.Join(same, "\n") == err.Error() { // made by errors.Join; fmt.Errorf adds text
			return strings.Join(all, "\n")
		}
	}
	text := err.Error()
	if within, ok := errors.AsType[*Error](err); ok {
		text = strings.Replace(text, within.Error(), l.Say(within.ID, within.Args...), 1)
	}
	if within, ok := errors.AsType[Message](err); ok {
		text = strings.Replace(text, within.Error(), within.In(l), 1)
	}
	return text
}
