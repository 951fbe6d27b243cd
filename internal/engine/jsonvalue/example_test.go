package jsonvalue_test

import (
	"fmt"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

func Example() {
	var doc jsonvalue.Document // kept and read into again
	if err := doc.Read(`{user: {'id': 7}, "tags": ["a/b", 1.10,],}`); err != nil {
		fmt.Println(err)
	}
	user, tags := doc.Root().Field("user"), doc.Root().Field("tags")
	fmt.Println(string(user.AppendJava(nil)), string(user.AppendJSON(nil, jsonvalue.Compact)))
	fmt.Println(string(tags.AppendJava(nil)), string(tags.AppendJSON(nil, jsonvalue.Compact)))
	for name, member := range doc.Root().Members() {
		fmt.Println(name.Text(), member.Kind(), member.Len())
	}
	// Output:
	// {id=7} {"id":7}
	// ["a\/b",1.1] ["a/b",1.1]
	// user object 1
	// tags array 2
}
