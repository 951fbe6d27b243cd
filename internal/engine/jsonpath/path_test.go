package jsonpath_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

const order = `{"id":7,"items":[{"sku":"A/1","qty":2},{"sku":"B2","qty":0},{"sku":"C3","qty":5,"note":null}],"total":10.50,"neg":[-3,-2]}`

func TestFiltersAndFunctions(t *testing.T) {
	for path, want := range map[string]string{
		`$.items[?(@.qty > 0)].sku`:                        `["A/1","C3"]`,
		`$.items[?(@.qty>0&&@.sku=='C3')].qty`:             `[5]`,
		`$.items[?(@.qty>0 && @.sku=='C3')].qty`:           `[5]`,
		`$.items[?(@.note)].sku`:                           `["C3"]`,
		`$.items[?(!@.note)].sku`:                          `["A/1","B2"]`,
		`$.items[?(@.sku =~ /[a-c]\d/i)].sku`:              `["B2","C3"]`,
		`$.items[?(@.sku == "A\/1")].qty`:                  `[2]`,
		`$.items[?(@.qty == '2')].sku`:                     `["A/1"]`,
		`$.items[?(@.qty === '2')].sku`:                    `[]`,
		`$.items[?(@.qty in [0,5])].sku`:                   `["B2","C3"]`,
		`$.items[?(@.qty == 5.00)].sku`:                    `["C3"]`,
		`$.items[?(@.qty < $.id)].qty`:                     `[2,0,5]`,
		`$.items[?(@.qty < 4.99999999999999999999)].qty`:   `[2,0]`,
		`$.items[?(@.qty > 4.99999999999999999999e0)].qty`: `[5]`,
		`$.items.length()`:                                 `3`,
		`$.items[*].qty.length()`:                          `[null,null,null]`,
		`$.neg.max()`:                                      `4.9E-324`,
		`$.neg.avg()`:                                      `-2.5`,
		`$.neg.concat("x")`:                                `"x"`,
		`$.neg.append(1)`:                                  `[-3,-2,1]`,
		`$.neg.append({"a":[1.0]})`:                        `[-3,-2,{"a":[1.0]}]`,
		`$.items[0].keys()`:                                `[sku, qty]`,
		`$.id.unknown()`:                                   `ERR InvalidPathException`,
		`$.items.index(1).sku`:                             `"B2"`,
		`$..sku`:                                           `["A/1","B2","C3"]`,
		`$.items[-1:]['sku','qty']`:                        `[{"sku":"C3","qty":5}]`,
		`$['id','id']`:                                     `{"id":7}`,
		`$.items[-2:3].qty`:                                `[0,5,2,0,5]`,
		`items[1].sku`:                                     `"B2"`,
		` $.id `:                                           `ERR InvalidPathException`,
	} {
		if got := evaluate(t, path, order); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestErrorsSayWhatIsWrongAndWhere(t *testing.T) {
	for path, want := range map[string]string{
		``:                         `jsonpath "" at character 1: a path cannot be empty`,
		`$.a.`:                     `jsonpath "$.a." at character 4: a path must not end with a '.'`,
		`$.a b`:                    `jsonpath "$.a b" at character 3: a name with spaces must stand in brackets and quotes: ['my name']`,
		`$x`:                       `jsonpath "$x" at character 2: expected '.' or '[' after the start of the path`,
		`$.a[b]`:                   `jsonpath "$.a[b]" at character 4: expected a quoted name, a number, '*' or '?(' in the brackets`,
		`$['a`:                     `jsonpath "$['a" at character 2: the name in the brackets is never closed`,
		`$.a[::2]`:                 `jsonpath "$.a[::2]" at character 4: a slice needs one of its two ends`,
		`$.a[99999999999]`:         `jsonpath "$.a[99999999999]" at character 4: "99999999999" is not an index`,
		`$.a[?(@.b ~= 1)]`:         `jsonpath "$.a[?(@.b ~= 1)]" at character 11: expected ')'`,
		`$.a[?]`:                   `jsonpath "$.a[?]" at character 4: a filter needs a condition: [?(@.name == 'x')]`,
		`$.a[?(@.b == )]`:          `jsonpath "$.a[?(@.b == )]" at character 14: expected a value here`,
		`$.a.length(`:              `jsonpath "$.a.length(" at character 11: the parentheses of length() are not closed`,
		`$.a[?(@.b == $.c.['])]`:   ``,
		`$.a[?(@.b =~ /(?<=x)y/)]`: "",
	} {
		_, err := jsonpath.Compile(path)
		var wrong *jsonpath.Error
		if !errors.As(err, &wrong) || !wrong.Invalid {
			t.Errorf("%s: %v, want an invalid path", path, err)
			continue
		}
		if want != "" && err.Error() != want {
			t.Errorf("%s:\n got %s\nwant %s", path, err, want)
		}
	}
}

func TestPatternsThatRE2Lacks(t *testing.T) {
	_, err := jsonpath.Compile(`$.a[?(@.b =~ /(?=x)x/)]`)
	if err == nil || !strings.Contains(err.Error(), "regular expression cannot be used") {
		t.Errorf("look-ahead: %v", err)
	}
}

func TestLongPathsAreRefused(t *testing.T) {
	if _, err := jsonpath.Compile("$" + strings.Repeat(".a", jsonpath.MaxLength/2)); err == nil || len(err.Error()) > 200 {
		t.Errorf("got %v", err)
	}
	if _, err := jsonpath.Compile("$[?(" + strings.Repeat("!(", 500) + "@.a" + strings.Repeat(")", 500) + ")]"); err != nil {
		t.Error(err)
	}
}

func TestExplosivePathsEnd(t *testing.T) {
	doc := strings.Repeat(`{"a":[`, 100) + "1" + strings.Repeat(`,2]}`, 100)
	for _, path := range []string{"$..*..*..*..*", "$..[?(@..a)]..[?(@..a)]..*", "$[-2147483648:2147483647]"} {
		got := evaluate(t, path, doc)
		if got != "ERR JsonPathException" && path[1] == '.' {
			t.Errorf("%s: %.60s", path, got)
		}
	}
}

func TestResultsAreBounded(t *testing.T) {
	var d jsonvalue.Document
	if err := d.Read(`[` + strings.Repeat("1,", 50_000) + `1]`); err != nil {
		t.Fatal(err)
	}
	p, err := jsonpath.Compile("$[*]")
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	for range 100 {
		if _, err := p.Eval(d.Root()); err != nil {
			failed = err
		}
	}
	if failed == nil || d.Made() > jsonpath.MaxMade+60_000 {
		t.Errorf("%d nodes made, %v", d.Made(), failed)
	}
}

func TestFiltersLeaveNothingBehind(t *testing.T) {
	var d jsonvalue.Document
	if err := d.Read(order); err != nil {
		t.Fatal(err)
	}
	p, err := jsonpath.Compile("$.items[?(@..qty && @.sku in ['C3'])].sku")
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Eval(d.Root())
	if err != nil || v.Len() != 1 || d.Made() != 2 {
		t.Errorf("%d items, %d nodes, %v", v.Len(), d.Made(), err)
	}
}

func TestAppendDoesNotChangeTheDocument(t *testing.T) {
	var d jsonvalue.Document
	if err := d.Read(order); err != nil {
		t.Fatal(err)
	}
	p, err := jsonpath.Compile("$.neg.append(1)")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if v, err := p.Eval(d.Root()); err != nil || v.Len() != 3 {
			t.Errorf("%d items, %v", v.Len(), err)
		}
	}
	if got := d.Root().Field("neg").Len(); got != 2 {
		t.Errorf("the document has %d items now", got)
	}
}

func TestDefiniteAndIndefinite(t *testing.T) {
	for path, want := range map[string]bool{
		"$": true, "$.a[0]['b']": true, "$['a','b']": true, "$.a.length()": true, "$..a": false, "$.*": false,
		"$['a','b'].c": false, "$.a[0,1]": false, "$.a[1:]": false, "$.a[?(@.b)]": false, "$..a.max()": true,
	} {
		p, err := jsonpath.Compile(path)
		if err != nil || p.Definite() != want || p.String() != path {
			t.Errorf("%s: %v %v", path, p, err)
		}
	}
}

func TestAMissingRootIsNotFound(t *testing.T) {
	for _, path := range []string{"$", "$.a", "$..a"} {
		p, err := jsonpath.Compile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Eval(jsonvalue.Value{}); !errors.Is(err, jsonpath.ErrNotFound) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestStraightPathsDoNotAllocate(t *testing.T) {
	var d jsonvalue.Document
	if err := d.Read(order); err != nil {
		t.Fatal(err)
	}
	p, err := jsonpath.Compile("$.items[-1]['sku']")
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = p.Eval(d.Root()) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
