package policy_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// TestGlobsAgainstRegularExpressions: a resource pattern is the regular
// expression with .* for a star and . for a question mark.
func TestGlobsAgainstRegularExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tail := rapid.StringOfN(rapid.SampledFrom([]rune("ab*?/ñ")), 0, 12, -1).Draw(t, "pattern")
		text := "arn:aws:s3:::" + rapid.StringOfN(rapid.SampledFrom([]rune("ab/ñ")), 0, 12, -1).Draw(t, "text")
		pattern := "arn:aws:s3:::" + tail
		d, err := policy.Parse(statement(`"Effect":"Allow","Action":"s3:`+strings.ReplaceAll(tail, "/", "x")+`","Resource":"`+pattern+`"`), policy.Identity)
		if err != nil {
			t.Fatal(err)
		}
		expression := func(glob string) *regexp.Regexp {
			quoted := regexp.QuoteMeta(glob)
			return regexp.MustCompile(`^(?s:` + strings.ReplaceAll(strings.ReplaceAll(quoted, `\*`, ".*"), `\?`, ".") + `)$`)
		}
		action := "S3:" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(text, "arn:aws:s3:::"), "/", "x"))
		want := expression(pattern).MatchString(text) &&
			expression(strings.ReplaceAll(tail, "/", "x")).MatchString(strings.ReplaceAll(strings.TrimPrefix(text, "arn:aws:s3:::"), "/", "x"))
		if strings.ContainsRune(action, 'Ñ') {
			return // actions fold ASCII only
		}
		v, _ := d.Evaluate(&policy.Request{Action: action, Resource: text})
		if (v == policy.Allowed) != want {
			t.Errorf("%q on %q: %v, want %v", pattern, text, v, want)
		}
	})
}
