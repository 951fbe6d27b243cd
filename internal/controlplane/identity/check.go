package identity

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Inputs of operations say on their fields what AWS's model says of them, in a
// tag aws:"RoleName,required,max=64,pattern=name": the name on the wire, then
// the constraints.
//
// patterns are the model's regular expressions by the name used in tags. A star
// in AWS's \w means ASCII.
func patterns() map[string]string {
	return map[string]string{
		"name":         `[\w+=,.@-]+`,
		"alias":        `[a-z0-9](-?[a-z0-9])*`,
		"path":         `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`,
		"policyPath":   `((/[A-Za-z0-9\.,\+@=_-]+)*)/`,
		"pathPrefix":   `\u002F[\u0021-\u007F]*`,
		"document":     `[\u0009\u000A\u000D\u0020-\u00FF]+`,
		"description":  `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`,
		"tagKey":       `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`,
		"tagValue":     `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`,
		"word":         `[\w]+`,
		"version":      `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`,
		"sessionName":  `[\w+=,.@-]*`,
		"externalId":   `[\w+=,.@:\/-]*`,
		"marker":       `[\u0020-\u00FF]+`,
		"serialNumber": `[\w+=/:,.@-]+`,
	}
}

// compiled holds the patterns as Go reads them, made at first use.
var compiled = sync.OnceValue(func() map[string]*regexp.Regexp {
	m := map[string]*regexp.Regexp{}
	unicode := regexp.MustCompile(`\\u([0-9A-F]{4})`)
	for name, text := range patterns() {
		m[name] = regexp.MustCompile(`^(?:` + unicode.ReplaceAllString(text, `\x{$1}`) + `)$`)
	}
	return m
})

// check checks an input against the constraints in its tags and returns everything that
// is wrong, in AWS's sentence.
func check(in any) error {
	var c checker
	c.structure(reflect.ValueOf(in), "")
	if len(c.faults) == 0 {
		return nil
	}
	noun := "errors"
	if len(c.faults) == 1 {
		noun = "error"
	}
	return errorf(CodeValidation, "%d validation %s detected: %s", len(c.faults), noun, strings.Join(c.faults, "; "))
}

// checker collects everything that is wrong with an input, since AWS's error names all of
// it.
type checker struct{ faults []string }

// structure checks the fields that have a tag. prefix is the path to the structure:
// "tags.1.member.".
func (c *checker) structure(v reflect.Value, prefix string) {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("aws")
		if tag == "" || tag == "-" {
			continue
		}
		name, constraints, _ := strings.Cut(tag, ",")
		c.value(v.Field(i), prefix+lowerFirst(name), constraints)
	}
}

// value checks one member by its kind. A pointer that is not nil was given, so an empty
// text behind it is not an absent one.
func (c *checker) value(v reflect.Value, name, constraints string) {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			c.required(name, constraints)
			return
		}
		v = v.Elem()
		constraints = strings.TrimPrefix(constraints, "required,")
	}
	switch v.Kind() {
	case reflect.String:
		c.text(v.String(), name, constraints)
	case reflect.Int:
		c.number(int(v.Int()), name, constraints)
	case reflect.Slice:
		c.list(v, name, constraints)
	}
}

func (c *checker) required(name, constraints string) {
	if has(constraints, "required") {
		c.fault("null", name, "Member must not be null")
	}
}

// text takes an empty text for an absent one, unless it was given by pointer.
func (c *checker) text(text, name, constraints string) {
	if text == "" {
		c.required(name, constraints)
		return
	}
	shown := "'" + text + "'"
	length := utf8.RuneCountInString(text)
	if limit, ok := number(constraints, "max"); ok && length > limit {
		c.fault(shown, name, fmt.Sprintf("Member must have length less than or equal to %d%s", limit, dot(name)))
	}
	if limit, ok := number(constraints, "min"); ok && length < limit {
		c.fault(shown, name, fmt.Sprintf("Member must have length greater than or equal to %d", limit))
	}
	if p := option(constraints, "pattern"); p != "" && !compiled()[p].MatchString(text) {
		c.fault(shown, name, "Member must satisfy regular expression pattern: "+patterns()[p])
	}
	if list := option(constraints, "enum"); list != "" && !has(strings.ReplaceAll(list, "|", ","), text) {
		c.fault(shown, name, "Member must satisfy enum value set: ["+strings.ReplaceAll(list, "|", ", ")+"]")
	}
}

// dot ends AWS's sentence about the length of tags, and of nothing else (seen in
// recordings of moto's authors).
func dot(name string) string {
	if strings.HasPrefix(name, "tag") {
		return "."
	}
	return ""
}

// number checks a number's range.
func (c *checker) number(n int, name, constraints string) {
	if limit, ok := number(constraints, "max"); ok && n > limit {
		c.fault(fmt.Sprintf("'%d'", n), name, fmt.Sprintf("Member must have value less than or equal to %d", limit))
	}
	if limit, ok := number(constraints, "min"); ok && n < limit {
		c.fault(fmt.Sprintf("'%d'", n), name, fmt.Sprintf("Member must have value greater than or equal to %d", limit))
	}
}

// list checks the length, then every item: structures by their own tags, texts
// by the constraints that start with "item".
func (c *checker) list(v reflect.Value, name, constraints string) {
	if v.Len() == 0 {
		c.required(name, constraints)
		return
	}
	if limit, ok := number(constraints, "max"); ok && v.Len() > limit {
		c.fault(fmt.Sprintf("'%v'", v.Interface()), name, fmt.Sprintf("Member must have length less than or equal to %d%s", limit, dot(name)))
		return
	}
	var inner []string
	for part := range strings.SplitSeq(constraints, ",") {
		if rest, ok := strings.CutPrefix(part, "item"); ok {
			inner = append(inner, lowerFirst(rest))
		}
	}
	for i := range v.Len() {
		at := fmt.Sprintf("%s.%d.member", name, i+1)
		if v.Index(i).Kind() == reflect.Struct {
			c.structure(v.Index(i), at+".")
			continue
		}
		c.text(v.Index(i).String(), at, strings.Join(inner, ","))
	}
}

func (c *checker) fault(value, name, constraint string) {
	c.faults = append(c.faults, "Value "+value+" at '"+name+"' failed to satisfy constraint: "+constraint)
}

// has says whether a word stands among constraints.
func has(constraints, word string) bool {
	for part := range strings.SplitSeq(constraints, ",") {
		if part == word {
			return true
		}
	}
	return false
}

// option is the value of name=value among constraints, or "".
func option(constraints, name string) string {
	for part := range strings.SplitSeq(constraints, ",") {
		if value, ok := strings.CutPrefix(part, name+"="); ok {
			return value
		}
	}
	return ""
}

func number(constraints, name string) (int, bool) {
	n, err := strconv.Atoi(option(constraints, name))
	return n, err == nil
}

func lowerFirst(name string) string {
	if name == "" {
		return name
	}
	return strings.ToLower(name[:1]) + name[1:]
}
