package source

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// unknown is the error for a type that a driver is not expected to give: it is
// not guessed.
func unknown(given any) error {
	return fmt.Errorf("values of this type cannot be put into a report (the driver gives %T); cast it to text in the query", given)
}

// plain reads values whose Go type alone determines them, whatever the column's
// type.
func plain(given any) (value.Value, error) {
	switch v := given.(type) {
	case int64:
		return value.OfInt(v), nil
	case uint64:
		return value.OfUint(v), nil
	case float64:
		return value.OfDouble(v), nil
	case float32:
		return value.OfFloat(v), nil
	case bool:
		return value.OfBool(v), nil
	case string:
		return value.OfText(v), nil
	}
	return value.Value{}, unknown(given)
}

// ofText reads a driver's bytes or string with one function, and all else plainly.
func ofText(read func(text string) (value.Value, error)) func(any) (value.Value, error) {
	return func(given any) (value.Value, error) {
		switch v := given.(type) {
		case []byte:
			return read(string(v))
		case string:
			return read(v)
		}
		return plain(given)
	}
}

func asText(text string) (value.Value, error)    { return value.OfText(text), nil }
func asDecimal(text string) (value.Value, error) { return value.OfDecimal(text), nil }
func asDate(text string) (value.Value, error)    { return value.OfDate(text), nil }
func asMoment(text string) (value.Value, error)  { return value.OfTimestamp(text), nil }

func asInteger(text string) (value.Value, error) {
	read, ok := value.OfInteger(text)
	if !ok {
		return value.Value{}, fmt.Errorf("%q is no integer", text)
	}
	return read, nil
}

func asKind(kind value.Kind) func(string) (value.Value, error) {
	return func(text string) (value.Value, error) { return value.Value{Kind: kind, Text: text}, nil }
}

// asBytes writes binary data as the hexadecimal literal of MySQL and SQL Server.
func asBytes(raw string) (value.Value, error) {
	return value.Value{Kind: value.Bytes, Text: "0x" + strings.ToUpper(hex.EncodeToString([]byte(raw)))}, nil
}

// asBits reads MySQL's BIT, 1 to 8 bytes with the highest first.
func asBits(raw string) (value.Value, error) {
	var padded [8]byte
	if len(raw) > len(padded) {
		return value.Value{}, fmt.Errorf("%d bytes for at most 64 bits", len(raw))
	}
	copy(padded[len(padded)-len(raw):], raw)
	return value.OfUint(binary.BigEndian.Uint64(padded[:])), nil
}

// mysqlReading chooses by the names of the driver's mysqlField.typeDatabaseName. Its
// prepared statements give numbers as such, and dates and times as text.
func mysqlReading(kind string, _ value.Zone) func(any) (value.Value, error) {
	switch {
	case kind == "BIT":
		return ofText(asBits)
	case kind == "DECIMAL":
		return ofText(asDecimal)
	case strings.HasSuffix(kind, "INT") || kind == "YEAR": // with UNSIGNED before it
		return ofText(asInteger)
	case kind == "DATE":
		return ofText(asDate)
	case kind == "DATETIME" || kind == "TIMESTAMP":
		return ofText(asMoment)
	case kind == "TIME":
		return ofText(asKind(value.Time))
	case kind == "JSON":
		return ofText(asKind(value.JSON))
	case slices.Contains([]string{"BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "GEOMETRY", "VECTOR"}, kind):
		return ofText(asBytes)
	case slices.Contains([]string{"CHAR", "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET", "NULL"}, kind):
		return ofText(asText)
	}
	return plain
}

// sqliteReading: a value has a type, its column only says what it should be. The
// driver makes times of texts in columns that were declared as such.
func sqliteReading(kind string, _ value.Zone) func(any) (value.Value, error) {
	return func(given any) (value.Value, error) {
		switch v := given.(type) {
		case []byte:
			return asBytes(string(v))
		case time.Time:
			if v.Equal(v.Truncate(24*time.Hour)) && v.Location() == time.UTC && kind == "DATE" {
				return moment(value.Date, v, false), nil
			}
			return moment(value.Timestamp, v, v.Location() != time.UTC), nil
		}
		return plain(given)
	}
}

// sqlServerReading chooses by the names of go-mssqldb's makeGoLangTypeName.
func sqlServerReading(kind string, zone value.Zone) func(any) (value.Value, error) {
	switch kind {
	case "DECIMAL", "NUMERIC", "MONEY", "SMALLMONEY":
		return ofText(asDecimal)
	case "UNIQUEIDENTIFIER":
		return ofText(uniqueIdentifier)
	case "BINARY", "VARBINARY", "IMAGE", "TIMESTAMP", "ROWVERSION", "UDT":
		return ofText(asBytes)
	case "REAL":
		return func(given any) (value.Value, error) {
			if n, ok := given.(float64); ok {
				return value.OfFloat(float32(n)), nil
			}
			return plain(given)
		}
	case "DATE":
		return ofTime(func(t time.Time) value.Value { return moment(value.Date, t, false) })
	case "TIME":
		return ofTime(func(t time.Time) value.Value {
			return value.Value{Kind: value.Time, Text: value.OfTime(t, false).Clock()}
		})
	case "DATETIMEOFFSET":
		return ofTime(func(t time.Time) value.Value { return moment(value.Timestamp, t.In(zone.Location()), true) })
	case "DATETIME", "DATETIME2", "SMALLDATETIME":
		return ofTime(func(t time.Time) value.Value { return moment(value.Timestamp, t, false) })
	}
	return plain
}

func ofTime(read func(time.Time) value.Value) func(any) (value.Value, error) {
	return func(given any) (value.Value, error) {
		if t, ok := given.(time.Time); ok {
			return read(t), nil
		}
		return plain(given)
	}
}

// uniqueIdentifier spells SQL Server's UNIQUEIDENTIFIER, whose first three groups
// come lowest byte first.
func uniqueIdentifier(raw string) (value.Value, error) {
	var id mssql.UniqueIdentifier
	if err := id.Scan([]byte(raw)); err != nil {
		return value.Value{}, err
	}
	return value.OfText(id.String()), nil
}
