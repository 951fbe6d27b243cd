package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// What the names of databases and folders follow in the environment's variables.
const (
	sourcePrefix = "REPORTS_SOURCE_"
	folderPrefix = "REPORTS_FOLDER_"
)

// usualDataDir is where data is kept that no flag says where: with the user's other
// data and not in whatever folder the program is started in, which may be a
// repository.
func usualDataDir() string {
	home, err := os.UserHomeDir()
	base := os.Getenv("XDG_DATA_HOME")
	if base == "" && err == nil {
		base = filepath.Join(home, ".local", "share")
		if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
			base, err = os.UserConfigDir()
		}
	}
	if base == "" || err != nil {
		return "reports-data" // a user without a home
	}
	return filepath.Join(base, "pasarela", "reports")
}

// readPairs reads addresses by name from flags, name=ADDRESS, and from the environment,
// where a password is not seen by every user of the machine.
func readPairs(flag, prefix string, flags []string) (map[string]string, error) {
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

// readBytes reads a size such as 500MB or 20GB; "" is 0.
func readBytes(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	for i, unit := range []string{"KB", "MB", "GB", "TB"} {
		if number, ok := strings.CutSuffix(strings.ToUpper(text), unit); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
			if err != nil || n <= 0 {
				break
			}
			return n << (10 * (i + 1)), nil
		}
	}
	return 0, language.Errorf("reports_program.size", "value", text)
}
