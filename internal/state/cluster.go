package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	replicas       = 3
	connectTimeout = 10 * time.Second
	inquiryTimeout = 2 * time.Second
)

// openCluster joins a NATS cluster that somebody else runs. What would lose
// acknowledged writes is refused where it can be seen and warned of where not.
func openCluster(ctx context.Context, options Options) (*Store, error) {
	conn, err := nats.Connect(options.URL, nats.Name("pasarela "+options.Node), nats.Timeout(connectTimeout), nats.MaxReconnects(-1))
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

func openOn(ctx context.Context, conn *nats.Conn, options Options) (*Store, error) {
	if conn.MaxPayload() < MaxValue {
		options.Log.Warn("NATS takes small messages only: APIs whose compressed definition is larger cannot be saved; set max_payload",
			"max_payload", conn.MaxPayload(), "wanted", MaxValue)
	}
	if err := mustSyncAlways(conn, options); err != nil {
		return nil, err
	}
	config := jetstream.KeyValueConfig{Bucket: bucketName, Storage: jetstream.FileStorage, Replicas: replicas}
	if conn.ConnectedClusterName() == "" {
		options.Log.Warn("NATS is a single server: what it holds is in one place; run a cluster of three for replicas")
		config.Replicas = 1
	}
	return newStore(ctx, conn, config, context.Background(), options)
}

// mustSyncAlways asks the servers how they write. They answer the system
// account only; others get a warning, because nothing can be seen.
func mustSyncAlways(conn *nats.Conn, options Options) error {
	answer, err := conn.Request("$SYS.REQ.SERVER.PING.JSZ", nil, inquiryTimeout)
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
	if err := json.Unmarshal(answer.Data, &said); err != nil {
		return fmt.Errorf("the server's answer about JetStream is not readable: %w", err)
	}
	if !said.Data.Config.SyncAlways {
		return errors.New("it does not sync every write, so a power cut would lose what was acknowledged: " +
			"set jetstream { sync_interval: always } on each server")
	}
	return nil
}

// redacted hides the password of a URL, for errors and logs.
func redacted(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "(an address that cannot be read)"
	}
	return parsed.Redacted()
}
