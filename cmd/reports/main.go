// Command reports is the report backend as a program of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/pasarela-ws/pasarela/internal/fileerror"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := program().ExecuteContext(ctx); err != nil {
		var problems definition.Problems
		if errors.As(err, &problems) { // file:line: first, for editors
			fmt.Fprintln(os.Stderr, problems)
		} else {
			fmt.Fprintln(os.Stderr, "reports:", spoken().Of(fileerror.Explain(err)))
		}
		os.Exit(1)
	}
}

// spoken is the language of the person who runs a command.
func spoken() language.Language { return language.Locale(os.Getenv) }
