package journal

// Opened notes that a new connection is owed its $disconnect. r is not kept.
func (w *Writer) Opened(r *Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fresh[r.ConnectionID] = struct{}{}
	w.current.fresh = append(w.current.fresh, r.ConnectionID)
	w.opened(r)
}

// Received notes that a connection of another run or node is owed its $disconnect here. r
// is not kept. It must be flushed before the other's note is removed.
func (w *Writer) Received(r *Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened(r)
}

// opened is called with w.mu held.
func (w *Writer) opened(r *Record) {
	w.opens++
	w.owed++
	record := *r
	record.Messages = nil
	w.current.opened(&record)
	w.added()
	for i := range r.Messages { // each by itself: they may fill several batches
		w.messages += len(r.Messages[i].Body)
		w.current.message(r.ConnectionID, &r.Messages[i])
		w.added()
	}
}

// Changed notes a changed record of an open connection. r is not kept, and its messages
// are not noted.
func (w *Writer) Changed(r *Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opens++
	record := *r
	record.Messages = nil
	w.current.opened(&record)
	w.added()
}

// Moved notes that an open connection is held by another node since that move. It must
// not be in Live any more when this is called.
func (w *Writer) Moved(connectionID string, move uint64) { w.left(kindMoved, connectionID, move) }

// Withdrawn notes that the move for which a connection was opened here did not take
// place. It must not be in Live any more when this is called.
func (w *Writer) Withdrawn(connectionID string, move uint64) {
	w.left(kindWithdrawn, connectionID, move)
}

func (w *Writer) left(kind byte, connectionID string, move uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.owed--
	delete(w.fresh, connectionID)
	w.current.move(kind, connectionID, move)
	w.added()
}

// Held notes that the move by which a connection came here is complete.
func (w *Writer) Held(connectionID string, move uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current.move(kindHeld, connectionID, move)
	w.added()
}

// Past notes what is known of a connection that is not owed here: that it ended ([Ended]) or
// left by a move. It must be in [Options.Past] when this is called.
func (w *Writer) Past(connectionID string, move uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current.past(connectionID, move)
	w.added()
}

// Renew makes the writer rewrite the journal from Live: records that were noted are not
// owed by this run any more, though no entry says so.
func (w *Writer) Renew() {
	w.mu.Lock()
	w.dropped = true
	w.mu.Unlock()
	w.wakeUp()
}

// Closed notes that an open connection is owed no $disconnect any more.
func (w *Writer) Closed(connectionID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.owed--
	delete(w.fresh, connectionID)
	w.current.closed(connectionID)
	w.added()
}

// Message notes a message for a connection that was opened. [Writer.Sync] waits until it
// is on a disk. m is not kept.
func (w *Writer) Message(connectionID string, m *Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages += len(m.Body)
	w.current.message(connectionID, m)
	w.added()
}

// Confirmed notes that a connection's client has all messages up to a number.
func (w *Writer) Confirmed(connectionID string, sequence uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current.confirmed(connectionID, sequence)
	w.added()
}
