package journal

// Encode makes one batch, for tests of what is read.
func Encode(opened []Record, closed ...string) []byte {
	b := newBatch()
	for i := range opened {
		b.opened(&opened[i])
	}
	for _, id := range closed {
		b.closed(id)
	}
	return b.seal()
}

// WithUnknown is a batch with a record that has a member, and an entry of a kind, that
// only a later version knows.
func WithUnknown(r Record) []byte {
	b := newBatch()
	b.appendMembers(&r)
	b.member(1000, "what a later version keeps")
	b.entry(kindOpened)
	b.body = append(b.body[:0], "what a later version says"...)
	b.entry(200)
	return b.seal()
}

// Summed is the number of bytes of which checksums were computed.
func (o *Owed) Summed() int { return o.summed }

// EncodeMoved makes a batch that says that a connection has gone to another node, and
// EncodeWithdrawn one that it did not come.
func EncodeMoved(connectionID string, move uint64) []byte {
	b := newBatch()
	b.move(kindMoved, connectionID, move)
	return b.seal()
}

func EncodeWithdrawn(connectionID string, move uint64) []byte {
	b := newBatch()
	b.move(kindWithdrawn, connectionID, move)
	return b.seal()
}

// EncodeMessage makes a batch of a message.
func EncodeMessage(connectionID string, m *Message) []byte {
	b := newBatch()
	b.message(connectionID, m)
	return b.seal()
}
