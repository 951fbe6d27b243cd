package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
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
