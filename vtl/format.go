package vtl

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// directive of a format: %[index$][flags][width][.precision]conversion.
type formatSpec struct {
	index      int // 0: the next argument, -1: the one before
	flags      string
	width      int
	precision  int // -1: none
	conversion byte
}

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
		spec, size := r.readSpec(rest)
		layout = rest[size:]
		switch spec.conversion {
		case 'n':
			out = append(out, '\n')
			continue
		case '%':
			out = r.pad(out, "%", spec)
			continue
		}
		at := spec.index - 1
		switch spec.index {
		case 0:
			at = next
			next++
		case -1:
			at = last
		}
		if at < 0 || at >= len(a) {
			r.badFormat("there is no argument for %" + rest[:size])
		}
		last = at
		out = r.formatValue(out, a[at], spec)
		r.room(len(out))
	}
}

func (r *Run) badFormat(reason string) { r.fail(&MethodError{"format", reason}) }

func (r *Run) readSpec(s string) (spec formatSpec, size int) {
	i := digits(s)
	if i > 0 && i < len(s) && s[i] == '$' {
		spec.index = r.formatNumber(s[:i])
		i++
	} else if strings.HasPrefix(s, "<") {
		spec.index = -1
		i = 1
	} else {
		i = 0
	}
	from := i
	for i < len(s) && strings.IndexByte("-#+ 0,(", s[i]) >= 0 {
		i++
	}
	spec.flags = s[from:i]
	if n := digits(s[i:]); n > 0 {
		spec.width = r.formatNumber(s[i : i+n])
		i += n
	}
	spec.precision = -1
	if i < len(s) && s[i] == '.' {
		n := digits(s[i+1:])
		spec.precision = r.formatNumber(s[i+1 : i+1+n])
		i += 1 + n
	}
	if i == len(s) {
		r.badFormat("the format ends inside of %" + s)
	}
	spec.conversion = s[i]
	return spec, i + 1
}

// formatNumber reads a width and keeps it within the longest string.
func (r *Run) formatNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		r.badFormat("a width or precision is missing or too large")
	}
	r.room(n)
	return n
}

func (s formatSpec) has(flag byte) bool { return strings.IndexByte(s.flags, flag) >= 0 }

func (r *Run) pad(out []byte, text string, spec formatSpec) []byte {
	fill := spec.width - utf8.RuneCountInString(text)
	if fill <= 0 {
		return append(out, text...)
	}
	if spec.has('-') {
		return append(append(out, text...), strings.Repeat(" ", fill)...)
	}
	return append(append(out, strings.Repeat(" ", fill)...), text...)
}

func (r *Run) formatValue(out []byte, v Value, spec formatSpec) []byte {
	lower := spec.conversion | 0x20
	var text string
	switch lower {
	case 's':
		text = r.truncated(r.toString(v), spec)
	case 'b':
		text = r.truncated(strconv.FormatBool(v.kind == KindBoolean && v.bits != 0 || v.kind != KindBoolean && v.kind != KindNull), spec)
	case 'h':
		e := effort{mapEffort}
		text = strconv.FormatUint(uint64(uint32(e.hash(v))), 16)
	default:
		if v.kind == KindNull {
			text = "null"
			break
		}
		switch lower {
		case 'c':
			text = r.formatChar(v)
		case 'd', 'x', 'o':
			return r.formatInteger(out, v, spec)
		case 'e', 'f', 'g':
			return r.formatDouble(out, v, spec)
		default:
			r.badFormat("%" + string(rune(spec.conversion)) + " is not known")
		}
	}
	if spec.conversion != lower {
		text = toUpper(text)
	}
	return r.pad(out, text, spec)
}

func (r *Run) truncated(text string, spec formatSpec) string {
	if spec.precision >= 0 && spec.precision < length16(text) {
		return slice16(text, 0, spec.precision)
	}
	return text
}

func (r *Run) formatChar(v Value) string {
	switch v.kind {
	case KindCharacter, KindByte, KindShort, KindInteger:
		return string(rune(v.bits))
	}
	r.badFormat("%c takes a character")
	return ""
}

func (r *Run) formatInteger(out []byte, v Value, spec formatSpec) []byte {
	if !v.isInteger() {
		r.badFormat("%" + string(rune(spec.conversion)) + " takes an integer")
	}
	var text string
	negative := false
	switch spec.conversion {
	case 'd':
		i := v.asBigInteger()
		negative = i.Sign() < 0
		text = new(big.Int).Abs(i).String()
	default:
		radix := 16
		if spec.conversion == 'o' {
			radix = 8
		}
		text = unsignedText(v, radix)
		if spec.conversion == 'X' {
			text = strings.ToUpper(text)
		}
	}
	return r.signed(out, text, negative, spec)
}

func unsignedText(v Value, radix int) string {
	switch v.kind {
	case KindBigInteger:
		return v.ref.(*big.Int).Text(radix)
	case KindLong:
		return strconv.FormatUint(v.bits, radix)
	}
	return strconv.FormatUint(uint64(uint32(v.bits)), radix)
}

// signed adds sign, grouping and zeros.
func (r *Run) signed(out []byte, text string, negative bool, spec formatSpec) []byte {
	if spec.has(',') {
		text = grouped(text)
	}
	before, after := "", ""
	switch {
	case negative && spec.has('('):
		before, after = "(", ")"
	case negative:
		before = "-"
	case spec.has('+'):
		before = "+"
	case spec.has(' '):
		before = " "
	case spec.has('#') && spec.conversion == 'x':
		before = "0x"
	}
	if spec.has('0') {
		if fill := spec.width - len(before) - len(text) - len(after); fill > 0 {
			text = strings.Repeat("0", fill) + text
		}
	}
	return r.pad(out, before+text+after, spec)
}

func grouped(text string) string {
	whole, part, found := strings.Cut(text, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if found {
		return b.String() + "." + part
	}
	return b.String()
}

func (r *Run) formatDouble(out []byte, v Value, spec formatSpec) []byte {
	if v.kind != KindDouble && v.kind != KindFloat && v.kind != KindBigDecimal {
		r.badFormat("%" + string(rune(spec.conversion)) + " takes a number with a fraction")
	}
	f := v.asDouble()
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return r.pad(out, string(appendDouble(nil, f, 64)), spec)
	}
	precision := spec.precision
	if precision < 0 {
		precision = 6
	}
	var text string
	magnitude := math.Abs(f)
	switch spec.conversion | 0x20 {
	case 'f':
		text = halfUp(magnitude, precision)
	case 'e':
		text = strconv.FormatFloat(magnitude, 'e', precision, 64)
	default:
		precision = max(precision, 1)
		if magnitude != 0 && (magnitude < 1e-4 || magnitude >= math.Pow10(precision)) {
			text = strconv.FormatFloat(magnitude, 'e', precision-1, 64)
		} else {
			whole := 1
			if magnitude >= 1 {
				whole = int(math.Log10(magnitude)) + 1
			}
			text = halfUp(magnitude, max(precision-whole, 0))
		}
	}
	if spec.conversion <= 'Z' {
		text = strings.ToUpper(text)
	}
	return r.signed(out, text, math.Signbit(f), spec)
}

// halfUp rounds the decimal text of a double half up, as Formatter does.
func halfUp(f float64, precision int) string {
	shortest := strconv.FormatFloat(f, 'f', -1, 64)
	whole, part, _ := strings.Cut(shortest, ".")
	if len(part) <= precision {
		part += strings.Repeat("0", precision-len(part))
	} else {
		i, _ := new(big.Int).SetString(whole+part[:precision], 10)
		if part[precision] >= '5' {
			i.Add(i, big.NewInt(1))
		}
		text := i.String()
		if len(text) <= precision {
			text = strings.Repeat("0", precision-len(text)+1) + text
		}
		whole, part = text[:len(text)-precision], text[len(text)-precision:]
	}
	if precision == 0 {
		return whole
	}
	return whole + "." + part
}
