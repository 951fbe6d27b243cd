package gateway

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// maxNamed is how many connections of each kind a response names that did not get a
// message.
const maxNamed = 1000

// connectionsEach is how many connections are worth another goroutine.
const connectionsEach = 64

// FanOut is the result of one message to many connections (A-GATEWAY-55).
type FanOut struct {
	Sent    int `json:"sent"`
	Queued  int `json:"queued"`  // for clients that are away or read slowly
	Gone    int `json:"gone"`    // ended meanwhile
	Refused int `json:"refused"` // a post to one would get 429, or 503: it may be tried again

	GoneIDs    []string `json:"goneConnectionIds,omitempty"` // at most 1,000
	RefusedIDs []string `json:"refusedConnectionIds,omitempty"`
	// Missing are the nodes that did not respond: it is not known whether their
	// connections got the message.
	Missing []string `json:"missingNodes,omitempty"`

	unavailable int // of Refused, those with 503; of this node's connections only
}

func (f *FanOut) add(other *FanOut) {
	f.Sent, f.Queued, f.Gone, f.Refused = f.Sent+other.Sent, f.Queued+other.Queued, f.Gone+other.Gone, f.Refused+other.Refused
	f.unavailable += other.unavailable
	f.GoneIDs = append(f.GoneIDs, other.GoneIDs[:min(len(other.GoneIDs), maxNamed-len(f.GoneIDs))]...)
	f.RefusedIDs = append(f.RefusedIDs, other.RefusedIDs[:min(len(other.RefusedIDs), maxNamed-len(f.RefusedIDs))]...)
}

// count adds one connection to the totals.
func (f *FanOut) count(connectionID string, outcome Outcome) {
	switch outcome {
	case Queued:
		f.Queued++
	case Gone:
		if f.Gone++; len(f.GoneIDs) < maxNamed {
			f.GoneIDs = append(f.GoneIDs, connectionID)
		}
	case TooSlow, Unavailable:
		if outcome == Unavailable {
			f.unavailable++
		}
		if f.Refused++; len(f.RefusedIDs) < maxNamed {
			f.RefusedIDs = append(f.RefusedIDs, connectionID)
		}
	default:
		f.Sent++
	}
}

// FanOut posts one message to all connections of a stage that have a tag, on all nodes
// (A-GATEWAY-55). Of p it takes Body, at most [MaxPost] bytes, and Lifetime. It counts
// once against the account's throttle. A stage that is not served has no connections: all
// counts are 0.
//
// The result counts what each node reported; nodes that refused or did not answer within
// [busTimeout] are in Missing, and whether their connections got the message is not known. Of a durable
// stage the journal is synced before it returns.
func (g *Gateway) FanOut(ctx context.Context, apiID, stageName, tag string, p Push) (FanOut, error) {
	if err := g.throttleCall(); err != nil {
		return FanOut{}, err
	}
	if err := CheckTag(tag); err != nil {
		return FanOut{}, err
	}
	if len(p.Body) > MaxPost {
		return FanOut{}, pasarela.Errorf(pasarela.CodePayloadTooLarge, "The body is %d bytes long; a connection takes at most %d.", len(p.Body), MaxPost)
	}
	p.Key = rand.Text()
	var all FanOut
	var err error
	responses, missing := g.others.askAll(ctx, request{Verb: verbFanOut, APIID: apiID, Stage: stageName, Tag: tag, Lifetime: p.Lifetime, Key: p.Key, Body: p.Body}, func() {
		all, err = g.fanOutHere(ctx, apiID, stageName, tag, p)
	})
	if err != nil {
		return FanOut{}, err
	}
	for i := range responses {
		if responses[i].FanOut != nil {
			all.add(responses[i].FanOut)
			continue
		}
		missing = append(missing, responses[i].node) // it refused the call for many
	}
	slices.Sort(missing)
	all.Missing = missing
	return all, nil
}

// fanOutHere posts to the connections of this node. The message is encoded once.
func (g *Gateway) fanOutHere(ctx context.Context, apiID, stageName, tag string, p Push) (FanOut, error) {
	at := g.stageNamed(apiID, stageName)
	if at == nil {
		return FanOut{}, nil
	}
	conns := at.tags.connections(tag)
	departed := at.departures.with(tag, g.options.Now()) // behind the others: what leaves is here first
	if !utf8.Valid(p.Body) {                             // posts go out as text (aws-dataplane §8.2)
		p.Body = bytes.ToValidUTF8(p.Body, []byte("\ufffd"))
	}
	wire, err := socket.Prepare(socket.Text, p.Body)
	if err != nil {
		return FanOut{}, err
	}
	m := mailbox.Message{Wire: wire, Size: len(p.Body)}
	if p.Lifetime > 0 {
		m.Expires = g.options.Now().Add(p.Lifetime)
	}
	run := g.runs.Load()
	all := g.sendToAll(ctx, conns, m, p)
	if d := at.stage.Deployed(); d != nil && d.Settings.Durable && g.journal != nil {
		err := g.syncJournal(ctx)
		if err == nil && g.runs.Load() != run {
			err = errNotDurable(errRunTakenOver)
		}
		if err != nil {
			return FanOut{}, err
		}
	}
	for outcome, n := range map[Outcome]int{Accepted: all.Sent, Queued: all.Queued, Gone: all.Gone, TooSlow: all.Refused - all.unavailable, Unavailable: all.unavailable} {
		g.outcomes.add(outcome, int64(n))
	}
	at.stage.Counters.MessageCount.Add(int64(all.Sent + all.Queued))
	at.stage.Counters.Pushes.Add(int64(all.Sent + all.Queued))
	for _, id := range departed { // whose pushes are counted where they are
		if outcome, counted := g.pushByKey(ctx, apiID, id, p); counted {
			all.count(id, outcome)
		}
	}
	g.noteFanOut(at, tag, len(p.Body), &all)
	return all, nil
}

// sendToAll sends m to connections of this node, a part of them on each processor. The oldest
// get it first: the kernel has made their sockets in this order, so that its caches serve one
// after the other. In the order of a map, one send takes a quarter more CPU.
func (g *Gateway) sendToAll(ctx context.Context, conns []*connection, m mailbox.Message, p Push) FanOut {
	slices.SortFunc(conns, func(a, b *connection) int { return cmp.Compare(a.connectedAt, b.connectedAt) })
	parts := make([]FanOut, max(1, min(runtime.GOMAXPROCS(0), len(conns)/connectionsEach)))
	var sending sync.WaitGroup
	for i := range parts {
		sending.Go(func() { g.sendToPart(ctx, conns[i*len(conns)/len(parts):(i+1)*len(conns)/len(parts)], m, p, &parts[i]) })
	}
	sending.Wait()
	var all FanOut
	for i := range parts {
		all.add(&parts[i])
	}
	return all
}

// sendToPart sends m to some of the connections and counts them in result: first to those
// that have a socket and nothing but a socket, many at a time, then to the others one by one.
func (g *Gateway) sendToPart(ctx context.Context, conns []*connection, m mailbox.Message, p Push, result *FanOut) {
	var others []*connection
	var batch sendBatch
	for _, c := range conns {
		conn := c.socket.Load()
		if conn == nil || c.resume != nil || c.heldPosts.Load() != nil {
			others = append(others, c)
			continue
		}
		if batch.add(c, conn) {
			g.sendBatch(&batch, m.Wire, result)
		}
	}
	g.sendBatch(&batch, m.Wire, result)
	for _, c := range others {
		if outcome, counted := g.sendShared(ctx, c, m, p); counted {
			result.count(c.id, outcome)
		}
	}
}

// sendBatch is connections whose sockets get a message by one call.
type sendBatch struct {
	n           int
	connections [socket.Together]*connection
	sockets     [socket.Together]*socket.Conn
	errs        [socket.Together]error
}

// add says whether the batch is full then.
func (b *sendBatch) add(c *connection, conn *socket.Conn) bool {
	b.connections[b.n], b.sockets[b.n] = c, conn
	b.n++
	return b.n == len(b.sockets)
}

// sendBatch sends to a batch, counts its connections in result, and leaves it empty.
func (g *Gateway) sendBatch(b *sendBatch, wire *socket.Prepared, result *FanOut) {
	g.pool.SendTogether(wire, b.sockets[:b.n], b.errs[:b.n])
	for i, c := range b.connections[:b.n] {
		result.count(c.id, outcomeOf(refusedBySocket(b.errs[i])))
	}
	b.n = 0
}

// sendShared sends a connection a message that others get too; queued bytes are shared,
// not copied. counted is false where another node counts it.
func (g *Gateway) sendShared(ctx context.Context, c *connection, m mailbox.Message, p Push) (outcome Outcome, counted bool) {
	c.waitOpening()
	if c.resume != nil {
		if c.resume.movedInRecently(g.options.Now()) {
			return g.pushByKey(ctx, c.stage.stage.APIID, c.id, p)
		}
		given, err := c.resume.addToMailbox(m, nil, "")
		switch {
		case err == nil && !given:
			return Queued, true
		case err != nil && c.resume.errIfMoved() != nil:
			return g.pushByKey(ctx, c.stage.stage.APIID, c.id, p)
		}
		return outcomeOf(err), true
	}
	if held := c.heldPosts.Load(); held != nil {
		switch taken, full := held.hold(p.Body); {
		case taken:
			return Queued, true
		case full:
			return TooSlow, true
		}
	}
	conn := c.opened()
	if conn == nil {
		return Gone, true
	}
	return outcomeOf(refusedBySocket(conn.SendPrepared(m.Wire))), true
}

// stageNamed is a stage with its connections on this node, nil if there are none.
func (g *Gateway) stageNamed(apiID, stageName string) *stageConns {
	s, ok := g.options.Directory.Stage(apiID, stageName)
	if !ok {
		return nil
	}
	if found, ok := g.stages.Load(s); ok {
		return found.(*stageConns)
	}
	return nil
}

// noteFanOut adds a fan-out to the history, without steps for single connections.
func (g *Gateway) noteFanOut(at *stageConns, tag string, length int, all *FanOut) {
	x := g.acquire(g.options.Now())
	defer g.release(x)
	r := &x.record
	r.EventType, r.APIID, r.Stage, r.RouteKey = event.ConnectionAPI, at.stage.APIID, at.stage.Name, "POST /@connections?tag"
	r.Status = http.StatusOK
	r.NoteMessage(execution.StepNote, language.StepFanOut.Of(strconv.Itoa(length), quoted(tag), strconv.Itoa(all.Sent), strconv.Itoa(all.Queued), strconv.Itoa(all.Gone), strconv.Itoa(all.Refused)))
	g.history.Add(r)
}
