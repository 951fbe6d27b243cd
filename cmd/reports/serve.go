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

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/report"
)

const stopTime = 25 * time.Second

type serveFlags struct {
	listen, logLevel, storageLimit string
	sources                        []string
	options                        report.Options
}

func serveCommand() *cobra.Command {
	var flags serveFlags
	command := &cobra.Command{
		Use:   "serve",
		Short: "Take requests for reports and make them",
		Long: `serve takes requests until it is interrupted; reports that are running then are
made after the next start.

The calls to @connections are signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
and AWS_SESSION_TOKEN. Addresses with passwords can come from the environment:
REPORTS_SOURCE_<NAME>, REPORTS_STORAGE, REPORTS_QUEUE, REPORTS_TOKEN.
SIGHUP reads the definitions again.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return flags.serve(command.Context()) },
	}
	set, options := command.Flags(), &flags.options
	set.StringVar(&flags.listen, "listen", "127.0.0.1:8080", "address to listen on")
	set.StringVar(&options.DataDir, "data", "reports-data", "data `directory`: jobs, files, sample shop")
	set.StringVar(&options.ConnectionsEndpoint, "endpoint", "", "`URL` of the stage whose @connections is posted to")
	set.StringSliceVar(&options.AllowedEndpoints, "allow-endpoint", nil, "URL `prefix` of gateways that requests may name by domainName and stage")
	set.StringVar(&options.GatewayURL, "gateway", "", "ws(s):// `URL` of the stage, for the page; from --endpoint by default")
	set.StringVar(&options.PublicURL, "public-url", "", "`URL` that links begin with; http://LISTEN by default")
	set.StringVar(&options.Region, "region", environment("AWS_REGION", "us-east-1"), "region that calls are signed for")
	set.StringVar(&options.DefinitionsDir, "definitions", "", "`directory` of report definitions; the samples by default")
	set.StringArrayVar(&flags.sources, "source", nil, "database as `name=URL`; may be given often")
	set.IntVar(&options.Workers, "workers", 4, "reports made at once")
	set.StringVar(&flags.storageLimit, "storage-limit", "", "most that kept reports may take, such as 20GB; the disk by default")
	set.StringVar(&flags.logLevel, "log-level", "info", "debug, info, warn or error")
	return command
}

func (f *serveFlags) serve(ctx context.Context) error {
	if err := f.complete(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	if f.options.PublicURL == "" {
		f.options.PublicURL = "http://" + listener.Addr().String()
	}
	service, err := report.New(f.options)
	if err != nil {
		listener.Close() //nolint:errcheck // the first error counts
		return err
	}
	if err := service.Start(); err != nil {
		listener.Close() //nolint:errcheck // the first error counts
		return err
	}
	fmt.Printf("reports: %s  (data in %s)\n", f.options.PublicURL, f.options.DataDir)
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
	server.Shutdown(stopping) //nolint:errcheck // long downloads are cut
	return errors.Join(err, service.Stop(stopping))
}

func (f *serveFlags) complete() error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	o := &f.options
	o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	o.Credentials = aws.CredentialsProviderFunc(environmentCredentials)
	if _, err := environmentCredentials(context.Background()); err != nil {
		return err
	}
	o.Storage, o.QueueURL, o.Token = os.Getenv("REPORTS_STORAGE"), os.Getenv("REPORTS_QUEUE"), os.Getenv("REPORTS_TOKEN")
	if o.GatewayURL == "" && o.ConnectionsEndpoint != "" {
		o.GatewayURL = "ws" + strings.TrimPrefix(o.ConnectionsEndpoint, "http")
	}
	var err error
	if o.StorageLimit, err = readBytes(f.storageLimit); err != nil {
		return fmt.Errorf("--storage-limit: %w", err)
	}
	o.Sources, err = readSources(f.sources)
	return err
}

func environmentCredentials(context.Context) (aws.Credentials, error) {
	found := aws.Credentials{
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
	}
	if !found.HasKeys() {
		return found, errors.New("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: calls to @connections are signed with them")
	}
	return found, nil
}

func environment(name, usual string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return usual
}
