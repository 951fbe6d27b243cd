package source

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// describeTimeout bounds [Source.Describe].
const describeTimeout = 15 * time.Second

// Describe has the database read a query without running it, for 15 seconds at most; isList
// tells which parameters take several values. The columns are nil where the database does not
// tell them.
func (s *Source) Describe(ctx context.Context, sql string, isList func(name string) bool) (columns []string, err error) {
	late := language.Errorf("source.failed", "name", s.name, "kind", ErrUnavailable, "why", language.Errorf("source.late", "time", describeTimeout))
	ctx, cancel := context.WithTimeoutCause(ctx, describeTimeout, late)
	defer cancel()
	run, err := s.prepare(s.unbound(sql, isList))
	if err != nil {
		return nil, err
	}
	columns, err = s.reader.describe(ctx, run)
	return columns, located(s.explain(ctx, err), err, run.text)
}

// unbound is a query whose parameters have no values.
func (s *Source) unbound(sql string, isList func(name string) bool) Query {
	query := Query{SQL: sql, Values: map[string]value.Value{}, Lists: map[string][]value.Value{}, Timeout: describeTimeout}
	names, _, _ := s.Parameters(sql) // what is wrong is found when it is prepared
	for _, name := range names {
		if isList(name) {
			query.Lists[name] = nil
		} else {
			query.Values[name] = value.Value{}
		}
	}
	return query
}

func (g *sqlReader) describe(ctx context.Context, run run) ([]string, error) {
	bound, err := arguments(run)
	if err != nil {
		return nil, err
	}
	connection, err := g.pool.Conn(ctx)
	if err != nil {
		return nil, g.named(unreachable{err})
	}
	walk := &sqlWalk{of: g, connection: connection, abandon: func() {}, disarm: func() {}}
	defer walk.close()
	if err := walk.begin(ctx, run); err != nil {
		return nil, g.named(err)
	}
	columns, err := g.columns(ctx, walk.tx, run.text, bound)
	return columns, g.named(err)
}

// sqliteColumns: the engine stops at a LIMIT of 0 before it reads a row.
func sqliteColumns(ctx context.Context, tx *sql.Tx, text string, bound []any) ([]string, error) {
	return columnsOf(ctx, tx, "SELECT * FROM (\n"+text+"\n) LIMIT 0", bound)
}

// mysqlColumns prepares the query, whose columns the driver does not tell. Those of a query
// around it, of which the server does not read a row, are the same; where it takes no such
// query, for it has two columns of one name, they are not told.
func mysqlColumns(ctx context.Context, tx *sql.Tx, text string, bound []any) ([]string, error) {
	prepared, err := tx.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	_ = prepared.Close() // the connection is closed, too
	columns, err := columnsOf(ctx, tx, "SELECT * FROM (\n"+text+"\n) described LIMIT 0", bound)
	if mysqlCode(err) == 1060 {
		return nil, nil
	}
	return columns, err
}

func columnsOf(ctx context.Context, tx *sql.Tx, text string, bound []any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, text, bound...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

// sqlServerColumns asks the server what it would return. Parameters without a value are texts
// there. Source: Microsoft, "sp_describe_first_result_set (Transact-SQL)".
func sqlServerColumns(ctx context.Context, tx *sql.Tx, text string, bound []any) (columns []string, err error) {
	declared := make([]string, len(bound))
	for i := range bound {
		declared[i] = fmt.Sprintf("@p%d nvarchar(4000)", i+1)
	}
	rows, err := tx.QueryContext(ctx, "EXEC sys.sp_describe_first_result_set @tsql = @p1, @params = @p2", text, strings.Join(declared, ", "))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	members, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var name sql.NullString
		targets := make([]any, len(members))
		for i := range targets {
			if targets[i] = new(any); members[i] == "name" {
				targets[i] = &name
			}
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		columns = append(columns, name.String)
	}
	return columns, rows.Err()
}
