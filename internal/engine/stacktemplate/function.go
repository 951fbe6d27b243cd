package stacktemplate

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
)

// intrinsic is a function whose arguments are evaluated first.
type intrinsic struct {
	apply    func(s *Scope, arguments any) (any, error)
	lazy     bool // may be applied while some arguments are not known
	extended bool // of AWS::LanguageExtensions
}

var functions = map[string]intrinsic{
	"Fn::Join":         {apply: join},
	"Fn::Split":        {apply: split},
	"Fn::Select":       {apply: choose, lazy: true},
	"Fn::Base64":       {apply: encode64},
	"Fn::FindInMap":    {apply: findInMap},
	"Fn::ImportValue":  {apply: importValue},
	"Fn::GetAZs":       {apply: zones},
	"Fn::Cidr":         {apply: cidr},
	"Fn::Length":       {apply: length, extended: true},
	"Fn::ToJsonString": {apply: toJSON, extended: true},
}

// isFunction says whether a member of an object is a function's name.
func isFunction(name string) bool {
	switch name {
	case "Fn::GetAtt", "Fn::If", "Fn::Sub", "Fn::Transform", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals",
		"Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll":
		return true
	}
	_, ok := functions[name]
	return ok
}

// list reads the arguments of a function that takes between least and most of
// them.
func list(arguments any, least, most int, fault string) ([]any, error) {
	items, ok := arguments.([]any)
	if !ok || len(items) < least || len(items) > most {
		return nil, sentence("%s", fault)
	}
	return items, nil
}

// join is Fn::Join; the result is maxText bytes at most.
func join(_ *Scope, arguments any) (any, error) {
	const fault = "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
	items, err := list(arguments, 2, 2, fault)
	if err != nil {
		return nil, err
	}
	delimiter, ok := items[0].(string)
	parts, isList := items[1].([]any)
	if !ok || !isList {
		return nil, sentence("%s", fault)
	}
	var b strings.Builder
	for i, part := range parts {
		text, ok := Text(part)
		if !ok {
			return nil, sentence("%s", fault)
		}
		if i > 0 {
			b.WriteString(delimiter)
		}
		if b.WriteString(text); b.Len() > maxText {
			break
		}
	}
	return bounded(b.String())
}

func split(_ *Scope, arguments any) (any, error) {
	const fault = "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split."
	items, err := list(arguments, 2, 2, fault)
	if err != nil {
		return nil, err
	}
	delimiter, ok := items[0].(string)
	text, isText := Text(items[1])
	if !ok || !isText || delimiter == "" {
		return nil, sentence("%s", fault)
	}
	var parts []any
	for part := range strings.SplitSeq(text, delimiter) {
		if parts = append(parts, part); len(parts) > maxValues {
			return nil, sentence("Template error: Fn::Split makes more than %d values", maxValues)
		}
	}
	return parts, nil
}

// choose is Fn::Select.
func choose(_ *Scope, arguments any) (any, error) {
	const fault = "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
	items, err := list(arguments, 2, 2, fault)
	if err != nil {
		return nil, err
	}
	choices, isList := items[1].([]any)
	if !isList && !Known(items[1]) || !Known(items[0]) {
		return unknown{arguments}, nil
	}
	text, _ := Text(items[0])
	index, err := strconv.Atoi(text)
	if err != nil || !isList {
		return nil, sentence("%s", fault)
	}
	if index < 0 || index >= len(choices) {
		return nil, sentence("Template error: Fn::Select cannot select nonexistent value at index %d", index)
	}
	if !Known(choices[index]) {
		return unknown{arguments}, nil
	}
	return choices[index], nil
}

func encode64(_ *Scope, arguments any) (any, error) {
	text, ok := Text(arguments)
	if !ok {
		return nil, sentence("Template error: every Fn::Base64 object must have a String-typed value.")
	}
	return bounded(base64.StdEncoding.EncodeToString([]byte(text)))
}

// findInMap is Fn::FindInMap; a fourth argument with DefaultValue needs
// AWS::LanguageExtensions.
func findInMap(s *Scope, arguments any) (any, error) {
	const fault = "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value"
	items, err := list(arguments, 3, 4, fault)
	if err != nil {
		return nil, err
	}
	var keys [3]string
	for i := range keys {
		text, ok := Text(items[i])
		if !ok {
			return nil, sentence("%s", fault)
		}
		keys[i] = text
	}
	mapping, _ := s.Mappings[keys[0]].(map[string]any)
	row, _ := mapping[keys[1]].(map[string]any)
	if value, there := row[keys[2]]; there {
		return value, nil
	}
	if len(items) == 4 {
		if !s.Extended {
			return nil, sentence("Template error: a default value of Fn::FindInMap needs the line Transform: AWS::LanguageExtensions in the template")
		}
		if members, _ := items[3].(map[string]any); members["DefaultValue"] != nil {
			return members["DefaultValue"], nil
		}
	}
	return nil, sentence("Template error: Unable to get mapping for %s::%s::%s", keys[0], keys[1], keys[2])
}

func importValue(s *Scope, arguments any) (any, error) {
	name, ok := Text(arguments)
	if !ok {
		return nil, sentence("Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs")
	}
	if s.Import == nil {
		return unknown{arguments}, nil
	}
	return s.Import(name)
}

// zones names three availability zones of a region. They are names only: there
// are no zones here.
func zones(s *Scope, arguments any) (any, error) {
	region, ok := Text(arguments)
	if !ok {
		return nil, sentence("Template error: every Fn::GetAZs object must have a String value")
	}
	if region == "" {
		region, _ = s.Values["AWS::Region"].(string)
	}
	return []any{region + "a", region + "b", region + "c"}, nil
}

// cidr splits a block of addresses into count blocks, each with the given
// number of bits for hosts (Fn::Cidr).
func cidr(_ *Scope, arguments any) (any, error) {
	const fault = "Template error: Fn::Cidr requires a block of addresses, a count from 1 to 256 and the bits of each block"
	items, err := list(arguments, 2, 3, fault)
	if err != nil {
		return nil, err
	}
	text, _ := Text(items[0])
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, sentence("%s", fault)
	}
	counted, _ := Text(items[1])
	count, err := strconv.Atoi(counted)
	if err != nil || count < 1 || count > 256 {
		return nil, sentence("%s", fault)
	}
	bits := 8
	if block.Addr().Is6() {
		bits = 64
	}
	if len(items) == 3 {
		given, _ := Text(items[2])
		if bits, err = strconv.Atoi(given); err != nil {
			return nil, sentence("%s", fault)
		}
	}
	length := block.Addr().BitLen() - bits
	if bits < 1 || length < block.Bits() || length-block.Bits() < 62 && 1<<(length-block.Bits()) < count {
		return nil, sentence("Template error: Fn::Cidr cannot cut %s into %d blocks of %d bits", text, count, bits)
	}
	blocks := make([]any, count)
	base := block.Masked().Addr()
	at := new(big.Int).SetBytes(base.AsSlice())
	step := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	for i := range blocks {
		address, _ := netip.AddrFromSlice(at.FillBytes(make([]byte, len(base.AsSlice()))))
		blocks[i] = netip.PrefixFrom(address, length).String()
		at.Add(at, step)
	}
	return blocks, nil
}

func length(_ *Scope, arguments any) (any, error) {
	items, ok := arguments.([]any)
	if !ok {
		return nil, sentence("Template error: Fn::Length requires a list")
	}
	return json.Number(strconv.Itoa(len(items))), nil
}

func toJSON(_ *Scope, arguments any) (any, error) {
	switch arguments.(type) {
	case []any, map[string]any:
	default:
		return nil, sentence("Template error: Fn::ToJsonString requires an object or a list")
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(arguments); err != nil {
		return nil, err
	}
	return bounded(strings.TrimSuffix(b.String(), "\n"))
}
