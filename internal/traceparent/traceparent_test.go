package traceparent_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

func TestContexts(t *testing.T) {
	const given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	cases := []struct {
		text           string
		valid, sampled bool
	}{
		{given, true, true},
		{given[:54] + "0", true, false},
		{given[:53] + "ff", true, true},
		{"", false, false},
		{"01" + given[2:], false, false},
		{given[:54] + "g", false, false},
		{"00-00000000000000000000000000000000-b7ad6b7169203331-01", false, false},
		{"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false, false},
		{"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false, false},
	}
	for _, c := range cases {
		if got := traceparent.Valid(c.text); got != c.valid {
			t.Errorf("%q valid: %t", c.text, got)
		}
		if c.valid && traceparent.Sampled(c.text) != c.sampled {
			t.Errorf("%q sampled: %t", c.text, !c.sampled)
		}
	}
	child := traceparent.Child(given)
	if !traceparent.Valid(child) || child[:36] != given[:36] || child[36:52] == given[36:52] || child[52:] != given[52:] {
		t.Errorf("the child of %s is %s", given, child)
	}
	for _, sampled := range []bool{true, false} {
		first, second := traceparent.New(sampled), traceparent.New(sampled)
		if !traceparent.Valid(first) || traceparent.Sampled(first) != sampled || first == second {
			t.Errorf("new contexts are %s and %s", first, second)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		traceparent.New(false)
	}
}
