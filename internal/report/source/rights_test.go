package source_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// writes are the rights to write of a login without password.
func writes(t *testing.T, address, login string) []string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if login != "" {
		parsed.User = url.User(login)
	}
	opened, err := source.Open("shop", parsed.String())
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	rights, err := opened.Writes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rights
}

// rightsOf makes logins by statements of the server and compares what they can write.
func rightsOf(t *testing.T, address string, execute func(statement string) error, statements []string, first map[string]string) {
	t.Helper()
	for _, statement := range statements {
		if err := execute(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for login, want := range first {
		rights := writes(t, address, login)
		if want == "" && len(rights) > 0 || want != "" && !slices.Contains(rights, want) {
			t.Errorf("the login %q can write %q, want %q", login, rights, want)
		}
	}
}

func mariadbRights(t *testing.T, address string, admin *sql.DB) {
	var statements []string
	for login, right := range map[string]string{"reader": "SELECT ON shop.*", "writer": "SELECT, INSERT ON shop.*", "seller": "UPDATE ON shop.sales"} {
		statements = append(statements, fmt.Sprintf("CREATE USER %s@'127.0.0.1'", login), fmt.Sprintf("GRANT %s TO %s@'127.0.0.1'", right, login))
	}
	statements = append(statements,
		"CREATE ROLE writers", "GRANT UPDATE (amount), DELETE ON shop.sales TO writers", "CREATE ROLE clerks", "GRANT writers TO clerks",
		"CREATE USER clerk@'127.0.0.1'", "GRANT SELECT ON shop.* TO clerk@'127.0.0.1'", "GRANT clerks TO clerk@'127.0.0.1'", "SET DEFAULT ROLE clerks FOR clerk@'127.0.0.1'",
		"CREATE FUNCTION shop.sell() RETURNS INT MODIFIES SQL DATA RETURN 1", "CREATE FUNCTION shop.look() RETURNS INT READS SQL DATA RETURN 1",
		"CREATE USER caller@'127.0.0.1'", "GRANT EXECUTE ON FUNCTION shop.sell TO caller@'127.0.0.1'", "GRANT SELECT ON shop.* TO caller@'127.0.0.1'",
		"CREATE USER looker@'127.0.0.1'", "GRANT EXECUTE ON FUNCTION shop.look TO looker@'127.0.0.1'", "GRANT SELECT ON shop.* TO looker@'127.0.0.1'",
	)
	execute := func(statement string) error { _, err := admin.ExecContext(t.Context(), statement); return err }
	rightsOf(t, address, execute, statements, map[string]string{
		"reader": "", "writer": "INSERT ON shop.*", "seller": "UPDATE ON shop.sales", "root": "ALL PRIVILEGES ON *.*",
		"clerk": "UPDATE ON shop.sales", "caller": "function shop.sell", "looker": "",
	})
}
