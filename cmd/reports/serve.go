package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/credentials"
)

const stopTime = 25 * time.Second

type serveFlags struct {
	listen, logLevel, logFormat, storageLimit string
	sources, folders                          []string
	signed                                    credentials.Options
	options                                   report.Options
}

func serveCommand() *cobra.Command {
	var flags serveFlags
	command := &cobra.Command{
		Use:   "serve",
		Short: "Take requests for reports and make them",
		Long: `serve takes requests until it is interrupted; reports that are running then are
made after the next start.

The calls to @connections are signed with the credentials of the environment
(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), of a profile of the
shared files, of a web identity or of a container's role; on EC2 also with the
instance's, with AWS_EC2_METADATA_DISABLED=false. Files are read again when they
change. Addresses with passwords can come from the environment:
REPORTS_SOURCE_<NAME>, REPORTS_STORAGE, REPORTS_QUEUE, REPORTS_TOKEN, REPORTS_SMTP and
REPORTS_FOLDER_<NAME>, by which reports of schedules are delivered. Programs that
share a queue need the same REPORTS_KEY, which signs links and capabilities. SIGHUP
reads the definitions again. /healthz, /readyz and /metrics show its state.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return flags.serve(command.Context()) },
	}
	set, options := command.Flags(), &flags.options
	set.StringVar(&flags.listen, "listen", "127.0.0.1:8080", "address to listen on")
	set.StringVar(&options.DataDir, "data", "", "data `directory`: jobs, files, sample shop; "+shownDataDir+" by default")
	set.StringVar(&options.ConnectionsEndpoint, "endpoint", "", "`URL` of the stage whose @connections is posted to")
	set.StringSliceVar(&options.AllowedEndpoints, "allow-endpoint", nil, "URL `prefix` of gateways that requests may name by domainName and stage")
	set.StringVar(&options.GatewayURL, "gateway", "", "ws(s):// `URL` of the stage, for the page; from --endpoint by default")
	set.StringVar(&options.PublicURL, "public-url", "", "`URL` that links begin with; http://LISTEN by default")
	set.StringVar(&options.Region, "region", environment("AWS_REGION", "us-east-1"), "region that calls are signed for")
	set.StringVar(&options.DefinitionsDir, "definitions", "", "`directory` of report definitions; the samples by default")
	set.StringArrayVar(&flags.sources, "source", nil, "database as `name=URL`; may be given often")
	set.StringVar(&options.PageAction, "page-action", "", "`action` of the message by which the page asks for a report; by default it asks in the query string while it connects")
	set.StringSliceVar(&options.Hosts, "allow-host", nil, "`name` that this service is called by; without REPORTS_TOKEN others are refused, except addresses, private names and --public-url's")
	set.StringVar(&flags.signed.Profile, "profile", "", "`profile` of the shared credentials and config files; before the environment")
	set.StringVar(&flags.signed.File, "credentials-file", "", "shared credentials `file`, read again when it changes; before the environment")
	set.IntVar(&options.Workers, "workers", 4, "reports made at once")
	set.StringToIntVar(&options.SourceLimits, "source-limit", nil, "most reports of a database made at once, as `name=N`; may be given often")
	set.IntVar(&options.MaxQueued, "max-queued", 5000, "reports that may wait")
	set.IntVar(&options.MaxPerCaller, "max-per-caller", 500, "reports of one caller that may wait")
	set.IntVar(&options.Attempts, "attempts", 4, "runs of a report whose failures may pass, such as a database that is down; after 1 s, 4 s, 16 s ... up to 5 min")
	set.IntVar(&options.MaxHistory, "history", 50_000, "ended reports that are remembered, with their files")
	set.StringVar(&flags.storageLimit, "storage-limit", "", "most that kept reports may take, such as 20GB; the disk by default")
	set.StringArrayVar(&flags.folders, "deliver-folder", nil, "folder that schedules may deliver to, as `name=DIR`; buckets come from REPORTS_FOLDER_<NAME>; may be given often")
	set.StringSliceVar(&options.Delivery.WebHooks, "web-hook", nil, "URL `prefix` of web hooks that schedules may call")
	set.StringSliceVar(&options.Delivery.MailTo, "mail-to", nil, "`address`, or domain such as @example.com, that schedules may send e-mail to")
	set.StringVar(&flags.logLevel, "log-level", "info", "debug, info, warn or error")
	set.StringVar(&flags.logFormat, "log-format", "text", "text or json")
	return command
}

func (f *serveFlags) serve(ctx context.Context) error {
	if err := f.complete(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return language.Errorf("reports_program.listen", "address", f.listen, "error", err)
	}
	if f.options.PublicURL == "" {
		f.options.PublicURL = "http://" + listener.Addr().String()
	}
	service, err := report.New(f.options)
	if err != nil {
		_ = listener.Close() // the first error counts
		return err
	}
	if err := service.Start(); err != nil {
		_ = listener.Close() // the first error counts
		return err
	}
	fmt.Println(spoken().Say("reports_program.ready", "url", f.options.PublicURL, "dir", f.options.DataDir))
	return f.until(ctx, service, listener)
}

// until serves until the context ends, then stops in order: no new requests,
// then the running reports back into the queue.
func (f *serveFlags) until(ctx context.Context, service *report.Service, listener net.Listener) error {
	server := &http.Server{
		Handler: service.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(f.options.Logger.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
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

func (f *serveFlags) complete() (err error) {
	o := &f.options
	if o.Logger, err = newLog(f.logLevel, f.logFormat); err != nil {
		return err
	}
	o.Spoken = spoken()
	if o.DataDir == "" {
		o.DataDir = usualDataDir()
	}
	if err := f.checkNumbers(); err != nil {
		return err
	}
	if o.StorageLimit, err = readBytes(f.storageLimit); err != nil {
		return err
	}
	if o.Sources, err = readPairs("--source", sourcePrefix, f.sources); err != nil {
		return err
	}
	if o.Delivery.Folders, err = readPairs("--deliver-folder", folderPrefix, f.folders); err != nil {
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
	for name, value := range o.SourceLimits {
		if value < 1 {
			return language.Errorf("reports_program.at_least_one", "flag", "--source-limit "+name, "value", value)
		}
	}
	return nil
}

func newLog(level, format string) (*slog.Logger, error) {
	var options slog.HandlerOptions
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, language.Errorf("reports_program.log_level", "value", level)
	}
	options.Level = least
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(os.Stderr, &options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(os.Stderr, &options)), nil
	}
	return nil, language.Errorf("reports_program.log_format", "value", format)
}

func environment(name, usual string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return usual
}
