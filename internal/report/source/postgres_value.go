package source

import (
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A postgresColumn is one column of a result and how to read its texts.
type postgresColumn struct {
	name string
	oid  uint32
	read func(raw []byte) (value.Value, error)
}

// reading chooses by the column's type. Whatever has no exact form of its own here
// (arrays, ranges, rows, geometry, ...) stays the server's text.
func (w *postgresWalk) reading(oid uint32) (func([]byte) (value.Value, error), error) {
	kinds := map[uint32]value.Kind{
		pgtype.ByteaOID: value.Bytes, pgtype.IntervalOID: value.Interval, pgtype.JSONOID: value.JSON, pgtype.JSONBOID: value.JSON,
		pgtype.TimeOID: value.Time, pgtype.TimetzOID: value.Time,
	}
	switch oid {
	case pgtype.BoolOID:
		return func(raw []byte) (value.Value, error) { return value.OfBool(string(raw) == "t"), nil }, nil
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID:
		return readInteger, nil
	case pgtype.NumericOID:
		return func(raw []byte) (value.Value, error) { return value.OfDecimal(string(raw)), nil }, nil
	case pgtype.Float4OID, pgtype.Float8OID:
		return readDouble, nil
	case pgtype.DateOID:
		return func(raw []byte) (value.Value, error) { return value.OfDate(string(raw)), nil }, nil
	case pgtype.TimestampOID, pgtype.TimestamptzOID:
		return func(raw []byte) (value.Value, error) { return value.OfTimestamp(string(raw)), nil }, nil
	case moneyOID:
		return w.money()
	}
	kind, ok := kinds[oid]
	if !ok {
		kind = value.Text
	}
	return func(raw []byte) (value.Value, error) { return value.Value{Kind: kind, Text: string(raw)}, nil }, nil
}

func readInteger(raw []byte) (value.Value, error) {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return value.OfInt(n), err
}

// readDouble reads the shortest text that stands for the number; "NaN" and
// "Infinity" are numbers, too.
func readDouble(raw []byte) (value.Value, error) {
	n, err := strconv.ParseFloat(string(raw), 64)
	return value.OfDouble(n), err
}

// moneyOID is the type money, which is a whole number of the smallest unit of the
// server's currency.
const moneyOID = 790

// money reads amounts in whatever way the server's locale writes them: "$1,234.50",
// "1.234,50 €", "(1,00)". Their digits and sign count, and the server says how many
// of the digits are decimals.
func (w *postgresWalk) money() (func([]byte) (value.Value, error), error) {
	asked := w.connection.ExecParams(w.ctx, "SELECT 0::money::numeric", nil, nil, nil, nil).Read()
	if asked.Err != nil {
		return nil, w.failed(asked.Err)
	}
	if len(asked.Rows) != 1 {
		return nil, errors.New("the server does not say how many decimals its money has")
	}
	_, decimals, _ := strings.Cut(string(asked.Rows[0][0]), ".")
	return func(raw []byte) (value.Value, error) { return readMoney(string(raw), len(decimals)) }, nil
}

func readMoney(text string, decimals int) (value.Value, error) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	if digits == "" {
		return value.Value{}, errors.New("an amount of money without digits")
	}
	digits = strings.Repeat("0", max(decimals+1-len(digits), 0)) + digits
	plain := digits[:len(digits)-decimals]
	if decimals > 0 {
		plain += "." + digits[len(digits)-decimals:]
	}
	if strings.ContainsAny(text, "-(") {
		plain = "-" + plain
	}
	return value.OfDecimal(plain), nil
}
