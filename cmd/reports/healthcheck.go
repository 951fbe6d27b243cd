package main

import (
	"context"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// defaultListen is loopback alone: who reaches the service may ask for reports.
const defaultListen = "127.0.0.1:8080"

func healthcheckCommand(l language.Language) *cobra.Command {
	var listen string
	var timeout time.Duration
	cmd := &cobra.Command{Use: "healthcheck", Short: l.Say("reports_healthcheck.short"), Long: l.Say("reports_healthcheck.long"), Args: commandline.None}
	cmd.Flags().StringVar(&listen, "listen", defaultListen, l.Say("reports_serve.listen"))
	cmd.Flags().DurationVar(&timeout, "timeout", 4*time.Second, l.Say("healthcheck.timeout"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if timeout <= 0 {
			return language.Errorf("healthcheck.bad_timeout", "value", timeout.String())
		}
		at, err := commandline.ReadyURL(listen, false)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
		defer cancel()
		return commandline.AskReady(ctx, cmd.OutOrStdout(), at, new(net.Dialer).DialContext)
	}
	return cmd
}
