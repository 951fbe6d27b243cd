package source

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
)

const (
	// maxTableColumns bounds what [Source.Tables] reads.
	maxTableColumns = 4000
	tablesTimeout   = 10 * time.Second
)

// A Table is a table or view of a database, as a query may name it.
type Table struct {
	Name    string        `json:"name"`
	Columns []TableColumn `json:"columns"`
}

// A TableColumn has its type as the database writes it.
type TableColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// tablesQueries list a schema, unless it is the login's own, a table, a column and its type, by dialect.
var tablesQueries = map[statement.Dialect]string{
	statement.SQLite: `SELECT '' AS place, m.name AS table_name, p.name AS column_name, p.type AS column_type FROM sqlite_master m JOIN pragma_table_info(m.name) p
WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY m.name, p.cid`,
	statement.PostgreSQL: `SELECT CASE WHEN table_schema = current_schema() THEN '' ELSE table_schema::text END AS place, table_name::text, column_name::text, data_type::text FROM information_schema.columns
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY table_schema <> current_schema(), table_schema, table_name, ordinal_position`,
	statement.MySQL: `SELECT CASE WHEN table_schema = DATABASE() THEN '' ELSE table_schema END AS place, table_name AS table_name, column_name AS column_name, data_type AS data_type FROM information_schema.columns
WHERE table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema') ORDER BY table_schema <> DATABASE(), table_schema, table_name, ordinal_position`,
	statement.SQLServer: `SELECT CASE WHEN TABLE_SCHEMA = SCHEMA_NAME() THEN '' ELSE TABLE_SCHEMA END AS place, TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS
ORDER BY 1, TABLE_NAME, ORDINAL_POSITION`,
}

// Tables lists the tables and views that the source's login can see, with their columns:
// 4,000 of these at most. whole is false where there are more.
func (s *Source) Tables(ctx context.Context) (all []Table, whole bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, tablesTimeout)
	defer cancel()
	cursor, err := s.open(ctx, run{text: tablesQueries[s.Dialect()], timeout: tablesTimeout, zone: s.Zone()})
	if err != nil {
		return nil, false, err
	}
	defer cursor.Close()
	for range maxTableColumns {
		row, err := cursor.Next()
		if err != nil || row == nil {
			return all, true, err
		}
		name := row[1].String()
		if place := row[0].String(); place != "" {
			name = place + "." + name
		}
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, Table{Name: name})
		}
		of := &all[len(all)-1]
		of.Columns = append(of.Columns, TableColumn{row[2].String(), row[3].String()})
	}
	row, err := cursor.Next()
	return all, row == nil, err
}
