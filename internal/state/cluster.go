package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
)

const (
	replicas       = 3
	dialTimeout    = 2 * time.Second
	inquiryTimeout = 2 * time.Second
	// A connection to a server that does not respond is given up after pingEvery *
	// (pingsUnanswered + 1).
	pingEvery        = 2 * time.Second
	pingsWithoutPong = 2
	startTimeout     = time.Minute // for a cluster that does not answer or has no leader yet
	startPause       = time.Second
)

// openCluster connects to a NATS cluster that is run separately. It waits for one that
// does not answer or is electing a leader. Settings that would lose acknowledged writes are refused if
// they can be read, else a warning is logged.
func openCluster(ctx context.Context, options Options) (*Store, error) {
	unlock := func() {}
	if options.Home != "" {
		if err := os.MkdirAll(options.Home, 0o700); err != nil {
			return nil, fmt.Errorf("state: make the data directory: %w", err)
		}
		var err error
		if unlock, err = lock(filepath.Join(options.Home, "lock")); err != nil {
			return nil, fmt.Errorf("state: data directory %s: %w", options.Home, err)
		}
	}
	store, err := waitForCluster(ctx, options)
	if err != nil {
		unlock()
		return nil, err
	}
	store.stop = unlock
	return store, nil
}

// waitForCluster tries to join until the time of the start is over.
func waitForCluster(ctx context.Context, options Options) (*Store, error) {
	if options.ConnectTimeout <= 0 {
		options.ConnectTimeout = startTimeout
	}
	began := time.Now()
	for {
		store, err := join(ctx, options)
		if err == nil || !mayStartLater(err) {
			return store, err
		}
		left := options.ConnectTimeout - time.Since(began)
		if left <= 0 {
			return nil, fmt.Errorf("%w (waited %s for it)", err, time.Since(began).Round(time.Second))
		}
		options.Log.Warn("NATS is not ready; waiting for it", "error", err, "at_most", left.Round(time.Second))
		select {
		case <-time.After(min(startPause, left)):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w (gave up waiting: %w)", err, ctx.Err())
		}
	}
}

// mayStartLater says whether a start may succeed later: no server listens yet, one does
// not answer, or JetStream has no leader.
func mayStartLater(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == codeNotEnabled || api.ErrorCode == codeNotEnabledForAccount) {
		return false
	}
	var network net.Error
	return passing(err) || errors.Is(err, pasarela.ErrUnavailable) || errors.As(err, &network) && network.Timeout()
}

// join connects once. After that nats.go reconnects by itself for ever, with jitter, so
// that the nodes of a cluster do not all reconnect at the same moment.
func join(ctx context.Context, options Options) (*Store, error) {
	conn, err := nats.Connect(options.URL, nats.Name("pasarela "+options.Node), nats.Timeout(dialTimeout),
		nats.MaxReconnects(-1), nats.ReconnectWait(startPause/4), nats.ReconnectJitter(startPause/4, startPause/4),
		nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsWithoutPong),
		// Publish fails while disconnected instead of buffering: a push that was answered
		// with an error would otherwise be delivered after the reconnect.
		nats.ReconnectBufSize(-1),
	)
	if err != nil {
		return nil, fmt.Errorf("state: connect to NATS at %s: %w", redacted(options.URL), err)
	}
	store, err := openOn(ctx, conn, options)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("state: NATS at %s: %w", redacted(options.URL), err)
	}
	return store, nil
}

// openOn prepares the store on an open connection: limits, syncing, replicas, then the
// lease on this node's name.
func openOn(ctx context.Context, conn *nats.Conn, options Options) (*Store, error) {
	if conn.MaxPayload() < MaxValue {
		options.Log.Warn("NATS takes small messages only: APIs whose compressed definition is larger cannot be saved; set max_payload",
			"max_payload", conn.MaxPayload(), "wanted", MaxValue)
	}
	if err := mustSyncAlways(conn, options); err != nil {
		return nil, err
	}
	copies := replicas
	if conn.ConnectedClusterName() == "" {
		options.Log.Warn("NATS is a single server: what it holds is in one place; run a cluster of three for replicas")
		copies = 1
	}
	store, err := newStore(ctx, conn, copies, newHealth(), options)
	if err != nil {
		return nil, err
	}
	if store.journals, err = openJournals(ctx, store.bucket.js, copies); err != nil {
		return nil, fmt.Errorf("open the stream %q: %w", journalStream, err)
	}
	if store.leases, err = takeLease(ctx, store.bucket, options); err != nil {
		return nil, err
	}
	if options.Home != "" {
		store.home, store.local = options.Home, &fileJournal{path: journalPath(options.Home, store.Run())}
	}
	store.bus.ended = store.leases.ended
	// From here on watches check that they keep up (see bucket.leaseKey).
	store.bucket.leaseKey = store.leases.key()
	store.leave = store.leases.end
	return store, nil
}

// mustSyncAlways asks the servers for their sync setting. They tell it to the system
// account only; for other accounts it logs a warning, since the setting cannot be read.
func mustSyncAlways(conn *nats.Conn, options Options) error {
	response, err := conn.Request("$SYS.REQ.SERVER.PING.JSZ", nil, inquiryTimeout)
	if err != nil {
		options.Log.Warn("cannot see whether NATS syncs every write (that needs the system account): " +
			"make sure that each server has jetstream { sync_interval: always }, or a power cut loses acknowledged writes")
		return nil
	}
	var said struct {
		Data struct {
			Config struct {
				SyncAlways bool `json:"sync_always"`
			} `json:"config"`
		} `json:"data"`
	}
	if err := json.Unmarshal(response.Data, &said); err != nil {
		return fmt.Errorf("the server's answer about JetStream is not readable: %w", err)
	}
	if !said.Data.Config.SyncAlways {
		return errors.New("it does not sync every write, so a power cut would lose what was acknowledged: " +
			"set jetstream { sync_interval: always } on each server")
	}
	return nil
}

// redacted hides the passwords of URLs with commas between them, for errors and logs.
func redacted(addresses string) string {
	all := strings.Split(addresses, ",")
	for i, address := range all {
		if address = strings.TrimSpace(address); !strings.Contains(address, "://") {
			address = "nats://" + address // as the client does
		}
		parsed, err := url.Parse(address)
		if err != nil {
			return "(an address that cannot be read)"
		}
		all[i] = parsed.Redacted()
	}
	return strings.Join(all, ",")
}
