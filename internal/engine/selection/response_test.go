package selection_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
)

func responses(keys ...string) (responses []pasarela.IntegrationResponse) {
	for _, key := range keys {
		responses = append(responses, pasarela.IntegrationResponse{IntegrationResponseKey: key})
	}
	return responses
}

// aws-dataplane §5.2, aws-dataplane §13.1.
func TestResponses(t *testing.T) {
	for _, c := range []struct {
		keys  []string
		value string
		want  string
		also  int
	}{
		{[]string{`/2\d\d/`, `/4\d\d/`}, "204", `/2\d\d/`, 0},
		{[]string{`/2\d\d/`, `/4\d\d/`}, "404", `/4\d\d/`, 0},
		{[]string{`/2\d\d/`, `/4\d\d/`}, "302", "", 0},
		{[]string{`/2\d\d/`, "$default"}, "500", "$default", 0},
		{[]string{"$default", `/2\d\d/`}, "200", `/2\d\d/`, 0},
		{[]string{`\$default`}, "500", `\$default`, 0},
		{[]string{"201"}, "201", "201", 0},
		{[]string{"201"}, "2011", "", 0},
		{[]string{"20"}, "201", "", 0},
		{[]string{"/20/"}, "201", "", 0},
		{[]string{"/(200|201)/"}, "201", "/(200|201)/", 0},
		{[]string{"/200|201/"}, "201", "/200|201/", 0},
		{[]string{"/5.*/"}, "503", "/5.*/", 0},
		{[]string{`/2\d\d/`, "200", "/.*/"}, "200", `/2\d\d/`, 2},
		{[]string{"200", `/2\d\d/`}, "200", "200", 1},
		{[]string{"/.*four hundred.*/", "$default"}, "a\nfour hundred\nb", "/.*four hundred.*/", 0},
		{[]string{"/.+/", "$default"}, "", "$default", 0},
		{[]string{"/.*/", "$default"}, "", "/.*/", 0},
		{[]string{`/\u0041+/`}, "AA", `/\u0041+/`, 0},
		{nil, "200", "", 0},
	} {
		r, err := selection.NewResponses(responses(c.keys...))
		if err != nil {
			t.Errorf("%q: %v", c.keys, err)
			continue
		}
		m := r.Select(c.value)
		got := ""
		if m.Index >= 0 {
			got = c.keys[m.Index]
		}
		if got != c.want || len(m.Also) != c.also {
			t.Errorf("%q with %q: %q and %v, want %q", c.keys, c.value, got, m.Also, c.want)
		}
	}
}

func TestOthersThatMatchAreReported(t *testing.T) {
	r, err := selection.NewResponses(responses("$default", "/a.*/", "b", "/.b/", "/..?/"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(selection.Match{Index: 1, Also: []int{3, 4}}, r.Select("ab")); diff != "" {
		t.Error(diff)
	}
}

func TestResponseKeysThatRE2Lacks(t *testing.T) {
	for _, key := range []string{`/(?=2)\d+/`, `/(a)\1/`, `/a++/`, `/[a-z&&[^b]]/`, `/(/`, `/(?<!x)y/`} {
		_, err := selection.NewResponses(responses(key))
		if err == nil || !strings.Contains(err.Error(), "A-SELECTION-2") || !strings.Contains(err.Error(), "selection expression ") {
			t.Errorf("%s: %v", key, err)
		}
		if selection.CheckResponseKey(key) == nil {
			t.Errorf("%s may be created", key)
		}
	}
	for key, valid := range map[string]bool{"": false, "200": true, "$default": true, `/2\d\d/`: true} {
		if err := selection.CheckResponseKey(key); (err == nil) != valid {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestErrorMessage(t *testing.T) {
	for response, want := range map[string]string{
		`{"errorMessage":"boom","errorType":"E"}`: "boom",
		`{"errorMessage":null}`:                   "null",
		`{"errorMessage":{"a":1}}`:                "{a=1}",
		`{"x":1}`:                                 "",
		`"errorMessage"`:                          "",
		`nope`:                                    "",
	} {
		if got := selection.ErrorMessage(parse(t, response)); got != want {
			t.Errorf("%s: %q, want %q", response, got, want)
		}
	}
}

func BenchmarkSelectResponse(b *testing.B) {
	r, err := selection.NewResponses(responses(`/2\d\d/`, `/4\d\d/`, "$default"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if r.Select("404").Index != 1 {
			b.Fatal("wrong response")
		}
	}
}

// The error of a key quotes the key as its author wrote it.
func TestKeysAreQuotedAsWritten(t *testing.T) {
	for _, key := range []string{"/2[/", "/(/", "/)/", "/a)|(b/", `/2\d{/`, `/\/`, `/a**/`, `/[z-a]/`, `/\u0041(/`, "/(?<name>/", `/(?!x)/`} {
		err := selection.CheckResponseKey(key)
		if err == nil {
			continue // RE2 takes it
		}
		for _, ours := range []string{`\z`, `\A`, "(?s)", `\x{`} {
			if strings.Contains(err.Error(), ours) {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
	if err := selection.CheckResponseKey("/2[/"); err == nil || !strings.Contains(err.Error(), "missing closing ]: `[`") {
		t.Errorf("/2[/: %v", err)
	}
}
