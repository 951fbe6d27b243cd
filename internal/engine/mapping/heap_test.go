package mapping_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/vtl"
)

// reuse renders with the memory of earlier renderings: a value that still used
// it would show these letters.
func reuse(t *testing.T) {
	t.Helper()
	for range 8 {
		var payload mapping.Payload
		payload.Reset(`{"zz":[{"zz":"zz"},"zz",{"zz":["zz","zz"]}],"yy":{"zz":"zz"}}`)
		if _, err := render("$input.path('$') $input.params() $util.parseJson($input.body)", connect(), &payload, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// What a request template puts into an override is there for the response
// template, though it was not looked into before and the payload is another one.
func TestOverridesOutliveTheirPayload(t *testing.T) {
	const body = `{"deep":{"er":{"est":[1,{"x":"y"}]}},"s":"text"}`
	tests := map[string]string{
		"#set($context.requestOverride.kept = $input.path('$'))":             "y text",
		"#set($context.requestOverride.kept = $util.parseJson($input.body))": "y text",
		"#set($m = {})#set($x = $m.putAll($input.path('$')))" +
			"#set($context.requestOverride.kept = $m)": "y text",
		"#set($r = $context.requestOverride)#set($x = $r.put('kept', $input.path('$')))": "y text",
	}
	for template, want := range tests {
		var overrides mapping.Overrides
		var payload mapping.Payload
		payload.Reset(body)
		if _, err := render(template, connect(), &payload, &overrides); err != nil {
			t.Fatal(err)
		}
		payload.Reset(`{"another":1}`)
		reuse(t)
		got, err := render("#set($k = $context.requestOverride.kept)$k.deep.er.est[1].x $k.s", connect(), &payload, &overrides)
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v", template, got, err)
		}
	}
}

// A template that fails after it wrote to the overrides leaves them whole.
func TestOverridesOutliveAnError(t *testing.T) {
	var overrides mapping.Overrides
	var payload mapping.Payload
	payload.Reset(`{"a":{"b":"c"}}`)
	if _, err := render("#set($context.responseOverride.first = 'x')", connect(), &payload, &overrides); err != nil {
		t.Fatal(err)
	}
	if _, err := render("#set($context.responseOverride.kept = $input.path('$'))$util.urlDecode('%zz')", connect(), &payload, &overrides); err == nil {
		t.Fatal("want an error")
	}
	payload.Reset("{}")
	reuse(t)
	got, err := render("$context.responseOverride.first $context.responseOverride.kept.a.b", connect(), &payload, &overrides)
	if err != nil || got != "x c" {
		t.Errorf("got %q, %v", got, err)
	}
}

// Two paths to a list or map of the payload give the same object, also when the template
// has read it by one of them before.
func TestPayloadIsOne(t *testing.T) {
	const body = `{"a":{"b":[1,2,{"c":3}]},"l":[[],{}],"d":1,"d":2}`
	renders(t, connect(), body, map[string]string{
		"#set($x = $input.path('$.a.b'))#set($y = $input.path('$'))$y.a.b.add(4)$x":                          `true[1,2,{"c":3},4]`,
		"#set($y = $input.path('$'))#set($x = $input.path('$.a.b'))$x.remove(0)$y.a":                         `1{b=[2,{"c":3}]}`,
		"#set($x = $input.path('$.a.b[2]'))#set($x.c = 9)$input.json('$')":                                   `{"a":{"b":[1,2,{"c":9}]},"l":[[],{}],"d":2}`,
		"#set($y = $input.path('$'))$y.remove('a').b.get(2).c $input.json('$')":                              `3 {"l":[[],{}],"d":2}`,
		"#set($y = $input.path('$'))#set($a = $y.remove('a'))$input.json('$.l')#set($a.z = 1)$a.b.get(2).c":  `[[],{}]3`,
		"#set($y = $input.path('$.l'))$y.clear()$y.size() $input.json('$.l')":                                `0 []`,
		"#foreach($k in $input.path('$').keySet())$k,#end#foreach($v in $input.path('$.a.b'))$v,#end":        `a,l,d,1,2,{c=3},`,
		"#foreach($e in $input.path('$').entrySet())$e.key=$e.value;#end":                                    `a={b=[1,2,{"c":3}]};l=[[],{}];d=2;`,
		"#if($input.path('$.a') == $input.path('$.a'))same#end$input.path('$.l').isEmpty()":                  `samefalse`,
		"$input.path('$').equals($util.parseJson($input.body)) $input.path('$.l').contains({})":              `true true`,
		"#set($p = $util.parseJson($input.body))#set($q = $util.parseJson('{\"q\":[7]}'))$p.a.b[0] $q.q[0]":  `1 7`,
		"#set($v = $input.path('$').values().iterator())$v.next().b.size()":                                  `3`,
		"#set($p = $input.params())$p.querystring.put('new', 1)$p.querystring.size() $input.params().header": `3 {User-Agent=wscat, a=header}`,
	})
}

// Memory is counted when a container is filled, at its first use.
func TestPayloadMemoryIsLimited(t *testing.T) {
	long := "[" + strings.Repeat("1,", 100_000) + "1]"
	var payload mapping.Payload
	payload.Reset("[" + strings.Repeat(long+",", 10) + long + "]")
	if got, err := render("$input.path('$').size()", connect(), &payload, nil); got != "11" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	_, err := render("#foreach($l in $input.path('$'))$l.size()#end", connect(), &payload, nil)
	if !errors.Is(err, vtl.ErrTooMuchMemory) {
		t.Errorf("1.1 million values: got %v", err)
	}
}

// Objects with many members are found by an index.
func TestWideObjects(t *testing.T) {
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, `,"k%d":%d`, i, i)
	}
	renders(t, connect(), "{"+b.String()[1:]+"}", map[string]string{
		"#set($o = $input.path('$'))$o.k0 $o.k31 $o.k32 $o.k33 $o.k499 [$o.k500] $o.size()":                             "0 31 32 33 499 [] 500",
		"#set($o = $input.path('$'))$o.remove('k40') [$o.k40] $o.k41 $o.put('k40', 'new') [$o.k40] $o.k499 $o.size()":   "40 [] 41  [new] 499 500",
		"#set($o = $input.path('$'))#set($o.k499 = 'x')$o.get('k499') $o.containsKey('k498') $o.containsKey('nothing')": "x true false",
	})
}
