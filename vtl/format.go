package vtl

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

// format is String.format for the conversions that texts need: s S b d x X o c e
// E f g h n %.
func (r *Run) format(layout string, a arguments) Value {
	var out []byte
	next, last := 0, -1
	for {
		before, rest, found := strings.Cut(layout, "%")
		out = append(out, before...)
		if !found {
			return r.text(string(out))
		}
		d, size, err := javatext.ReadDirective(rest, r.limits.MaxString)
		if err != nil {
			if errors.Is(err, javatext.ErrTooWide) {
				r.fail(ErrStringTooLong)
			}
			var unfinished javatext.UnfinishedError
			if errors.As(err, &unfinished) {
				r.badFormat("format_unfinished", string(unfinished))
			}
			r.badFormat("format_width")
		}
		layout = rest[size:]
		switch d.Conversion {
		case 'n':
			out = append(out, '\n')
			continue
		case '%':
			out = d.Pad(out, "%")
			continue
		}
		at := d.Index - 1
		switch d.Index {
		case 0:
			at = next
			next++
		case -1:
			at = last
		}
		if at < 0 || at >= len(a) {
			r.badFormat("format_argument", rest[:size])
		}
		last = at
		out = r.formatValue(out, a[at], d)
		r.checkSize(len(out))
	}
}

func (r *Run) badFormat(id string, arguments ...string) { r.refuse("format", id, arguments...) }

// formatValue writes a value by one directive of String.format; an unknown one refuses as
// Java's UnknownFormatConversionException does.
func (r *Run) formatValue(out []byte, v Value, d javatext.Directive) []byte {
	var text string
	switch d.Lower() {
	case 's':
		text = d.Truncated(r.toString(v))
	case 'b':
		text = d.Truncated(strconv.FormatBool(v.kind == KindBoolean && v.bits != 0 || v.kind != KindBoolean && v.kind != KindNull))
	case 'h':
		e := effort{mapEffort}
		text = strconv.FormatUint(uint64(uint32(e.hash(v))), 16)
	default:
		if v.kind == KindNull {
			text = "null"
			break
		}
		switch d.Lower() {
		case 'c':
			text = r.formatChar(v)
		case 'd', 'x', 'o':
			return r.formatInteger(out, v, d)
		case 'e', 'f', 'g':
			return r.formatDouble(out, v, d)
		default:
			r.badFormat("format_unknown", string(rune(d.Conversion)))
		}
	}
	if d.Conversion != d.Lower() {
		text = javatext.ToUpper(text)
	}
	return d.Pad(out, text)
}

func (r *Run) formatChar(v Value) string {
	switch v.kind {
	case KindCharacter, KindByte, KindShort, KindInteger:
		return string(rune(v.bits))
	}
	r.badFormat("format_character")
	return ""
}

func (r *Run) formatInteger(out []byte, v Value, d javatext.Directive) []byte {
	if !v.isInteger() {
		r.badFormat("format_integer", string(rune(d.Conversion)))
	}
	if d.Conversion == 'd' {
		i := v.asBigInteger()
		return d.Signed(out, new(big.Int).Abs(i).String(), i.Sign() < 0)
	}
	radix := 16
	if d.Conversion == 'o' {
		radix = 8
	}
	text := unsignedText(v, radix)
	if d.Conversion == 'X' {
		text = strings.ToUpper(text)
	}
	return d.Signed(out, text, false)
}

// unsignedText is an integer as its bits, which is how Java formats x and o; a
// BigInteger has no such form and keeps its sign.
func unsignedText(v Value, radix int) string {
	switch v.kind {
	case KindBigInteger:
		return v.ref.(*big.Int).Text(radix)
	case KindLong:
		return strconv.FormatUint(v.bits, radix)
	}
	return strconv.FormatUint(uint64(uint32(v.bits)), radix)
}

func (r *Run) formatDouble(out []byte, v Value, d javatext.Directive) []byte {
	if v.kind != KindDouble && v.kind != KindFloat && v.kind != KindBigDecimal {
		r.badFormat("format_fraction", string(rune(d.Conversion)))
	}
	f := v.asDouble()
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return d.Pad(out, string(javanumber.AppendDouble(nil, f, 64)))
	}
	precision := d.Precision
	if precision < 0 {
		precision = 6
	}
	text := javanumber.FormatDouble(math.Abs(f), d.Lower(), precision)
	if d.Conversion <= 'Z' {
		text = strings.ToUpper(text)
	}
	return d.Signed(out, text, math.Signbit(f))
}
