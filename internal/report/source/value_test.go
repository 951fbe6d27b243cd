package source_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/source"
)

func TestValuesBecomePlain(t *testing.T) {
	now := time.Now()
	for _, test := range []struct{ given, want any }{
		{nil, nil},
		{int64(-1), int64(-1)},
		{int8(-1), int64(-1)},
		{int16(-1), int64(-1)},
		{int32(-1), int64(-1)},
		{uint8(255), int64(255)},
		{uint16(65535), int64(65535)},
		{uint32(4294967295), int64(4294967295)},
		{uint64(9223372036854775807), int64(9223372036854775807)},
		{uint64(18446744073709551615), "18446744073709551615"},
		{float32(0.1), 0.1},
		{2.5, 2.5},
		{true, true},
		{"x", "x"},
		{now, now},
		{[16]byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}, "01234567-89ab-cdef-0123-456789abcdef"},
	} {
		if got, err := source.Plain(test.given); err != nil || !cmp.Equal(got, test.want) {
			t.Errorf("%T %v became %T %v, %v", test.given, test.given, got, got, err)
		}
	}
}

func TestBits(t *testing.T) {
	for _, test := range []struct {
		raw  []byte
		want any
	}{
		{[]byte{1}, int64(1)},
		{[]byte{2, 1}, int64(513)},
		{nil, int64(0)},
		{[]byte{255, 255, 255, 255, 255, 255, 255, 255}, "18446744073709551615"},
		{make([]byte, 9), make([]byte, 9)},
	} {
		if got := source.Bits(test.raw); !cmp.Equal(got, test.want) {
			t.Errorf("%v became %v", test.raw, got)
		}
	}
}

// SQL Server cannot be had where the tests run (A-REPORT-6); what can be held is what
// its driver is given, and the one type that it hands over raw.
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
		if diff := cmp.Diff(want, parsed.Query()); diff != "" || parsed.User.String() != "u:p" {
			t.Errorf("%s (-want +got):\n%s", dsn, diff)
		}
	}
	raw := []byte{0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0xef, 0xcd, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}
	if got := source.UniqueIdentifier(raw); got != "01234567-89AB-CDEF-0123-456789ABCDEF" {
		t.Errorf("a UNIQUEIDENTIFIER reads %v", got)
	}
}
