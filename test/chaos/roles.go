package main

import (
	"fmt"
	"os"

	"github.com/pasarela-ws/pasarela/test/natsprocess"
)

// roles are the parts of a run that need a process of their own: this program runs one when
// its first argument names it. The second argument is the role's.
var roles = map[string]func(argument string) error{
	natsArgument:    natsprocess.Run,
	backendArgument: runBackend,
	dialerArgument:  runDialer,
}

// runRole runs the role that the arguments name, to its end; ok says whether they name one.
func runRole() (code int, ok bool) {
	if len(os.Args) != 3 || roles[os.Args[1]] == nil {
		return 0, false
	}
	if err := roles[os.Args[1]](os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	return 0, true
}
