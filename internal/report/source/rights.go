package source

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
)

// shownRights bounds what [Source.Writes] lists.
const shownRights = 5

// rightsQueries list what a login can write, by dialect. Rights of PostgreSQL include
// those by roles; those of MySQL and MariaDB are the login's own, see grantedWrites.
var rightsQueries = map[statement.Dialect]string{
	statement.PostgreSQL: `SELECT may FROM (
SELECT 1 AS place, 'superuser'::text AS may FROM pg_catalog.pg_roles WHERE rolname = current_user AND rolsuper
UNION ALL SELECT 2, 'write ' || n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND left(n.nspname, 3) <> 'pg_'
AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
) rights ORDER BY place, may`,
	statement.MySQL: `SELECT may FROM (
SELECT CONCAT(privilege_type, ' ON *.*') AS may, grantee, privilege_type FROM information_schema.user_privileges
UNION ALL SELECT CONCAT(privilege_type, ' ON ', table_schema, '.*'), grantee, privilege_type FROM information_schema.schema_privileges
UNION ALL SELECT CONCAT(privilege_type, ' ON ', table_schema, '.', table_name), grantee, privilege_type FROM information_schema.table_privileges
) rights WHERE grantee = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')
AND privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'FILE', 'SUPER', 'SYSTEM_VARIABLES_ADMIN') ORDER BY may`,
}

// functionsQuery lists the stored functions of MySQL and MariaDB declared as MODIFIES SQL
// DATA, among those that the login can see, which are those that it may call.
const functionsQuery = `SELECT CONCAT('function ', routine_schema, '.', routine_name) AS may FROM information_schema.routines
WHERE routine_type = 'FUNCTION' AND sql_data_access = 'MODIFIES SQL DATA' AND routine_schema NOT IN ('sys', 'mysql') ORDER BY may`

// Writes lists what the source's login could write without the restrictions that
// this package puts on queries, at most five rights; none for a database whose
// rights are not asked.
func (s *Source) Writes(ctx context.Context) ([]string, error) {
	sql, known := rightsQueries[s.Dialect()]
	if !known {
		return nil, nil
	}
	if s.Dialect() != statement.MySQL {
		rights, err := s.rights(ctx, sql)
		return firstOf(rights), err
	}
	grants, err := s.rights(ctx, "SHOW GRANTS")
	rights := grantedWrites(grants)
	if err != nil { // a server that prepares no SHOW GRANTS
		rights, err = s.rights(ctx, sql)
	}
	if err != nil {
		return nil, err
	}
	functions, err := s.rights(ctx, functionsQuery)
	return firstOf(append(rights, functions...)), err
}

// firstOf is the rights that are shown.
func firstOf(rights []string) []string { return rights[:min(len(rights), shownRights)] }

// maxGrants bounds what is read of a login's rights.
const maxGrants = 1000

// rights reads a query of this package, of one column.
func (s *Source) rights(ctx context.Context, sql string) (rights []string, err error) {
	cursor, err := s.open(ctx, run{text: sql, timeout: countTimeout, zone: s.options.zone})
	if err != nil {
		return nil, err
	}
	defer cursor.Close()
	for len(rights) < maxGrants {
		row, err := cursor.Next()
		if err != nil || row == nil {
			return rights, err
		}
		rights = append(rights, row[0].String())
	}
	return rights, nil
}

// grant is a line of SHOW GRANTS, which has those by roles in use too: the privileges, with
// the columns that some are for, and what they are on.
var grant = regexp.MustCompile("^GRANT (.+) ON (.+) TO [`'\"]")

// writing are the privileges of MySQL and MariaDB that write, as SHOW GRANTS names them.
var writing = []string{
	"ALL PRIVILEGES", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "FILE", "SUPER", "SYSTEM_VARIABLES_ADMIN", "GRANT OPTION", "CREATE ROUTINE", "TRIGGER",
}

// columns are those in parentheses that a privilege is for.
var columns = regexp.MustCompile(`\s*\([^)]*\)`)

// grantedWrites are the rights to write in the lines of SHOW GRANTS.
func grantedWrites(grants []string) (rights []string) {
	for _, line := range grants {
		found := grant.FindStringSubmatch(line)
		if found == nil {
			continue // a role, whose rights have lines of their own
		}
		for privilege := range strings.SplitSeq(columns.ReplaceAllString(found[1], ""), ", ") {
			if slices.Contains(writing, privilege) {
				rights = append(rights, privilege+" ON "+strings.ReplaceAll(found[2], "`", ""))
			}
		}
	}
	slices.Sort(rights)
	return rights
}
