package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/node/guide"
)

func newDev(l language.Language) *cobra.Command {
	var asked devReports
	cmd := &cobra.Command{
		Use:   "dev [TEMPLATE]",
		Short: l.Say("dev.short"),
		Long:  l.Say("dev.long"),
		Args:  commandline.AtMostOne("TEMPLATE"),
	}
	settings := addSettings(cmd, l, devData)
	settings.LogLevel = "warn" // the terminal is for reading
	settings.DrainDelay = 0    // no balancer stands in front
	settings.Functions = true  // a person who starts dev runs code of their own
	cmd.Flag("functions").DefValue = "true"
	cmd.Flag("drain-delay").DefValue = "0s"
	cmd.Flag("log-level").DefValue = settings.LogLevel
	cmd.Flags().StringVar(&asked.listen, "reports-listen", "127.0.0.1:8080", l.Say("dev.reports_listen"))
	cmd.Flags().StringVar(&asked.definitions, "definitions", "", l.Say("dev.definitions"))
	cmd.Flags().StringArrayVar(&asked.sources, "source", nil, l.Say("reports_run.source"))
	cmd.Flags().StringSliceVar(&asked.mailTo, "mail-to", nil, l.Say("reports_serve.mail_to"))
	cmd.Flags().StringSliceVar(&asked.webHooks, "web-hook", nil, l.Say("reports_serve.web_hook"))
	var parameters []string
	cmd.Flags().StringArrayVar(&parameters, "parameter", nil, l.Say("dev.parameter"))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := fromEnvironment(cmd.Flags(), os.LookupEnv); err != nil {
			return err
		}
		if len(args) == 1 {
			return devStack(cmd, l, *settings, args[0], parameters)
		}
		return dev(cmd, l, *settings, asked)
	}
	return cmd
}

func dev(cmd *cobra.Command, l language.Language, settings node.Settings, asked devReports) (failed error) {
	keepHeapSmall()
	ctx, screen := cmd.Context(), newTerminal(cmd.OutOrStdout())
	log, err := newLog(cmd.ErrOrStderr(), settings.LogLevel)
	if err != nil {
		return err
	}
	n, err := node.Start(ctx, node.Options{Settings: settings, Log: log, Version: commandline.Version()})
	if err != nil {
		return err
	}
	defer noteRunning(n, settings.DataDir)()
	defer func() { failed = errors.Join(failed, stopped(ctx, settings.StopPatience, n.Stop)) }()
	definitions := watchDefinitions(asked.definitions)
	reports, err := startReports(ctx, l, n, asked, filepath.Join(settings.DataDir, "reports"), log)
	if err != nil {
		return err
	}
	defer func() { failed = errors.Join(failed, stopped(ctx, settings.StopPatience, reports.stop)) }()
	if err := welcome(screen, l, n, reports, settings.DataDir); err != nil {
		return err
	}
	printReady(ctx, screen, n)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			fmt.Fprintln(screen, "\n"+l.Say("welcome.stopping"))
			return nil
		case err := <-n.Failed():
			return err
		case err := <-reports.failed:
			return err
		case <-tick.C:
			if definitions.changed() {
				reports.reload(screen, l)
			}
		}
	}
}

// stopped runs one stop with a timeout of its own: ctx is over when it is called.
func stopped(ctx context.Context, timeout time.Duration, stop func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	return stop(ctx)
}

// guideOn makes the guide's system on the node, leading to that backend.
func guideOn(ctx context.Context, l language.Language, n *node.Node, backend string, log *slog.Logger) (guide.System, error) {
	system, err := guide.Ensure(ctx, guide.Services{APIs: n.APIs(), Identity: n.Identity(), RegionAccount: n.RegionAccount(), Language: l}, backend)
	if err != nil {
		return system, err
	}
	log.Info("the guide's API is deployed", "api", system.APIID, "stage", guide.StageName)
	return system, n.WaitServed(ctx, system.APIID, guide.StageName)
}

// pageOn makes the API by which the report backend's page asks.
func pageOn(ctx context.Context, l language.Language, n *node.Node, backend string) (apiID string, err error) {
	apiID, err = guide.EnsurePage(ctx, guide.Services{APIs: n.APIs(), Identity: n.Identity(), RegionAccount: n.RegionAccount(), Language: l}, backend, n.Endpoint())
	if err != nil {
		return "", err
	}
	return apiID, n.WaitServed(ctx, apiID, guide.StageName)
}
