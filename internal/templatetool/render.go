package templatetool

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// ErrFailed says that a template could not be rendered, had problems or failed
// tests; the details have been written.
var ErrFailed = errors.New("the template failed")

// Render writes what a template renders for a sample, and below it the overrides
// that it sets; or the error with the line that it is in, in language l where it is one of
// the template's text.
func Render(w io.Writer, l language.Language, file, text string, sample *Sample) error {
	compiled, err := mapping.CompileTemplate(text)
	if err != nil {
		return explain(w, l, file, err)
	}
	out, overrides, err := sample.render(compiled)
	if err != nil {
		return explain(w, l, file, err)
	}
	if _, err := io.WriteString(w, out); err != nil {
		return err
	}
	if out != "" && !strings.HasSuffix(out, "\n") {
		fmt.Fprintln(w)
	}
	return writeOverrides(w, &overrides)
}

// writeOverrides writes the overrides of a rendering as comment lines.
func writeOverrides(w io.Writer, o *mapping.Overrides) error {
	for _, group := range []struct {
		name string
		set  []mapping.Override
	}{
		{"requestOverride.header", o.Header},
		{"requestOverride.querystring", o.Querystring},
		{"requestOverride.path", o.Path},
		{"responseOverride.header", o.ResponseHeader},
	} {
		for _, one := range group.set {
			fmt.Fprintf(w, "# %s.%s = %s\n", group.name, one.Name, strings.Join(one.Values, ", "))
		}
	}
	if o.ResponseStatus != 0 {
		fmt.Fprintf(w, "# responseOverride.status = %d\n", o.ResponseStatus)
	}
	return nil
}

// explain writes an error as compilers do, with its line and a caret.
func explain(w io.Writer, l language.Language, file string, err error) error {
	var parse *vtl.ParseError
	var exec *vtl.ExecError
	switch {
	case errors.As(err, &exec):
		fmt.Fprintf(w, "%s:%v: %s\n%s\n", file, exec.Position, mapping.ExecReason(exec).In(l), exec.Excerpt)
	case errors.As(err, &parse):
		fmt.Fprintf(w, "%s:%v: %s\n%s\n", file, parse.Position, mapping.Reason(parse.Problem).In(l), parse.Excerpt)
	default:
		fmt.Fprintf(w, "%s: %s\n", file, language.Reason(err).In(l))
	}
	return ErrFailed
}
