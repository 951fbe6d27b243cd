package gateway

import (
	"context"
	"errors"
	"time"
	"unique"

	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
)

// openJournals starts the writers of the journal and of its copy, if they are configured.
func (g *Gateway) openJournals() {
	o := &g.options
	if o.Journal == nil {
		return
	}
	ofOutage := "connections opened from now on get no $disconnect"
	if o.LocalJournal != nil {
		ofOutage = "connections opened from now on get their $disconnect when it starts again on its data directory, and only then"
		g.local = journal.New(journal.Options{
			Journal: o.LocalJournal, Copy: true, Log: o.Log, OfOutage: "connections opened while no NATS server takes their records get no $disconnect",
			Live: func(each func(*journal.Record)) {
				g.owed(func(r *journal.Record) { r.Messages = nil; each(r) })
			},
		})
	}
	g.journal = journal.New(journal.Options{Journal: o.Journal, Live: g.owed, Past: g.past.each, Taken: g.runTakenOver, Log: o.Log, OfOutage: ofOutage})
	if o.HoldsLease != nil {
		g.disconnects.confirm = g.journal.AfterWrite
	}
}

// endJournals writes both to their ends; a journal whose writes fail already gets little
// time.
func (g *Gateway) endJournals(ctx context.Context) error {
	var failed error
	for _, w := range []*journal.Writer{g.journal, g.local} {
		if w == nil {
			continue
		}
		within, cancel := ctx, context.CancelFunc(func() {})
		if !w.Steady() {
			within, cancel = context.WithTimeout(ctx, withoutLeaseStop)
		}
		failed = errors.Join(failed, w.Close(within))
		cancel()
	}
	return failed
}

// noteOpened notes in the journal that a connection is owed its $disconnect, since the backend
// may know its id. It never blocks.
func (g *Gateway) noteOpened(c *connection) {
	g.owing.RLock() // a takeover finds it owed and noted, or neither
	defer g.owing.RUnlock()
	if p := c.heldPosts.Load(); p != nil {
		p.owed.Store(true)
	}
	if g.journal != nil {
		r := c.record()
		g.journal.Opened(&r)
		if g.local != nil {
			r.Messages = nil
			g.local.Opened(&r)
		}
	}
}

// noteReceived is noteOpened for a connection of another run or node.
func (g *Gateway) noteReceived(c *connection) {
	if g.journal == nil {
		return
	}
	r := c.record()
	g.journal.Received(&r)
	if g.local != nil {
		r.Messages = nil
		g.local.Received(&r)
	}
}

// noteEnd notes that a connection with a session has ended, and is owed its $disconnect only.
func (g *Gateway) noteEnd(c *connection) {
	if g.journal == nil || c.resume == nil {
		return
	}
	r := c.record()
	g.journal.Changed(&r)
	if g.local != nil {
		g.local.Changed(&r)
	}
}

// settled notes that a connection is owed no $disconnect any more.
func (g *Gateway) settled(c *connection) {
	if g.journal != nil {
		g.journal.Closed(c.id)
	}
	if g.local != nil {
		g.local.Closed(c.id)
	}
}

// owed calls each with all connections that are owed a $disconnect. It reads them in the
// order in which a connection goes on: one that moves here is added to the table before it
// is no longer incoming, and to the $disconnects before it leaves the table, so none is
// missed.
func (g *Gateway) owed(each func(*journal.Record)) {
	tell := func(c *connection) {
		if g.takenOverConns.has(c) || c.resume != nil && c.resume.moveCommitted() {
			return
		}
		r := c.record()
		each(&r)
	}
	g.incoming.each(func(r *resumable) { tell(r.c) })
	g.table.each(func(c *connection) {
		if p := c.heldPosts.Load(); p == nil || p.owed.Load() {
			tell(c)
		}
	})
	g.disconnects.each(func(d *disconnection) { tell(d.c) })
}

// record is what another run needs for the $disconnect.
func (c *connection) record() journal.Record {
	r := journal.Record{
		ConnectionID: c.id, APIID: c.stage.stage.APIID, Stage: c.stage.stage.Name,
		DomainName: c.domainName.Value(), ConnectedAt: c.connectedAt,
	}
	if c.granted != nil {
		r.Identity, r.Authorizer, r.Caller = c.granted.identity, c.granted.authorizer, c.granted.caller
	}
	from := c.identity()
	r.Identity.SourceIP, r.Identity.UserAgent = from.sourceIP.Value(), from.userAgent.Value()
	if c.resume != nil {
		move := c.resume.move()
		r.Held = move > 0 && c.resume.brings() == nil
		r.Session, r.Protocol, r.Move, r.Tags = string(c.resume.key[:]), c.resume.protocol.Value(), move, c.stage.tags.tags(c)
		g := c.resume.g
		durable := g.durable(c)
		if durable {
			r.Keys = g.table.exportPushKeys(c)
		}
		if b := c.resume.brings(); b != nil {
			if b.tags != nil {
				r.Tags = b.tags
			}
			if durable {
				r.Keys = b.keys
			}
		}
		c.resume.recordMessages(&r)
		c.resume.recordEnd(&r)
	}
	return r
}

// recovered is the connection of a record; it has no socket and is in no table.
func (g *Gateway) recovered(r *journal.Record) *connection {
	found, ok := g.options.Directory.Stage(r.APIID, r.Stage)
	if !ok {
		return nil
	}
	return g.connectionOfRecord(r, g.stageConnsOf(found))
}

func (g *Gateway) connectionOfRecord(r *journal.Record, at *stageConns) *connection {
	c := &connection{
		id: r.ConnectionID, stage: at, connectedAt: r.ConnectedAt, domainName: unique.Make(r.DomainName),
		firstIdentity: identity{unique.Make(r.Identity.SourceIP), unique.Make(r.Identity.UserAgent)},
	}
	if len(r.Authorizer) > 0 || r.Caller != nil || r.Identity.APIKeyID != "" {
		c.granted = &granted{authorizer: r.Authorizer, identity: r.Identity, caller: r.Caller}
	}
	return c
}

// Recover runs the $disconnects of connections that another run was holding, with 1006
// and the reason that their node was lost (A-GATEWAY-35); connections that outlive their
// sockets wait for their clients instead (A-GATEWAY-52). First it notes them in this
// node's own journal, so that they survive this node; then it calls release, which must
// remove them from the other journal, until it succeeds; only then do $disconnects run.
// Recover returns when they are queued, or when ctx ends first: then none runs, and the
// next run recovers them all. ErrTakenOver from release says that another node has taken
// them. Connections of stages that do not exist any more have no $disconnect, and those
// that this run has already stay as they are.
func (g *Gateway) Recover(ctx context.Context, records []journal.Record, release func(context.Context) error) (Recovered, error) {
	return g.recover(ctx, records, release, false)
}

// RecoverUnseen is [Gateway.Recover] for connections that no other node has known of: the
// client of one may have another connection there, which it then goes on with (A-GATEWAY-52).
func (g *Gateway) RecoverUnseen(ctx context.Context, records []journal.Record, release func(context.Context) error) (Recovered, error) {
	return g.recover(ctx, records, release, true)
}

func (g *Gateway) recover(ctx context.Context, records []journal.Record, release func(context.Context) error, unseen bool) (done Recovered, err error) {
	g.recovering.Add(1)
	defer g.recovering.Add(-1)
	here, arrived := g.alreadyHere(records)
	var found recoveredConns
	for i := range records {
		if here[records[i].ConnectionID] {
			done.Here++
		} else {
			g.recoverRecord(&records[i], unseen, &found)
		}
	}
	if g.journal != nil {
		err = g.journal.Flush(ctx)
	}
	if err == nil {
		err = g.releaseJournal(ctx, release)
	}
	if errors.Is(err, ErrTakenOver) {
		g.forgetRecovered(&found)
	}
	if err != nil {
		return Recovered{}, err
	}
	for _, r := range arrived {
		g.completeWithoutClient(r)
	}
	g.disconnects.addRecovered(found.ended)
	for _, c := range found.away {
		c.resume.waitForClient()
	}
	for _, c := range found.incoming {
		g.resolveLater(c.resume)
	}
	done.Disconnecting, done.Kept = len(found.ended), len(found.away)+len(found.incoming)
	done.WithoutStage = len(records) - done.Disconnecting - done.Kept - done.Here
	return done, nil
}

// recoveredConns are the connections of a lost run by how they go on here.
type recoveredConns struct {
	ended    []*disconnection // they cannot be resumed: their $disconnect is run
	away     []*connection    // their clients may come back
	incoming []*connection    // they were moving to the lost run
}

// recoverRecord adds a connection of a lost run to what this node has, in its journal and
// its tables, and to found; nothing of it is run yet. A connection whose stage is gone is
// left out.
func (g *Gateway) recoverRecord(record *journal.Record, unseen bool, found *recoveredConns) {
	c := g.recovered(record)
	switch {
	case c == nil:
		return
	case record.EndCode == 0 && g.recoverIncoming(c, record):
		found.incoming = append(found.incoming, c)
	case record.EndCode == 0 && g.recoverResumable(c, record):
		c.resume.unseen.Store(unseen)
		found.away = append(found.away, c)
	default:
		d := &disconnection{c: c, why: g.endOfRecord(c, record), recovered: true}
		g.disconnects.register(d)
		found.ended = append(found.ended, d)
	}
	g.noteReceived(c)
}

// releaseJournal calls release until it succeeds, every releasePause: until the journal
// of the lost run is removed another node may find the same records. It ends with
// [ErrTakenOver] or ctx's error.
func (g *Gateway) releaseJournal(ctx context.Context, release func(context.Context) error) error {
	for {
		err := release(ctx)
		if err == nil || errors.Is(err, ErrTakenOver) {
			return err
		}
		g.options.Log.Error("the journal of a lost run cannot be removed, so the $disconnects noted in it wait; trying again", "error", err, "in", releasePause)
		if err := sleep(ctx, releasePause); err != nil {
			return err
		}
	}
}

// forgetRecovered undoes recoverRecord, when another node has taken the journal over.
func (g *Gateway) forgetRecovered(found *recoveredConns) {
	for _, d := range found.ended {
		g.disconnects.forget(d)
	}
	for _, c := range found.away {
		c.resume.forgetRecovered()
	}
	for _, c := range found.incoming {
		if g.incoming.remove(c.resume, nil) {
			g.forgetIncoming(c.resume)
		}
	}
	if g.journal != nil { // a new journal may have been begun while they were here
		g.journal.Renew()
	}
}

// Recovered counts the connections of a lost run.
type Recovered struct {
	Disconnecting int // their $disconnect is queued
	Kept          int // they wait for their clients
	WithoutStage  int // their stage does not exist any more
	Here          int // this run had them already
}

const releasePause = time.Second

// ErrTakenOver says that this run was taken over while it took over another.
var ErrTakenOver = errors.New("another node took this run over")

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
