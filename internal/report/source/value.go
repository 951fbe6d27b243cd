package source

import (
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// plain brings a driver's own types down to what a [Cursor] has. A number that a
// float64 or int64 cannot hold becomes its text, which the column's format reads.
func plain(value any) (any, error) {
	switch v := value.(type) {
	case nil, int64, float64, bool, []byte, string, time.Time:
		return v, nil
	case int8:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case uint8:
		return int64(v), nil
	case uint16:
		return int64(v), nil
	case uint32:
		return int64(v), nil
	case uint64:
		return wide(v), nil
	case float32: // as it reads: 0.1 and not 0.10000000149
		return strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	case [16]byte:
		return fmt.Sprintf("%x-%x-%x-%x-%x", v[0:4], v[4:6], v[6:8], v[8:10], v[10:]), nil
	case driver.Valuer:
		return v.Value()
	}
	return fmt.Sprint(value), nil
}

func wide(n uint64) any {
	if n > math.MaxInt64 {
		return strconv.FormatUint(n, 10)
	}
	return int64(n)
}

// bits reads MySQL's BIT, 1 to 8 bytes with the highest first.
func bits(raw []byte) any {
	var padded [8]byte
	if len(raw) > len(padded) {
		return raw
	}
	copy(padded[len(padded)-len(raw):], raw)
	return wide(binary.BigEndian.Uint64(padded[:]))
}

// uniqueIdentifier spells SQL Server's UNIQUEIDENTIFIER, whose first three groups
// come lowest byte first.
func uniqueIdentifier(raw []byte) any {
	var id mssql.UniqueIdentifier
	if err := id.Scan(raw); err != nil {
		return raw
	}
	return id.String()
}
