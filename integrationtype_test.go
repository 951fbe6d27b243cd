package pasarela_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/pasarela-ws/pasarela"
)

// TestTheConsoleOffersEveryIntegrationType fails where a type was added to the table and
// not to the console's form.
func TestTheConsoleOffersEveryIntegrationType(t *testing.T) {
	page, err := os.ReadFile("internal/console/web/src/pages/apis/Integrations.tsx")
	if err != nil {
		t.Fatal(err)
	}
	field := regexp.MustCompile(`(?s)const integrationTypes: Option\[\] = \[.*?\n\];`).Find(page)
	var offered []string
	for _, option := range regexp.MustCompile(`value: '(\w+)'`).FindAllSubmatch(field, -1) {
		offered = append(offered, string(option[1]))
	}
	known := pasarela.IntegrationTypeNames()
	slices.Sort(offered)
	slices.Sort(known)
	if !slices.Equal(offered, known) {
		t.Errorf("the console offers %q, integrationtype.go has %q", offered, known)
	}
}
