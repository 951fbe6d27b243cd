package commandline

import (
	"os"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// What the names of the report service's databases and folders follow in the environment's
// variables.
const (
	SourcePrefix = "REPORTS_SOURCE_"
	FolderPrefix = "REPORTS_FOLDER_"
)

// Pairs reads addresses by name from flags, name=ADDRESS, and from the environment,
// where a password is not seen by every user of the machine.
func Pairs(flag, prefix string, flags []string) (map[string]string, error) {
	addresses := map[string]string{}
	for _, setting := range os.Environ() {
		name, address, _ := strings.Cut(setting, "=")
		if name, ok := strings.CutPrefix(name, prefix); ok {
			addresses[strings.ToLower(name)] = address
		}
	}
	for _, pair := range flags {
		name, address, found := strings.Cut(pair, "=")
		if !found || name == "" || address == "" {
			return nil, language.Errorf("reports_program.name_pair", "flag", flag)
		}
		addresses[name] = address
	}
	return addresses, nil
}
