package vtl_test

import (
	"errors"
	"fmt"

	"github.com/pasarela-ws/pasarela/vtl"
)

func Example() {
	t, err := vtl.Parse(`#foreach($item in $items)
$foreach.count. $item.toUpperCase()
#end
`, vtl.Velocity17())
	if err != nil {
		fmt.Println(err)
		return
	}
	items := vtl.ListValue(vtl.NewList(vtl.String("tea"), vtl.String("milk")))
	text, err := t.Render(map[string]vtl.Value{"items": items})
	fmt.Print(text)
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1. TEA
	// 2. MILK
}

func ExampleAPIGateway() {
	for _, options := range []vtl.Options{vtl.Velocity17(), vtl.APIGateway()} {
		t, _ := vtl.Parse(`[$missing] #if($missing)true#{else}false#end`, options)
		text, _ := t.Render(nil)
		fmt.Println(text)
	}
	// Output:
	// [$missing] false
	// [] true
}

func ExampleParseError() {
	_, err := vtl.Parse("Dear $name,\n#if($formal)Yours sincerely", vtl.Velocity17())
	var parse *vtl.ParseError
	if errors.As(err, &parse) {
		fmt.Println(parse)
		fmt.Println(parse.Excerpt)
	}
	// Output:
	// 2:28: unexpected end of the template, expected #end of #if
	// #if($formal)Yours sincerely
	//                            ^
}

func ExampleLimits() {
	options := vtl.Velocity17()
	options.MaxSteps = 1000
	t, _ := vtl.Parse("#foreach($i in [1..1000000])#set($x = $i)#end", options)
	_, err := t.Render(nil)
	fmt.Println(errors.Is(err, vtl.ErrTooManySteps))
	// Output: true
}

// account is an object of the program that templates may use.
type account struct{ owner string }

func (a account) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if name == "owner" {
		return vtl.String(a.owner), nil
	}
	return vtl.Null(), vtl.ErrNoMember
}

func (a account) Call(_ *vtl.Run, c vtl.Call) (vtl.Value, error) {
	if c.Method == "balance" && len(c.Arguments) == 0 {
		return vtl.Int(42), nil
	}
	return vtl.Null(), vtl.ErrNoMember
}

func (a account) Plain(*vtl.Run) vtl.Value { return vtl.String("account of " + a.owner) }

func ExampleHost() {
	options := vtl.Velocity17()
	options.Globals = []string{"account"}
	t, _ := vtl.Parse("$account: $account.owner has $account.balance()\n", options)
	out, err := t.Append(nil, vtl.HostValue(account{"Ana"}))
	fmt.Print(string(out))
	if err != nil {
		fmt.Println(err)
	}
	// Output: account of Ana: Ana has 42
}

func ExampleExecError() {
	t, _ := vtl.Parse("Dear customer,\nyour code is $code.substring(0, 9).", vtl.Velocity17())
	_, err := t.Render(map[string]vtl.Value{"code": vtl.String("short")})
	var exec *vtl.ExecError
	if errors.As(err, &exec) {
		fmt.Println(exec)
		fmt.Println(exec.Excerpt)
	}
	// Output:
	// 2:14: $code.substring(0, 9): substring: begin 0, end 9, length 5
	// your code is $code.substring(0, 9).
	//              ^
}

// Append is for programs that render the same template again and again: the
// variables have fixed places, and the output goes where the caller wants it.
func ExampleTemplate_Append() {
	options := vtl.Velocity17()
	options.Globals = []string{"name", "total"}
	t, _ := vtl.Parse("$name owes $total", options)
	out := []byte("> ")
	out, err := t.Append(out, vtl.String("Ana"), vtl.Double(12.5))
	fmt.Println(string(out), err)
	// Output: > Ana owes 12.5 <nil>
}

// References lists what a template reads, for tools that check templates.
func ExampleTemplate_References() {
	t, _ := vtl.Parse(`#set($n = $order.items.size())#if($vip)$n for $!order.customer["name"]#end`, vtl.Velocity17())
	for _, r := range t.References() {
		fmt.Println(r.Position, r.Source, r.Root, r.Path, r.Printed, r.Tested, r.Set)
	}
	// Output:
	// 1:6 $n n [] false false true
	// 1:11 $order.items.size() order [items size()] false false false
	// 1:35 $vip vip [] false true false
	// 1:40 $n n [] true false false
	// 1:47 $!order.customer["name"] order [customer] true false false
}

// catalogue has a thousand articles, of which a template looks at a few.
type catalogue struct{ read int }

// Get is $catalogue.articles: a thousand maps, of which none is filled yet.
func (c *catalogue) Get(r *vtl.Run, name string) (vtl.Value, error) {
	if name != "articles" {
		return vtl.Null(), vtl.ErrNoMember
	}
	articles := vtl.NewList()
	for id := range 1000 {
		articles.Add(r.NewMap(c, id))
	}
	return vtl.ListValue(articles), nil
}

func (c *catalogue) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Null(), vtl.ErrNoMember
}

func (c *catalogue) Plain(*vtl.Run) vtl.Value { return vtl.Null() }

func (c *catalogue) Len(int) int { return 2 }

func (c *catalogue) FillMap(_ *vtl.Run, m *vtl.Map, id int) {
	c.read++
	m.PutString("number", vtl.Int(int64(id)))
	m.PutString("price", vtl.Double(float64(id)/2))
}

func (c *catalogue) FillList(*vtl.Run, *vtl.List, int) {}

// The entries of a tree's maps are read when the template looks inside.
func ExampleTree() {
	shop := new(catalogue)
	t, _ := vtl.Parse("#set($a = $catalogue.articles)$a.size() $a[7].price", vtl.Velocity17())
	text, err := t.Render(map[string]vtl.Value{"catalogue": vtl.HostValue(shop)})
	fmt.Println(text, err, shop.read)
	// Output: 1000 3.5 <nil> 1
}
