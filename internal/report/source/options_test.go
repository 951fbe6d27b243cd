package source_test

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// rotates changes a login's password, in the database and then in the file: queries are refused
// between the two, in a way that is worth another attempt, and taken afterwards without anything
// being opened again.
func rotates(t *testing.T, address string, change func(password string)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "password")
	write := func(password string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change("geheim/1?&")
	write("geheim/1?&")
	opened, err := source.Open("shop", address+"?timezone=UTC&password-file="+url.PathEscape(file))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	ask := func() error { _, err := drain(t.Context(), opened, "select 1", time.Minute); return err }
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	change("geheim2")
	if err := ask(); !errors.Is(err, source.ErrPassword) || errors.Is(err, source.ErrLogin) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("with the password of before: %v", err)
	}
	write("geheim2")
	if err := ask(); err != nil {
		t.Errorf("with the password of now: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := ask(); !errors.Is(err, source.ErrUnavailable) {
		t.Errorf("without the file: %v", err)
	}
}

func postgresRotates(t *testing.T, address string) {
	admin, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	run := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	var rules string
	if err := admin.QueryRow(t.Context(), "SHOW hba_file").Scan(&rules); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(rules)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(rules, append([]byte("host all rotated 127.0.0.1/32 scram-sha-256\n"), content...), 0o600); err != nil {
		t.Fatal(err)
	}
	run("SELECT pg_reload_conf()")
	run("CREATE ROLE rotated LOGIN")
	rotates(t, strings.Replace(address, "reports@", "rotated@", 1), func(password string) { run("ALTER ROLE rotated PASSWORD '" + password + "'") })
}

func mariadbRotates(t *testing.T, address string, admin *sql.DB) {
	run := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(sql); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE USER rotated@'127.0.0.1'")
	run("GRANT SELECT ON shop.* TO rotated@'127.0.0.1'")
	rotates(t, strings.Replace(address, "root@", "rotated@", 1), func(password string) { run("ALTER USER rotated@'127.0.0.1' IDENTIFIED BY '" + password + "'") })
}

func TestAPasswordFileIsCheckedAtTheStart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("geheim"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"postgres", "mysql", "sqlserver"} {
		for address, says := range map[string]string{
			"://u@127.0.0.1:1/db?password-file=" + file:               "",
			"://u:p@127.0.0.1:1/db?password-file=" + file:             "leave that one out",
			"://u@127.0.0.1:1/db?password-file=" + file + "-none":     "no such file",
			"://u@127.0.0.1:1/db?password-file=" + filepath.Dir(file): "no regular file",
			"://u@127.0.0.1:1/db?password-file=%zz":                   "the option password-file cannot be read",
		} {
			if scheme == "sqlserver" {
				address = strings.Replace(address, "/db?", "?database=db&", 1)
			}
			opened, err := source.Open("shop", scheme+address)
			if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
				t.Errorf("%s%s: %v", scheme, address, err)
			}
			if err != nil {
				continue
			}
			if _, err := drain(t.Context(), opened, "select 1", time.Minute); !errors.Is(err, source.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%s: %v", scheme, err)
			}
			_ = opened.Close() // only read
		}
	}
}
