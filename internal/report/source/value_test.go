package source_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

func TestDriversValuesAreOneOfTheKinds(t *testing.T) {
	at := time.Date(2026, 2, 28, 23, 59, 58, 250e6, time.FixedZone("", 3600))
	madrid, err := value.ParseZone("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	type reading = func(string, value.Zone) func(any) (value.Value, error)
	for _, test := range []struct {
		reading reading
		kind    string
		given   any
		want    value.Kind
		text    string // "" for an error
	}{
		{source.MySQLReading, "BIT", []byte{2, 1}, value.Integer, "513"},
		{source.MySQLReading, "BIT", []byte{255, 255, 255, 255, 255, 255, 255, 255}, value.Integer, "18446744073709551615"},
		{source.MySQLReading, "BIT", make([]byte, 9), 0, ""},
		{source.MySQLReading, "UNSIGNED BIGINT", []byte("18446744073709551615"), value.Integer, "18446744073709551615"},
		{source.MySQLReading, "BIGINT", int64(-1), value.Integer, "-1"},
		{source.MySQLReading, "BIGINT", []byte("x"), 0, ""},
		{source.MySQLReading, "DECIMAL", []byte("-0.10"), value.Decimal, "-0.10"},
		{source.MySQLReading, "FLOAT", float32(0.1), value.Double, "0.1"},
		{source.MySQLReading, "DATE", []byte("0000-00-00"), value.Date, "0000-00-00"},
		{source.MySQLReading, "VARBINARY", []byte("\x00\xff"), value.Bytes, "0x00FF"},
		{source.MySQLReading, "", []byte("x"), 0, ""},
		{source.MySQLReading, "VARCHAR", struct{}{}, 0, ""},
		{source.SQLServerReading, "DECIMAL", []byte("1234567890123456789012.5"), value.Decimal, "1234567890123456789012.5"},
		{source.SQLServerReading, "MONEY", []byte("-12.3400"), value.Decimal, "-12.3400"},
		{source.SQLServerReading, "REAL", float64(float32(0.1)), value.Double, "0.1"},
		{source.SQLServerReading, "FLOAT", 1e6, value.Double, "1000000"},
		{source.SQLServerReading, "DATE", at, value.Date, "2026-02-28"},
		{source.SQLServerReading, "TIME", at, value.Time, "23:59:58.25"},
		{source.SQLServerReading, "DATETIME2", at, value.Timestamp, "2026-02-28 23:59:58.25"},
		{source.SQLServerReading, "DATETIMEOFFSET", at.UTC(), value.Timestamp, "2026-02-28 23:59:58.25+01"},
		{source.SQLServerReading, "UNIQUEIDENTIFIER", []byte{0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0xef, 0xcd, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}, value.Text, "01234567-89AB-CDEF-0123-456789ABCDEF"},
		{source.SQLServerReading, "VARBINARY", []byte("A"), value.Bytes, "0x41"},
		{source.SQLServerReading, "BIT", true, value.Bool, "true"},
		{source.SQLServerReading, "SQL_VARIANT", []byte("A"), 0, ""},
		{source.SQLServerReading, "GEOGRAPHY", []byte("A"), 0, ""},
		{source.SQLServerReading, "SQL_VARIANT", at, 0, ""},
		{source.SQLiteReading, "", []byte("A"), value.Bytes, "0x41"},
		{source.SQLiteReading, "DATE", time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), value.Date, "2026-02-28"},
		{source.SQLiteReading, "DATETIME", at.UTC(), value.Timestamp, "2026-02-28 22:59:58.25"},
		{source.SQLiteReading, "", []int{1}, 0, ""},
	} {
		got, err := test.reading(test.kind, madrid)(test.given)
		if (err == nil) != (test.text != "") || err == nil && (got.Kind != test.want || got.String() != test.text) {
			t.Errorf("%s %v became %s %q, %v", test.kind, test.given, got.Kind, got, err)
		}
	}
}

func TestMoney(t *testing.T) {
	for text, want := range map[string]string{"$35,675.71": "35675.71", "-$0.50": "-0.50", "1.234,50 €": "1234.50", "($1.00)": "-1.00", "$0.05": "0.05", "-92.233.720.368.547.758,08": "-92233720368547758.08"} {
		if got, err := source.ReadMoney(text, 2); err != nil || got.Text != want {
			t.Errorf("%s is %s, %v", text, got.Text, err)
		}
	}
	if got, err := source.ReadMoney("¥1,234", 0); err != nil || got.Text != "1234" {
		t.Errorf("it is %s, %v", got.Text, err)
	}
}

func TestTheModeOfASession(t *testing.T) {
	if got := source.ReadableMode("REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ANSI,NO_BACKSLASH_ESCAPES"); got != "REAL_AS_FLOAT,PIPES_AS_CONCAT,IGNORE_SPACE" {
		t.Errorf("it is %s", got)
	}
}

// SQL Server is not available where the tests run (A-REPORT-6); only the arguments of
// its driver are checked.
func TestSQLServerAddresses(t *testing.T) {
	for address, want := range map[string]url.Values{
		"sqlserver://u:p@h:1433?database=shop":                                 {"database": {"shop"}, "ApplicationIntent": {"ReadOnly"}, "dial timeout": {"10"}},
		"sqlserver://u:p@h/instance?database=shop&encrypt=true":                {"database": {"shop"}, "encrypt": {"true"}, "ApplicationIntent": {"ReadOnly"}, "dial timeout": {"10"}},
		"sqlserver://u:p@h?ApplicationIntent=ReadWrite&dial%20timeout=3&x=a+b": {"x": {"a b"}, "ApplicationIntent": {"ReadWrite"}, "dial timeout": {"3"}},
	} {
		dsn, err := source.SQLServerDSN(address)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, parsed.Query()); diff != "" || parsed.User.String() != "u:p" || !strings.HasPrefix(dsn, "sqlserver:") {
			t.Errorf("%s (-want +got):\n%s", dsn, diff)
		}
	}
}
