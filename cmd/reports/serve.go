package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/fastpath/bodylength"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node/tracing"
	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/credentials"
)

const stopTime = 25 * time.Second

type serveFlags struct {
	l                                         language.Language
	listen, logLevel, logFormat, storageLimit string
	sources, folders                          []string
	signed                                    credentials.Options
	options                                   report.Options
}

func serveCommand(l language.Language) *cobra.Command {
	flags := serveFlags{l: l}
	command := &cobra.Command{
		Use:   "serve",
		Short: l.Say("reports_serve.short"),
		Long:  l.Say("reports_serve.long"),
		Args:  commandline.None,
		RunE: func(command *cobra.Command, _ []string) error {
			return flags.serve(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	set, options := command.Flags(), &flags.options
	set.StringVar(&flags.listen, "listen", defaultListen, l.Say("reports_serve.listen"))
	set.StringVar(&options.DataDir, "data", "", l.Say("reports_serve.data"))
	set.StringVar(&options.ConnectionsEndpoint, "endpoint", "", l.Say("reports_serve.endpoint"))
	set.StringSliceVar(&options.AllowedEndpoints, "allow-endpoint", nil, l.Say("reports_serve.allow_endpoint"))
	set.StringVar(&options.GatewayURL, "gateway", "", l.Say("reports_serve.gateway"))
	set.StringVar(&options.PublicURL, "public-url", "", l.Say("reports_serve.public_url"))
	set.StringVar(&options.Region, "region", environment("AWS_REGION", "us-east-1"), l.Say("reports_serve.region"))
	set.StringVar(&options.DefinitionsDir, "definitions", "", l.Say("reports_run.definitions"))
	set.StringArrayVar(&flags.sources, "source", nil, l.Say("reports_run.source"))
	set.StringVar(&options.PageAction, "page-action", "", l.Say("reports_serve.page_action"))
	set.StringSliceVar(&options.Hosts, "allow-host", nil, l.Say("reports_serve.allow_host"))
	set.StringVar(&flags.signed.Profile, "profile", "", l.Say("reports_serve.profile"))
	set.StringVar(&flags.signed.File, "credentials-file", "", l.Say("reports_serve.credentials_file"))
	set.IntVar(&options.Workers, "workers", 4, l.Say("reports_serve.workers"))
	set.StringToIntVar(&options.SourceLimits, "source-limit", nil, l.Say("reports_serve.source_limit"))
	set.IntVar(&options.MaxQueued, "max-queued", 5000, l.Say("reports_serve.max_queued"))
	set.IntVar(&options.MaxPerCaller, "max-per-caller", 500, l.Say("reports_serve.max_per_caller"))
	set.IntVar(&options.Attempts, "attempts", 4, l.Say("reports_serve.attempts"))
	set.StringToIntVar(&options.SourceAttempts, "source-attempts", nil, l.Say("reports_serve.source_attempts"))
	set.IntVar(&options.MaxHistory, "history", 50_000, l.Say("reports_serve.history"))
	set.StringVar(&flags.storageLimit, "storage-limit", "", l.Say("reports_serve.storage_limit"))
	set.StringArrayVar(&flags.folders, "deliver-folder", nil, l.Say("reports_serve.deliver_folder"))
	set.StringSliceVar(&options.Delivery.WebHooks, "web-hook", nil, l.Say("reports_serve.web_hook"))
	set.StringSliceVar(&options.Delivery.MailTo, "mail-to", nil, l.Say("reports_serve.mail_to"))
	set.StringVar(&flags.logLevel, "log-level", "info", l.Say("reports_serve.log_level"))
	set.StringVar(&flags.logFormat, "log-format", "text", l.Say("reports_serve.log_format"))
	return command
}

func (f *serveFlags) serve(ctx context.Context, out, problems io.Writer) error {
	if err := f.complete(problems); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return language.Errorf("reports_program.listen", "address", f.listen, "error", err)
	}
	if f.options.PublicURL == "" {
		f.options.PublicURL = "http://" + listener.Addr().String()
	}
	stopTraces, err := f.traces(ctx)
	if err != nil {
		_ = listener.Close() // the first error counts
		return err
	}
	defer stopTraces()
	service, err := report.New(f.options)
	if err != nil {
		_ = listener.Close() // the first error counts
		return err
	}
	if err := service.Start(); err != nil {
		_ = listener.Close() // the first error counts
		return err
	}
	fmt.Fprintln(out, f.l.Say("reports_program.ready", "url", f.options.PublicURL, "dir", f.options.DataDir))
	return f.until(ctx, service, listener)
}

// traces has the steps of reports sent to the collector that OpenTelemetry's environment
// variables name, if they name one; the function returned sends what waits.
func (f *serveFlags) traces(ctx context.Context) (stop func(), err error) {
	if !tracing.Configured(os.Getenv) {
		return func() {}, nil
	}
	exporter, err := tracing.New(ctx, "pasarela-reports", commandline.Version())
	if err != nil {
		return nil, err
	}
	f.options.Trace, f.options.Sample = exporter.Step, exporter.Sample
	return func() {
		stopping, done := context.WithTimeout(context.Background(), stopTime)
		defer done()
		if err := exporter.Stop(stopping); err != nil {
			f.options.Logger.Warn("the last traces were not sent", "cause", err)
		}
	}, nil
}

// until serves until the context ends, then stops in order: no new requests,
// then the running reports back into the queue.
func (f *serveFlags) until(ctx context.Context, service *report.Service, listener net.Listener) error {
	server := &http.Server{
		Handler: service.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(f.options.Logger.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(bodylength.Listener(listener, f.options.Logger)) }()
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	var err error
	for running := true; running; {
		select {
		case <-ctx.Done():
			running = false
		case err = <-failed:
			running = false
		case <-reload:
			if err := service.Reload(); err != nil {
				f.options.Logger.Error("the definitions stay as they were", "cause", err)
			} else {
				f.options.Logger.Info("the definitions were read again")
			}
		}
	}
	stopping, done := context.WithTimeout(context.Background(), stopTime)
	defer done()
	_ = server.Shutdown(stopping) // long downloads are cut
	return errors.Join(err, service.Stop(stopping))
}

func (f *serveFlags) complete(problems io.Writer) (err error) {
	o := &f.options
	if o.Logger, err = newLog(problems, f.logLevel, f.logFormat); err != nil {
		return err
	}
	o.WarningLanguage = f.l
	if o.DataDir == "" {
		o.DataDir = usualDataDir()
	}
	if err := f.checkNumbers(); err != nil {
		return err
	}
	if o.StorageLimit, err = readBytes(f.storageLimit); err != nil {
		return err
	}
	if o.Sources, err = commandline.Pairs("--source", commandline.SourcePrefix, f.sources); err != nil {
		return err
	}
	if o.Delivery.Folders, err = commandline.Pairs("--deliver-folder", commandline.FolderPrefix, f.folders); err != nil {
		return err
	}
	o.Delivery.SMTP = os.Getenv("REPORTS_SMTP")
	if _, _, err := net.SplitHostPort(f.listen); err != nil {
		return language.Errorf("reports_program.listen_form", "value", f.listen)
	}
	f.signed.Log = o.Logger
	if o.Credentials, err = credentials.Open(context.Background(), f.signed); err != nil {
		return err
	}
	o.Storage, o.QueueURL, o.Token, o.Key = os.Getenv("REPORTS_STORAGE"), os.Getenv("REPORTS_QUEUE"), os.Getenv("REPORTS_TOKEN"), os.Getenv("REPORTS_KEY")
	if o.GatewayURL == "" && o.ConnectionsEndpoint != "" {
		o.GatewayURL = "ws" + strings.TrimPrefix(o.ConnectionsEndpoint, "http")
	}
	return nil
}

// checkNumbers refuses limits that would let nothing through.
func (f *serveFlags) checkNumbers() error {
	o := &f.options
	for name, value := range map[string]int{
		"workers": o.Workers, "max-queued": o.MaxQueued, "max-per-caller": o.MaxPerCaller, "attempts": o.Attempts, "history": o.MaxHistory,
	} {
		if value < 1 {
			return language.Errorf("reports_program.at_least_one", "flag", "--"+name, "value", value)
		}
	}
	for flag, values := range map[string]map[string]int{"--source-limit ": o.SourceLimits, "--source-attempts ": o.SourceAttempts} {
		for name, value := range values {
			if value < 1 {
				return language.Errorf("reports_program.at_least_one", "flag", flag+name, "value", value)
			}
		}
	}
	return nil
}

func newLog(out io.Writer, level, format string) (*slog.Logger, error) {
	var options slog.HandlerOptions
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, language.Errorf("reports_program.log_level", "value", level)
	}
	options.Level = least
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(out, &options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(out, &options)), nil
	}
	return nil, language.Errorf("reports_program.log_format", "value", format)
}

func environment(name, usual string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return usual
}
