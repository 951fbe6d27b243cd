package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// "sync always": the default, a sync every two minutes, loses acknowledged
// writes when the machine stops (Jepsen, NATS 2.12.1).
const embeddedConfig = `
max_payload: 1MB
jetstream {
	sync_interval: always
	max_memory_store: 16MB
	max_file_store: 1TB
}
`

const startTimeout = 30 * time.Second

// A connection is a JetStream, embedded or external, and how to close it.
type connection struct {
	stream jetstream.JetStream
	close  func()
}

// connectEmbedded starts a server in this process without a listener.
func connectEmbedded(dir string, log *slog.Logger) (*connection, error) {
	unlock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	running, err := startServer(dir, log)
	if err != nil {
		unlock()
		return nil, language.Errorf("reports_api.embedded", "dir", dir, "error", err)
	}
	stop := func() { running.Shutdown(); running.WaitForShutdown(); unlock() }
	client, err := nats.Connect("", nats.InProcessServer(running), nats.Name("reports"), nats.MaxReconnects(-1))
	if err != nil {
		stop()
		return nil, language.Errorf("reports_api.embedded", "dir", dir, "error", err)
	}
	return joined(client, stop)
}

// connectURL connects to a server by nats:// or tls:// address.
func connectURL(address string) (*connection, error) {
	client, err := nats.Connect(address, nats.Name("pasarela reports"), nats.MaxReconnects(-1), nats.Timeout(startTimeout/3))
	if err != nil {
		return nil, language.Errorf("reports_api.nats", "error", err)
	}
	return joined(client, func() {})
}

func joined(client *nats.Conn, stop func()) (*connection, error) {
	stream, err := jetstream.New(client)
	if err != nil {
		client.Close()
		stop()
		return nil, err
	}
	return &connection{stream, func() { client.Close(); stop() }}, nil
}

func startServer(dir string, log *slog.Logger) (*server.Server, error) {
	options := &server.Options{}
	if err := options.ProcessConfigString(embeddedConfig); err != nil {
		return nil, err
	}
	options.StoreDir, options.DontListen, options.NoSigs = dir, true, true
	running, err := server.NewServer(options)
	if err != nil {
		return nil, err
	}
	running.SetLoggerV2(serverLog{log}, false, false, false)
	running.Start()
	if !running.ReadyForConnections(startTimeout) {
		running.Shutdown()
		running.WaitForShutdown()
		return nil, language.Errorf("reports_api.not_ready", "time", startTimeout)
	}
	return running, nil
}

// serverLog passes the server's warnings and errors on to the service's log.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(string, ...any) {}
func (l serverLog) Debugf(string, ...any)  {}
func (l serverLog) Tracef(string, ...any)  {}
func (l serverLog) Warnf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if madeAnew.MatchString(text) {
		l.log.Info("the process before was killed, and an index of the stored jobs is made anew from them; nothing is lost", "store", text)
		return
	}
	l.log.Warn(text)
}

// madeAnew is how the server says that an index beside its records is older than they are, as
// after every kill (nats-server 2.15.2, filestore.go).
var madeAnew = regexp.MustCompile(`Stream state outdated, .* will rebuild|state is outdated; attempting to recover`)

func (l serverLog) Errorf(format string, args ...any) {
	l.log.Error(fmt.Sprintf(format, args...))
}

func (l serverLog) Fatalf(format string, args ...any) {
	l.log.Error(fmt.Sprintf(format, args...), "fatal", true)
}

// nodeName is the persistent name of this data directory, by which a later
// process recognizes its own jobs.
func nodeName(dir string, random func() string) (string, error) {
	file := filepath.Join(dir, "node")
	name, err := os.ReadFile(file)
	if err == nil && !atomicfile.Blank(name) {
		return strings.TrimSpace(string(name)), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	made := random()
	return made, atomicfile.Write(file, []byte(made+"\n"), 0o600)
}

// probe waits until the store accepts a write: a server reads a large store
// first.
func probe(ctx context.Context, stream jetstream.JetStream) error {
	_, err := stream.AccountInfo(ctx)
	if err != nil {
		return language.Errorf("reports_api.no_jetstream", "error", err)
	}
	return nil
}

// JetStream is the store's, for what is kept beside the jobs.
func (q *Queue) JetStream() jetstream.JetStream { return q.connection.stream }
