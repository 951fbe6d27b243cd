package templatetool

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/vtl"
)

// maxCase bounds a line of a file of cases.
const maxCase = 4 << 20

// Test runs a file of cases, one JSON object a line:
//
//	name      how the case is called
//	template  the template
//	context   variables by name; {"$apigw": sample} is $input, $context, $util and $stageVariables of a [Sample]
//	profile   apigw (the default) or velocity17
//	expected  the exact text
//	error     {"kind": "parse" or "runtime"} instead of expected
//
// It writes each failing case with the difference, and "N passed, N failed".
// The error is that of a line that is not a case, or of reading or writing.
func Test(w io.Writer, r io.Reader) (passed, failed int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxCase)
	var d jsonvalue.Document
	for number := 1; lines.Scan(); number++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		if err := d.ReadStrict(lines.Text()); err != nil {
			return passed, failed, fmt.Errorf("line %d: %w", number, err)
		}
		problem := check(d.Root())
		if problem == "" {
			passed++
			continue
		}
		failed++
		if _, err := fmt.Fprintf(w, "--- %s (line %d)\n%s", nameOf(d.Root(), number), number, problem); err != nil {
			return passed, failed, err
		}
	}
	if err := lines.Err(); err != nil {
		return passed, failed, err
	}
	if passed+failed == 0 {
		return 0, 0, errNoCases
	}
	_, err = fmt.Fprintf(w, "%d passed, %d failed\n", passed, failed)
	return passed, failed, err
}

var errNoCases = errors.New("there are no cases: one JSON object a line, such as " +
	`{"template": "$x", "context": {"x": 1}, "expected": "1"}`)

func nameOf(root jsonvalue.Value, number int) string {
	if name := root.Field("name").Text(); name != "" {
		return name
	}
	return fmt.Sprintf("case %d", number)
}

// check is what is wrong with a case, "" if nothing is.
func check(root jsonvalue.Value) string {
	if problem := malformed(root); problem != "" {
		return problem + "\n"
	}
	out, err := run(root)
	expected := root.Field("expected")
	kind := root.Field("error").Field("kind").Text()
	got := kindOf(err)
	switch {
	case kind != "" && got == kind:
		return ""
	case kind != "" && err == nil:
		return "  want a " + kind + " error\n" + marked("+", out)
	case err != nil:
		return "  got a " + got + " error: " + err.Error() + "\n"
	case out != expected.Text():
		return difference(expected.Text(), out)
	}
	return ""
}

// malformed is why a case cannot be run.
func malformed(root jsonvalue.Value) string {
	kind := root.Field("error").Field("kind").Text()
	profile := root.Field("profile")
	switch {
	case root.Kind() != jsonvalue.Object:
		return "a case is an object: {\"template\": ..., \"context\": ..., \"expected\": ...}"
	case root.Field("template").Kind() != jsonvalue.String:
		return "the case has no \"template\""
	case profile.Exists() && profile.Text() != "apigw" && profile.Text() != "velocity17":
		return "\"profile\" must be apigw or velocity17"
	case root.Field("error").Kind() == jsonvalue.Object && kind != "parse" && kind != "runtime":
		return "\"kind\" of \"error\" must be parse or runtime"
	case root.Field("expected").Kind() != jsonvalue.String && kind == "":
		return "the case expects neither a text nor an error: give it \"expected\" or \"error\""
	}
	if sample := root.Field("context").Field("$apigw"); sample.Exists() {
		if err := checkSample(sample); err != nil {
			return "$apigw: " + err.Error()
		}
	}
	return ""
}

// run renders the template of one case, as API Gateway does or, in the profile velocity17, as
// Velocity does.
func run(root jsonvalue.Value) (string, error) {
	text, context := root.Field("template").Text(), root.Field("context")
	if sample := context.Field("$apigw"); sample.Exists() {
		s := sampleOf("", sample)
		if s.event.Sample == "" {
			s.event.Sample = "{}"
		}
		compiled, err := mapping.CompileTemplate(text)
		if err != nil {
			return "", err
		}
		out, _, err := s.render(compiled)
		return out, err
	}
	options := vtl.APIGateway()
	if root.Field("profile").Text() == "velocity17" {
		options = vtl.Velocity17()
	}
	parsed, err := vtl.Parse(text, options)
	if err != nil {
		return "", err
	}
	variables := make(map[string]vtl.Value)
	for name, v := range context.Members() {
		variables[name.Text()] = value(v)
	}
	return parsed.Render(variables)
}

// kindOf is the kind of an error: parse for errors that Velocity finds while
// parsing, the text of an #evaluate included, else runtime.
func kindOf(err error) string {
	var parse *vtl.ParseError
	switch {
	case err == nil:
		return "no"
	case errors.As(err, &parse):
		return "parse"
	}
	return "runtime"
}

// value converts a variable of a case: Java's own lists and maps.
func value(v jsonvalue.Value) vtl.Value {
	switch v.Kind() {
	case jsonvalue.Bool:
		return vtl.Bool(v.Bool())
	case jsonvalue.String:
		return vtl.String(v.Text())
	case jsonvalue.Integer:
		if i, ok := v.Int64(); ok {
			return vtl.Int(i)
		}
		i, _ := new(big.Int).SetString(v.Number(), 10)
		return vtl.BigInteger(i)
	case jsonvalue.Double, jsonvalue.Decimal:
		return vtl.Double(v.Float64())
	case jsonvalue.Array:
		l := vtl.NewList()
		for item := range v.Items() {
			l.Add(value(item))
		}
		return vtl.ListValue(l)
	case jsonvalue.Object:
		m := vtl.NewMap(v.Len())
		for name, member := range v.Members() {
			m.PutString(name.Text(), value(member))
		}
		return vtl.MapValue(m)
	}
	return vtl.Null()
}

// difference shows two texts line by line: common lines at both ends once, and
// the lines that differ with - for expected and + for rendered.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	head := 0
	for head < len(w) && head < len(g) && w[head] == g[head] {
		head++
	}
	tail := 0
	for tail < len(w)-head && tail < len(g)-head && w[len(w)-1-tail] == g[len(g)-1-tail] {
		tail++
	}
	return marked(" ", w[:head]...) + marked("-", w[head:len(w)-tail]...) + marked("+", g[head:len(g)-tail]...) +
		marked(" ", w[len(w)-tail:]...)
}

func marked(mark string, lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(mark + " " + line + "\n")
	}
	return b.String()
}
