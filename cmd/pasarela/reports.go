package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/fastpath/bodylength"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/node/guide"
	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
)

// reports is the report backend that "dev" runs beside its node. It uses only HTTP and
// its own key, like the program cmd/reports.
type reports struct {
	system    guide.System
	url       string // http://127.0.0.1:8080
	service   *report.Service
	server    *http.Server
	failed    chan error
	folder    string // that schedules may deliver to
	portInUse string // the port that was wanted, where another program has it
}

// devReports is what a person sets of the report backend of "dev"; addresses with passwords
// come from the environment, as those of cmd/reports do.
type devReports struct {
	listen      string
	definitions string // folder; "" for the samples
	sources     []string
	mailTo      []string
	webHooks    []string
}

// deliveries is the folder that schedules made on the page may deliver to.
const deliveries = "deliveries"

func startReports(ctx context.Context, l language.Language, n *node.Node, asked devReports, dataDir string, log *slog.Logger) (*reports, error) {
	listener, portInUse, err := listenOrFreePort(asked.listen)
	if err != nil {
		return nil, err
	}
	r := &reports{url: "http://" + listener.Addr().String(), failed: make(chan error, 1), portInUse: portInUse}
	if err := r.open(ctx, l, n, asked, listener.Addr().String(), dataDir, log); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	r.server = &http.Server{
		Handler: r.service.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() { r.failed <- r.server.Serve(bodylength.Listener(listener, log)) }()
	return r, nil
}

func (r *reports) open(ctx context.Context, l language.Language, n *node.Node, asked devReports, backend, dataDir string, log *slog.Logger) (err error) {
	if r.system, err = guideOn(ctx, l, n, backend, log); err != nil {
		return err
	}
	page, err := pageOn(ctx, l, n, backend)
	if err != nil {
		return err
	}
	sources, err := commandline.Pairs("--source", commandline.SourcePrefix, asked.sources)
	if err != nil {
		return err
	}
	if r.folder, err = filepath.Abs(filepath.Join(dataDir, deliveries)); err == nil {
		err = os.MkdirAll(r.folder, 0o750)
	}
	if err != nil {
		return language.Errorf("reports.failed", "error", err)
	}
	r.service, err = report.New(report.Options{
		DataDir: dataDir, PublicURL: r.url, DefinitionsDir: asked.definitions, MayBeEmpty: true, Sources: sources,
		ConnectionsEndpoint: n.Endpoint() + "/" + r.system.APIID + "/" + guide.StageName,
		AllowedEndpoints:    []string{n.Endpoint() + "/" + page + "/" + guide.StageName},
		Region:              n.RegionAccount().Region,
		Credentials:         staticKey(r.system.ReportsKey),
		GatewayURL:          socketURL(n, page),
		PageAction:          guide.PageAction,
		Delivery:            delivery.Options{Folders: map[string]string{deliveries: r.folder}, SMTP: os.Getenv("REPORTS_SMTP"), MailTo: asked.mailTo, WebHooks: asked.webHooks},
		WarningLanguage:     l,
		Trace:               n.TraceStep(),
		Logger:              log.With("program", "reports"),
	})
	if err != nil {
		return language.Errorf("reports.failed", "error", err)
	}
	if err := r.service.Start(); err != nil {
		return language.Errorf("reports.failed", "error", err)
	}
	return nil
}

func (r *reports) stop(ctx context.Context) error {
	err := r.server.Shutdown(ctx)
	if served := <-r.failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, r.service.Stop(ctx))
}

// listenOrFreePort takes any free port of the same host when the wanted one is in use, so that
// the guide also works on a machine with a server on 8080; portInUse is then the wanted port.
func listenOrFreePort(address string) (listener net.Listener, portInUse string, err error) {
	listener, err = net.Listen("tcp", address)
	if err == nil {
		return listener, "", nil
	}
	host, port, errSplit := net.SplitHostPort(address)
	if errSplit != nil {
		return nil, "", language.Errorf("reports.listen", "error", errSplit)
	}
	if listener, errFree := net.Listen("tcp", net.JoinHostPort(host, "0")); errFree == nil {
		return listener, port, nil
	}
	return nil, "", language.Errorf("reports.listen", "error", err)
}

func staticKey(key identity.AccessKey) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, nil
	})
}

// socketURL is where clients of the guide's stage connect.
func socketURL(n *node.Node, apiID string) string {
	return strings.Replace(n.Endpoint(), "http", "ws", 1) + "/" + apiID + "/" + guide.StageName
}

// example is the type of report that commands to paste ask for: the guide's, or the first of a
// person's own.
func (r *reports) example() string {
	const guides = "ventas"
	types := r.service.Types()
	if len(types) == 0 || slices.Contains(types, guides) {
		return guides
	}
	return types[0]
}
