package main

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// defaultListen is loopback alone: who reaches the service may ask for reports.
const defaultListen = "127.0.0.1:8080"

func healthcheckCommand(l language.Language) *cobra.Command {
	var listen, address string
	var timeout time.Duration
	cmd := &cobra.Command{Use: "healthcheck", Short: l.Say("reports_healthcheck.short"), Long: l.Say("reports_healthcheck.long"), Args: commandline.None}
	cmd.Flags().StringVar(&listen, "listen", defaultListen, l.Say("reports_serve.listen"))
	cmd.Flags().StringVar(&address, "url", "", l.Say("reports_healthcheck.url"))
	cmd.Flags().DurationVar(&timeout, "timeout", 4*time.Second, l.Say("healthcheck.timeout"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if timeout <= 0 {
			return language.Errorf("healthcheck.bad_timeout", "value", timeout.String())
		}
		at, err := commandline.ReadyURL(listen, false)
		if address != "" { // a service elsewhere, as that of "jobs" and "schedules"
			at, err = strings.TrimSuffix(address, "/")+"/readyz", nil
		}
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
		defer cancel()
		return commandline.AskReady(ctx, cmd.OutOrStdout(), at, new(net.Dialer).DialContext)
	}
	return cmd
}
