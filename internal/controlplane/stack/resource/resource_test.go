package resource_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func properties() resource.Properties {
	return resource.Properties{
		"ApiId":    resource.Text().Required().Replaces(),
		"Enabled":  resource.Boolean(),
		"Timeout":  resource.Integer().Absent(29000),
		"Rate":     resource.Number(),
		"Kind":     resource.OneOf("A", "B"),
		"Policy":   resource.Document(),
		"Models":   resource.MapOf(resource.Text()),
		"Settings": resource.Object(resource.Properties{"Level": resource.Text().Absent("OFF"), "Trace": resource.Boolean()}).Merged(),
		"Body":     resource.Refused("it belongs to HTTP APIs."),
		"Days":     resource.Integer().Noted("logs are bounded by size."),
		"Tags":     resource.TagList(),
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name, given, want, fault string
	}{
		{"kinds", `{"ApiId":12,"Enabled":"TRUE","Timeout":"5","Rate":"1.5","Policy":{"b":1,"a":"<"}}`, `{"ApiId":"12","Enabled":true,"Policy":"{\"a\":\"<\",\"b\":1}","Rate":1.5,"Timeout":5}`, ""},
		{"unknown", `{"ApiId":"a","Foo":1}`, "", "#: extraneous key [Foo] is not permitted"},
		{"unknown inside", `{"ApiId":"a","Settings":{"Foo":1}}`, "", "#/Settings: extraneous key [Foo] is not permitted"},
		{"misspelt", `{"ApiID":"a"}`, "", "#: extraneous key [ApiID] is not permitted; did you mean ApiId?\n#: required key [ApiId] not found"},
		{"misspelt inside", `{"ApiId":"a","Settings":{"Levle":"x"}}`, "", "#/Settings: extraneous key [Levle] is not permitted; did you mean Level?"},
		{"a letter too many", `{"ApiId":"a","Timeoutt":1}`, "", "#: extraneous key [Timeoutt] is not permitted; did you mean Timeout?"},
		{"another name", `{"ApiId":"a","Colour":1}`, "", "#: extraneous key [Colour] is not permitted"},
		{"missing", `{}`, "", "#: required key [ApiId] not found"},
		{"every fault", `{"Enabled":1,"Models":[],"Tags":{}}`, "", "#/Enabled: expected type: Boolean, found: Number\n#/Models: expected type: JSONObject, found: JSONArray\n" +
			"#/Tags: expected type: JSONArray, found: JSONObject\n#: required key [ApiId] not found"},
		{"part of a number", `{"ApiId":"a","Timeout":1.5}`, "", "#/Timeout: expected type: Integer, found: Number"},
		{"enum", `{"ApiId":"a","Kind":"C"}`, "", "#/Kind: #: C is not a valid enum value, expected one of [A, B]"},
		{"no JSON", `{"ApiId":"a","Policy":"{"}`, "", "#/Policy: expected JSON, found a text that is none"},
		{"refused", `{"ApiId":"a","Body":{}}`, "", "#/Body: it is not supported: it belongs to HTTP APIs."},
		{"null", `{"ApiId":null}`, "", "#/ApiId: expected type: String, found: Null"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checked, err := properties().Check(parsed(t, test.given))
			if test.fault != "" {
				if err == nil || err.Error() != test.fault {
					t.Errorf("got %v", err)
				}
				return
			}
			text, _ := json.Marshal(checked)
			if d := cmp.Diff(test.want, unescaped(string(text))); d != "" || err != nil {
				t.Error(err, d)
			}
		})
	}
}

func unescaped(text string) string { return strings.ReplaceAll(text, "\\u003c", "<") }

func TestChanges(t *testing.T) {
	r := &resource.Request{
		Previous:   parsed(t, `{"ApiId":"a","Timeout":5,"Rate":1.0,"Models":{"x":"y"},"Settings":{"Level":"INFO","Trace":true},"Days":1}`),
		Properties: parsed(t, `{"ApiId":"a","Rate":1,"Settings":{"Trace":false},"Days":2}`),
	}
	if d := cmp.Diff([]string{"Days", "Models", "Settings", "Timeout"}, r.Changed()); d != "" {
		t.Error(d)
	}
	text, _ := json.Marshal(properties().Changes(r, "ApiId"))
	if d := cmp.Diff(`{"apiId":"a","models":{},"settings":{"level":"OFF","trace":false},"timeout":29000}`, string(text)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"ApiId"}, properties().Replacing([]string{"ApiId", "Timeout"})); d != "" {
		t.Error(d)
	}
	if got, want := properties().Notes(r.Properties), "Days has no effect here: logs are bounded by size."; got != want {
		t.Errorf("got %q", got)
	}
}

func TestEqual(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true},
		{`1e2`, `100`, true},
		{`1`, `2`, false},
		{`1`, `"1"`, false},
		{`1e999999999`, `2e999999999`, false},
		{`[1,{"a":true}]`, `[1.0,{"a":true}]`, true},
		{`[1]`, `[1,2]`, false},
		{`{"a":null}`, `{}`, false},
		{`"a"`, `["a"]`, false},
	}
	for _, test := range tests {
		v := parsed(t, `{"a":`+test.a+`,"b":`+test.b+`}`)
		if got := resource.Equal(v["a"], v["b"]); got != test.want {
			t.Errorf("%s and %s: %t", test.a, test.b, got)
		}
	}
}

func TestNamesAreShortEnough(t *testing.T) {
	for _, test := range []struct {
		stack, logical, want string
	}{
		{"chat", "Role", "chat-Role-ABCDEFGHIJKL"},
		{strings.Repeat("s", 128), "Role", strings.Repeat("s", 46) + "-Role-ABCDEFGHIJKL"},
		{strings.Repeat("s", 128), strings.Repeat("l", 255), strings.Repeat("s", 25) + "-" + strings.Repeat("l", 25) + "-ABCDEFGHIJKL"},
	} {
		r := resource.Request{StackName: test.stack, LogicalID: test.logical, GeneratedNameSuffix: "ABCDEFGHIJKL"}
		if got := r.Name(64); got != test.want {
			t.Errorf("%s has %d characters, want %s", got, len(got), test.want)
		}
	}
}

func TestTagChanges(t *testing.T) {
	r := resource.Request{
		PreviousTags: map[string]string{"stack": "a", "both": "stack"}, Tags: map[string]string{"stack": "b", "both": "stack"},
		Previous: parsed(t, `{"Tags":[{"Key":"both","Value":"own"},{"Key":"gone","Value":"1"}]}`), Properties: parsed(t, `{"Tags":{"new":"1"}}`),
	}
	set, removed := r.TagChanges()
	if d := cmp.Diff(map[string]any{"stack": "b", "both": "stack", "new": "1"}, set); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{"gone"}, removed); d != "" {
		t.Error(d)
	}
}
