package schema_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/schema"
)

const models = "https://apigateway.amazonaws.com/restapis/abcdef1234/models/"

func set(texts map[string]string) *schema.Set {
	var list []pasarela.Model
	for name, text := range texts {
		list = append(list, pasarela.Model{Name: name, Schema: text})
	}
	return schema.NewSet("abcdef1234", list)
}

func compile(t testing.TB, text string) *schema.Model {
	t.Helper()
	m, err := set(map[string]string{"Model1": text}).Compile("Model1")
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

func check(m *schema.Model, message string) (string, bool) {
	var d jsonvalue.Document
	_ = d.ReadStrict(message)
	return m.Validate(message, d.Root())
}

func TestProblemsInTheWordsOfTheJavaValidator(t *testing.T) {
	for _, c := range []struct{ schema, message, want string }{
		{`{"type":"object","required":["username"]}`, `{}`, `[object has missing required properties (["username"])]`},
		{`{"type":"object","required":["b","a","c"]}`, `{"c":1}`, `[object has missing required properties (["b","a"])]`},
		{`{"type":"object","required":["a"]}`, ``, `[object has missing required properties (["a"])]`},
		{`{"type":"object"}`, ``, ``},
		{`{"type":"object"}`, `hello`, `[the body is not JSON]`},
		{`{"type":"object"}`, `{"a":1} x`, `[the body is not JSON]`},
		{`{"type":"object"}`, `[]`, `[instance type (array) does not match any allowed primitive type (allowed: ["object"])]`},
		{`{"properties":{"n":{"type":"number"}}}`, `{"n":"x"}`, `[instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])]`},
		{`{"properties":{"n":{"type":"string"}}}`, `{"n":1}`, `[instance type (integer) does not match any allowed primitive type (allowed: ["string"])]`},
		{`{"properties":{"n":{"type":"integer"}}}`, `{"n":1.5}`, `[instance type (number) does not match any allowed primitive type (allowed: ["integer"])]`},
		{`{"properties":{"n":{"type":"integer"}}}`, `{"n":1.0}`, ``},
		{`{"properties":{"a":{"enum":["x","y<"]}}}`, `{"a":"z"}`, `[instance value ("z") not found in enum (possible values: ["x","y<"])]`},
		{
			`{"properties":{"a":{"minimum":5},"b":{"maximum":1.5}}}`, `{"a":3,"b":2}`,
			`[numeric instance is lower than the required minimum (minimum: 5, found: 3), numeric instance is greater than the required maximum (maximum: 1.5, found: 2)]`,
		},
		{`{"minimum":5,"exclusiveMinimum":true}`, `5`, `[numeric instance is not strictly greater than the required minimum 5]`},
		{`{"maximum":5,"exclusiveMaximum":true}`, `5`, `[numeric instance is not strictly lower than the required maximum 5]`},
		{`{"multipleOf":2}`, `3`, `[remainder of division is not zero (3 / 2)]`},
		{`{"minLength":3}`, `"ab"`, `[string is too short (length: 2, required minimum: 3)]`},
		{`{"maxLength":1}`, `"ab"`, `[string is too long (length: 2, maximum allowed: 1)]`},
		{`{"pattern":"^a"}`, `"b"`, `[ECMA 262 regex "^a" does not match input string "b"]`},
		{`{"minItems":2}`, `[1]`, `[array is too short: must have at least 2 elements but instance has 1 elements]`},
		{`{"maxItems":1}`, `[1,2]`, `[array is too long: must have at most 1 elements but instance has 2 elements]`},
		{`{"uniqueItems":true}`, `[1,1.0]`, `[array must not contain duplicate elements]`},
		{`{"items":[{}],"additionalItems":false}`, `[1,2]`, `[array must not contain additional elements (found 1)]`},
		{`{"properties":{"a":{}},"additionalProperties":false}`, `{"c":1,"b":2}`, `[object instance has properties which are not allowed by the schema: ["b","c"]]`},
		{`{"minProperties":1}`, `{}`, `[object has too few properties (found 0 but schema requires at least 1)]`},
		{`{"maxProperties":1}`, `{"a":1,"b":2}`, `[object has too many properties (found 2 but schema requires at most 1)]`},
		{`{"dependencies":{"a":["b"]}}`, `{"a":1}`, `[property "a" of object has missing property dependencies (missing: ["b"])]`},
		{`{"allOf":[{"required":["a"]}]}`, `{}`, `[instance failed to match all required schemas]`},
		{`{"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{}`, `[instance failed to match at least one required schema among 2]`},
		{`{"oneOf":[{"required":["a"]},{"required":["b"]}]}`, `{}`, `[instance failed to match exactly one schema (matched 0)]`},
		{`{"oneOf":[{},{}]}`, `{}`, `[instance failed to match exactly one schema (matched 2)]`},
		{`{"not":{}}`, `{}`, `[instance matched a schema which it should not have]`},
		{`{"format":"email"}`, `"nobody"`, `["nobody" is not a valid email]`},
		{`{"type":"number"}`, `1e999999999`, `[a number is out of range]`},
		{
			`{"properties":{"b":{"type":"string"},"a":{"items":{"type":"string"}}}}`, `{"b":1,"a":["x",true]}`,
			`[instance type (boolean) does not match any allowed primitive type (allowed: ["string"]), instance type (integer) does not match any allowed primitive type (allowed: ["string"])]`,
		},
		{`{"type":"object","required":["a"]}`, `{"a":null,"a":1}`, ``},
	} {
		problems, valid := check(compile(t, c.schema), c.message)
		if problems != c.want || valid != (c.want == "") {
			t.Errorf("%s with %s:\n got %s\nwant %s", c.schema, c.message, problems, c.want)
		}
	}
}

func TestReferences(t *testing.T) {
	s := set(map[string]string{
		"Order":  `{"type":"object","properties":{"items":{"type":"array","items":{"$ref":"` + models + `Item"}},"to":{"$ref":"#/definitions/Place"}},"definitions":{"Place":{"required":["city"]}}}`,
		"Item":   `{"oneOf":[{"$ref":"` + models + `Number"},{"$ref":"` + models + `Word"}]}`,
		"Number": `{"type":"number"}`,
		"Word":   `{"type":"string"}`,
		"List":   `{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}`,
	})
	for _, c := range []struct {
		model, message string
		valid          bool
	}{
		{"Order", `{"items":[1,"x"],"to":{"city":"c"}}`, true},
		{"Order", `{"items":[true]}`, false},
		{"Order", `{"to":{}}`, false},
		{"List", `{"next":{"next":{}}}`, true},
		{"List", `{"next":{"next":{"other":1}}}`, false},
	} {
		m, err := s.Compile(c.model)
		if err != nil {
			t.Fatal(err)
		}
		if m.Name() != c.model {
			t.Errorf("name %q", m.Name())
		}
		if problems, valid := check(m, c.message); valid != c.valid {
			t.Errorf("%s with %s: %v %s", c.model, c.message, valid, problems)
		}
	}
}

func TestModelsThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"$ref":"file:///etc/passwd"}`:                                            `cannot read file:///etc/passwd: a $ref may name a model of this API only: ` + models + `{name}`,
		`{"$ref":"http://127.0.0.1:1/x"}`:                                          `a $ref may name a model of this API only`,
		`{"$ref":"https://apigateway.amazonaws.com/restapis/other12345/models/X"}`: `a $ref may name a model of this API only`,
		`{"id":"http://127.0.0.1:1/","properties":{"a":{"$ref":"x"}}}`:             `a $ref may name a model of this API only`,
		`{"$schema":"http://127.0.0.1:1/schema"}`:                                  `a $ref may name a model of this API only`,
		`{"$ref":"` + models + `Nobody"}`:                                          `the API has no model "Nobody"`,
		`{"$ref":"` + models + `Broken"}`:                                          `model "Broken": not JSON at line 1`,
		`{"$ref":"#/definitions/x"}`:                                               `model "Model1": `,
		`{"type":"objekt"}`:                                                        `at '/type': value must be one of 'array'`,
		`{"properties":[]}`:                                                        `not a JSON schema: [at '/properties': got array, want object]`,
		`{"pattern":"(?=x)"}`:                                                      `model "Model1": `,
		`{"minimum":1e999999999}`:                                                  `a number is out of range`,
		`nope`:                                                                     `model "Model1": not JSON at line 1, column 1`,
		`[]`:                                                                       `a schema is a JSON object`,
		`{"description":"` + strings.Repeat("x", schema.MaxModel) + `"}`: `larger than 32768 bytes`,
	} {
		_, err := set(map[string]string{"Model1": text, "Broken": "{"}).Compile("Model1")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), `model "Model1": `) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60s:\n got %v\nwant %s", text, err, want)
		}
	}
	if _, err := set(nil).Compile("Model1"); err == nil || !strings.Contains(err.Error(), `the API has no model "Model1"`) {
		t.Errorf("no model: %v", err)
	}
}

func TestAModelThatIsNotUsedMayBeBroken(t *testing.T) {
	if _, err := set(map[string]string{"Good": `{}`, "Bad": `{`}).Compile("Good"); err != nil {
		t.Error(err)
	}
}

func TestHostileMessagesTakeNoTime(t *testing.T) {
	m := compile(t, `{"properties":{"a":{"uniqueItems":true},"b":{"multipleOf":0.01,"minimum":1},"c":{"pattern":"^(a+)+$"}}}`)
	began := time.Now()
	for _, message := range []string{
		`{"a":[` + strings.Repeat(`1,`, 60_000) + `2]}`,
		`{"b":1e400}`, `{"b":1e-400}`, `{"b":1` + strings.Repeat("0", 100_000) + `}`,
		`{"c":"` + strings.Repeat("a", 100_000) + `!"}`,
		strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
	} {
		check(m, message)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzValidate(f *testing.F) {
	f.Add(`{"type":"object","required":["a"],"properties":{"a":{"$ref":"#"}}}`, `{"a":{"a":{}}}`)
	f.Add(`{"anyOf":[{"type":"string"},{"enum":[1,null]}],"format":"ipv4"}`, `1.0`)
	f.Fuzz(func(t *testing.T, text, message string) {
		m, err := set(map[string]string{"Model1": text}).Compile("Model1")
		if err != nil {
			return
		}
		first, valid := check(m, message)
		if valid != (first == "") {
			t.Fatalf("%q with %q: %v and %q", text, message, valid, first)
		}
		if second, _ := check(m, message); first != second {
			t.Fatalf("%q with %q: %q, then %q", text, message, first, second)
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	m := compile(b, `{"type":"object","required":["action","room"],"properties":{"action":{"type":"string"},"room":{"type":"string","maxLength":20},"n":{"type":"integer"}}}`)
	const message = `{"action":"join","room":"room1234","user":"someone","n":12345678}`
	var d jsonvalue.Document
	if err := d.ReadStrict(message); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, valid := m.Validate(message, d.Root()); !valid {
			b.Fatal("not valid")
		}
	}
}
