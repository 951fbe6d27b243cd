package source

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
)

// shownRights bounds what [Source.Writes] lists.
const shownRights = 5

// rightsQueries list what a login can write, by dialect. Rights of PostgreSQL include
// those by roles; those of MySQL and MariaDB are the login's own.
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

// Writes lists what the source's login could write if the guards of reports were not
// there, at most five rights; none for a database whose rights are not asked.
func (s *Source) Writes(ctx context.Context) (rights []string, err error) {
	sql, known := rightsQueries[s.Dialect()]
	if !known {
		return nil, nil
	}
	cursor, err := s.Query(ctx, Query{SQL: sql, Timeout: countTimeout})
	if err != nil {
		return nil, err
	}
	defer cursor.Close()
	for len(rights) < shownRights {
		row, err := cursor.Next()
		if err != nil || row == nil {
			return rights, err
		}
		rights = append(rights, row[0].String())
	}
	return rights, nil
}
