package gateway

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// SessionParameter is the query parameter with the session's secret, for stages whose
// connections outlive their sockets (A-GATEWAY-50).
const SessionParameter = "pasarela-session"

// Lengths of a session's secret: 22 characters of base64url hold 128 bits.
const (
	minSecret = 22
	maxSecret = 128
)

// sessionKeptHeader of the 101 tells the client that its session is kept; a stage without
// sessions does not send it (A-GATEWAY-50).
const sessionKeptHeader = "pasarela-session: kept\r\n\r\n"

// appendSessionHeader adds [sessionKeptHeader] to a 101, which ends in an empty line; an
// empty response stays empty.
func appendSessionHeader(response []byte) []byte {
	if len(response) == 0 {
		return response
	}
	return append(response[:len(response)-len("\r\n")], sessionKeptHeader...)
}

// sessionKey is the SHA-256 of a stage and a session's secret. The secret itself is not
// kept.
type sessionKey [sha256.Size]byte

// sessionOf reads the session that a handshake names, if the stage has sessions. An
// invalid secret refuses the handshake: the client would rely on a session that does not
// exist.
func (g *Gateway) sessionOf(r *http.Request, at *stage.Stage, d *stage.Deployed) (key sessionKey, given bool, refusal *execution.GatewayError) {
	if d.Settings.ResumeWindow <= 0 || g.options.Strict || !strings.Contains(r.URL.RawQuery, "session") {
		return key, false, nil
	}
	secret := ""
	for _, pair := range queryOf(r.URL.RawQuery) {
		if pair.Name != SessionParameter {
			continue
		}
		if given || !validSecret(pair.Value) {
			why := language.SessionSecret.Of(SessionParameter, strconv.Itoa(minSecret), strconv.Itoa(maxSecret))
			return key, false, execution.Refused(execution.BadRequestParameters, http.StatusBadRequest, "BadRequestException", why.Error(), why.Error(), why)
		}
		secret, given = pair.Value, true
	}
	if !given {
		return key, false, nil
	}
	return sha256.Sum256([]byte(at.APIID + "/" + at.Name + "\x00" + secret)), true, nil
}

func validSecret(text string) bool {
	for i := range len(text) {
		c := text[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return len(text) >= minSecret && len(text) <= maxSecret
}

// withoutSession is a query without the session's secret, so that no backend, template,
// log or explanation contains it.
func withoutSession(query []event.Pair) []event.Pair {
	kept := query[:0]
	for _, pair := range query {
		if pair.Name != SessionParameter {
			kept = append(kept, pair)
		}
	}
	return kept
}

// sessions finds the resumable connections of this node by their sessions. The map has
// the first bytes of each key alone, since the connection has them all and there may be
// very many; connections whose keys begin alike are linked.
type sessions struct {
	mu    sync.Mutex
	byKey map[uint64]*resumable
	// fetched are the connections that handshakes have found on other nodes and move here.
	fetched map[*resumable]string
}

// beginning is the part of the key by which the map of sessions finds it.
func (k *sessionKey) beginning() uint64 { return binary.BigEndian.Uint64(k[:]) }

// claim adds r under its key, unless another is there, which it returns.
func (s *sessions) claim(r *resumable) (other *resumable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other = s.find(&r.key); other != nil {
		return other
	}
	s.add(r)
	return nil
}

// claimKnown adds r, a connection that was recovered or came by a move, under its key. Two
// entries that may stand there are replaced: that of a handshake which is still looking for the
// connection, or moves it here from the run that was lost, whose client is told to come again
// and then finds r; and a connection that another node has taken over. Any other connection of
// the session stays and is returned.
func (s *sessions) claimKnown(r *resumable) (other *resumable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	other = s.find(&r.key)
	switch {
	case other == nil:
	case other == r:
		return nil
	case other.searching && s.givesWay(other, r.c.id):
		other.yielded = true
	case !other.takenOver.Load():
		return other
	}
	s.unlink(other)
	s.add(r)
	return nil
}

// givesWay says whether a handshake gives way to a connection: it is still looking, or moves that
// one here. s.mu is held.
func (s *sessions) givesWay(r *resumable, connectionID string) bool {
	fetched, fetching := s.fetched[r]
	return !fetching || fetched == connectionID
}

// beginFetch ends r's search, which found the connection on another node: from now on it gives
// way to none but that connection itself, should this node take it over, and other nodes are
// told to ask again. false when another goes first.
func (s *sessions) beginFetch(r *resumable, connectionID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.find(&r.key) != r {
		return false
	}
	if s.fetched == nil {
		s.fetched = map[*resumable]string{}
	}
	s.fetched[r] = connectionID
	return true
}

// replace adds r in place of another of its key.
func (s *sessions) replace(other, r *resumable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlink(other) {
		s.add(r)
	}
}

func (s *sessions) get(key sessionKey) *resumable {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(&key)
}

// find returns the connection of a key. s.mu is held.
func (s *sessions) find(key *sessionKey) *resumable {
	r := s.byKey[key.beginning()]
	for r != nil && r.key != *key {
		r = r.next
	}
	return r
}

// add adds r, whose key is not there. s.mu is held.
func (s *sessions) add(r *resumable) {
	if s.byKey == nil {
		s.byKey = map[uint64]*resumable{}
	}
	at := r.key.beginning()
	r.next = s.byKey[at]
	s.byKey[at] = r
}

// unlink removes r; false when it is not there, or nil. s.mu is held.
func (s *sessions) unlink(r *resumable) bool {
	if r == nil {
		return false
	}
	delete(s.fetched, r)
	at := r.key.beginning()
	first := s.byKey[at]
	if first == r {
		if r.next == nil {
			delete(s.byKey, at)
		} else {
			s.byKey[at] = r.next
		}
		r.next = nil
		return true
	}
	for before := first; before != nil; before = before.next {
		if before.next == r {
			before.next, r.next = r.next, nil
			return true
		}
	}
	return false
}

// lookup serves another node that searches for a session. When both nodes search for it,
// because both have a client with it, the node of the lower number goes first: the other
// gets busy.
func (s *sessions) lookup(key sessionKey, from uint16) (found *resumable, busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found = s.find(&key)
	if found == nil || !found.searching {
		return found, false
	}
	if _, fetching := s.fetched[found]; fetching || found.g.options.Node < from {
		return nil, true
	}
	found.yielded = true
	return nil, false
}

// endSearch ends r's search; false when another node goes first.
func (s *sessions) endSearch(r *resumable) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.searching = false
	return !r.yielded && s.find(&r.key) == r
}

func (s *sessions) remove(r *resumable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unlink(r)
}
