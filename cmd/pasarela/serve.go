package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
)

func newServe(l language.Language) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: l.Say("serve.short"),
		Long:  l.Say("serve.long"),
		Args:  commandline.None,
	}
	settings := addSettings(cmd, l, serveData)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := fromEnvironment(cmd.Flags(), os.LookupEnv); err != nil {
			return err
		}
		return serve(cmd, l, *settings)
	}
	return cmd
}

func serve(cmd *cobra.Command, l language.Language, settings node.Settings) error {
	keepHeapSmall()
	ctx := cmd.Context()
	log, err := newLog(cmd.ErrOrStderr(), settings.LogLevel)
	if err != nil {
		return err
	}
	n, err := node.Start(ctx, node.Options{Settings: settings, Log: log, Version: commandline.Version()})
	if err != nil {
		return err
	}
	defer noteRunning(n, settings.DataDir)()
	screen, data := newTerminal(cmd.OutOrStdout()), shellWord(settings.DataDir)
	fmt.Fprintln(screen, l.Say("serve.ready", "version", commandline.Version(), "endpoint", n.Endpoint(), "account", n.RegionAccount().AccountID, "region", n.RegionAccount().Region))
	fmt.Fprintln(screen, l.Say("serve.credentials", "command", program()+" credentials --data "+data))
	fmt.Fprintln(screen, l.Say("serve.console", "url", n.Endpoint()+console.Path, "command", program()+" console --data "+data))
	printReady(ctx, screen, n)
	var failed error
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case failed = <-n.Failed():
	}
	return errors.Join(failed, n.Stop(context.WithoutCancel(ctx))) // --stop-patience bounds it
}
