package traceparent_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

func FuzzTraceparent(f *testing.F) {
	f.Add("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	f.Fuzz(func(t *testing.T, text string) {
		if traceparent.Valid(text) && !traceparent.Valid(traceparent.Child(text)) {
			t.Errorf("the child of %q is %q", text, traceparent.Child(text))
		}
	})
}
