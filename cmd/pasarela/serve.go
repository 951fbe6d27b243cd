package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/node"
)

// stopPatience bounds the end of a node: sockets are closed spread over a part
// of it, so that their clients do not all come back at once.
const stopPatience = 20 * time.Second

func newServe() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway",
		Long: `Run the gateway: the AWS APIs (apigateway, execute-api, iam, sts) and the sockets on one port.

A first start draws an account id and an administrator key; "pasarela credentials"
prints the key as shell exports. Every setting may also be given in the environment,
--domain-suffix as PASARELA_DOMAIN_SUFFIX. Ctrl-C stops it cleanly, and a second
start finds everything again.`,
		Args: cobra.NoArgs,
	}
	settings := addSettings(cmd, serveData)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := fromEnvironment(cmd.Flags(), os.LookupEnv); err != nil {
			return err
		}
		return serve(cmd.Context(), cmd.OutOrStdout(), *settings)
	}
	return cmd
}

func serve(ctx context.Context, out io.Writer, settings node.Settings) error {
	keepHeapSmall()
	log, err := newLog(os.Stderr, settings.LogLevel)
	if err != nil {
		return err
	}
	n, err := node.Start(ctx, node.Options{Settings: settings, Log: log, Version: version()})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "pasarela %s serves %s (account %s, %s)\ncredentials: pasarela credentials --data %s\n",
		version(), n.Endpoint(), n.Place().AccountID, n.Place().Region, settings.DataDir)
	var failed error
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case failed = <-n.Failed():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	return errors.Join(failed, n.Stop(stopping))
}
