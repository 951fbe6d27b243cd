package node

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// ticketsKey is where the keys of TLS session tickets lie in the store.
const ticketsKey = "tls/tickets"

// Times of the keys. A ticket is valid for as long as its key is kept, 24 to 36 hours. A
// new key is distributed to all nodes before any node encrypts with it.
const (
	ticketsLook   = 10 * time.Minute
	ticketsLead   = 2 * ticketsLook
	ticketsRotate = 12 * time.Hour
	ticketsKept   = 3
)

// ticketKeys is the document in the store, newest first.
type ticketKeys struct {
	Keys []ticketKey `json:"keys"`
}

type ticketKey struct {
	Key  []byte    `json:"key"` // 32 random bytes
	Made time.Time `json:"made"`
}

// sessionTickets lets clients resume their TLS sessions with any node and after a
// restart: all nodes share the keys of the tickets. Old keys are deleted, so that
// recorded TLS 1.2 sessions cannot be decrypted with them later; TLS 1.3 agrees on new
// secrets at each resumption.
type sessionTickets struct {
	keys   *document.Store[ticketKeys]
	config *tls.Config
	log    *slog.Logger
}

func newSessionTickets(bucket pasarela.Bucket, config *tls.Config, log *slog.Logger) *sessionTickets {
	return &sessionTickets{document.NewStore[ticketKeys](bucket), config, log}
}

// run reads the keys of the store again and again, so that all nodes use the same, until ctx
// ends. While the store does not answer the last ones stay in use.
func (t *sessionTickets) run(ctx context.Context) error {
	for {
		if err := t.refresh(ctx, time.Now()); err != nil && ctx.Err() == nil {
			t.log.Warn("the keys of TLS session tickets cannot be read; sessions are resumed with the ones known here", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(ticketsLook):
		}
	}
}

// refresh takes over the ticket keys of all nodes, and makes a new one when the newest is
// older than ticketsRotate. Of nodes that make one at the same time the first wins.
func (t *sessionTickets) refresh(ctx context.Context, now time.Time) error {
	found, err := t.keys.Get(ctx, ticketsKey)
	known := ticketKeys{}
	switch {
	case err == nil:
		known = *found.Value
	case !errors.Is(err, pasarela.ErrNotFound):
		return err
	}
	if len(known.Keys) == 0 || now.Sub(known.Keys[0].Made) >= ticketsRotate {
		written, err := t.keys.Upsert(ctx, ticketsKey, func(keys *ticketKeys) error {
			if len(keys.Keys) > 0 && now.Sub(keys.Keys[0].Made) < ticketsRotate {
				return nil // another node has made one
			}
			fresh := make([]byte, 32)
			_, _ = rand.Read(fresh) // it never fails
			keys.Keys = append([]ticketKey{{fresh, now.UTC()}}, keys.Keys...)
			keys.Keys = keys.Keys[:min(len(keys.Keys), ticketsKept)]
			return nil
		})
		if err != nil {
			return err
		}
		known = *written.Value
	}
	if usable := known.usable(now); len(usable) > 0 {
		t.config.SetSessionTicketKeys(usable)
	}
	return nil
}

// usable are the keys for crypto/tls, which encrypts with the first one: the newest key
// that every node has had time to load, or the only one.
func (k ticketKeys) usable(now time.Time) (keys [][32]byte) {
	var first int
	for i, key := range k.Keys {
		if now.Sub(key.Made) >= ticketsLead {
			first = i
			break
		}
	}
	for i, key := range k.Keys {
		if len(key.Key) != 32 {
			continue
		}
		if next := [32]byte(key.Key); i == first {
			keys = append([][32]byte{next}, keys...)
		} else {
			keys = append(keys, next)
		}
	}
	return keys
}
