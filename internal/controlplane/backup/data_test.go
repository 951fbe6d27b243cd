package backup_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
)

// Data that is too long for a file is listed in it, and the rest is restored.
func TestWhatIsTooLongIsListed(t *testing.T) {
	from, _ := full(t)
	from.MaxData = 100 // bytes: the code and the short object
	text := must(from.Export(t.Context(), true))(t)
	want := []string{"buckets[deployments].objects[a/long]"}
	if got := must(backup.OmittedOf(text))(t); !slices.Equal(got, want) {
		t.Errorf("listed are %q", got)
	}
	to := empty(t)
	plan := must(to.Apply(t.Context(), text, false))(t)
	if !slices.Equal(plan.Omitted, want) || !strings.Contains(plan.String(), "! "+want[0]+"\n") {
		t.Errorf("the plan does not say what is missing:\n%s", plan)
	}
	objects := must(to.Objects.Read(t.Context(), true))(t)[0].Objects
	if len(objects) != 1 || objects[0].Key != "b: short\n" || string(must(to.Objects.Bytes(t.Context(), "deployments", objects[0].Key))(t)) != "short" {
		t.Errorf("back came %+v", objects)
	}
	if again := must(from.Apply(t.Context(), text, true))(t); !again.Empty() { // it has the long one
		t.Errorf("where it came from it would change\n%s", again)
	}
}

// A file without secrets lacks values and code, which the server that wrote it has.
func TestAFileWithoutSecretsIsForTheServerThatHasThem(t *testing.T) {
	from, _ := full(t)
	text := string(must(from.Export(t.Context(), false))(t))
	if plan := must(from.Plan(t.Context(), []byte(text), true))(t); !plan.Empty() {
		t.Errorf("where it came from it would change\n%s", plan)
	}
	function := text[strings.Index(text, "\nfunctions:"):]
	for name, part := range map[string]struct{ file, want string }{
		"SecureString": {text, "parameters[/chat/word]: version 1 has no value"},
		"code":         {"pasarela: 1" + function, "functions[hello]: the file does not have its code"},
	} {
		if _, err := empty(t).Plan(t.Context(), []byte(part.file), false); err == nil || !strings.Contains(err.Error(), part.want) || !strings.Contains(err.Error(), "--secrets") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Parts that a file does not have are left alone, also by pruning; of those that it has,
// everything else goes.
func TestPruningTouchesThePartsOfTheFile(t *testing.T) {
	s, _ := full(t)
	for _, step := range []struct {
		file string
		want string // kept
		gone string
	}{
		{"pasarela: 1\n", "functions[hello] stacks[arn:", ""},
		{"pasarela: 1\nfunctions: []\n", "parameters[/chat/url] buckets[deployments]", "functions[hello]"},
		{"pasarela: 1\nbuckets: [{name: deployments}]\nparameters: []\n", "buckets[deployments]", "parameters[/chat/url]"},
		{"pasarela: 1\nbuckets: []\nstacks: []\n", "", "buckets[deployments] stacks[arn:"},
	} {
		must(s.Apply(t.Context(), []byte(step.file), true))(t)
		whole := must(s.Export(t.Context(), true))(t)
		back := must(empty(t).Plan(t.Context(), whole, false))(t).String()
		for _, name := range strings.Fields(step.want) {
			if !strings.Contains(back, "+ "+name) {
				t.Errorf("%q: %s is gone; there is\n%s", step.file, name, back)
			}
		}
		for _, name := range strings.Fields(step.gone) {
			if strings.Contains(back, "+ "+name) {
				t.Errorf("%q: %s is there; there is\n%s", step.file, name, back)
			}
		}
	}
}

// Mistakes in the parts of stacks are reported by name.
func TestMistakesInPartsOfStacks(t *testing.T) {
	from, _ := full(t)
	text := string(must(from.Export(t.Context(), true))(t))
	for name, edit := range map[string]struct{ from, to, want string }{
		"edited bytes": {"c2hvcnQ=", "c2hvcnU=", "they were damaged or edited"},
		"no bytes":     {"c2hvcnQ=", "", "does not have its bytes|damaged"},
		"runtime":      {"runtime: provided.al2023", "runtime: cobol", "functions[hello]: The runtime cobol does not run here"},
		"id":           {"stack/chat/7a0e", "stack/other/7a0e", "stacks: entry 0 must have a name of its own"},
		"no versions":  {"type: String\n", "type: Text\n", "parameters[/chat/url]: it must be a String"},
		"size":         {"size: 5\n", "size: 6\n", "its size (5 bytes)"},
	} {
		broken := strings.Replace(text, edit.from, edit.to, 1)
		if broken == text {
			t.Errorf("%s: %q is not in the file", name, edit.from)
		}
		_, err := empty(t).Plan(t.Context(), []byte(broken), false)
		if err == nil || !slices.ContainsFunc(strings.Split(edit.want, "|"), func(want string) bool { return strings.Contains(err.Error(), want) }) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
