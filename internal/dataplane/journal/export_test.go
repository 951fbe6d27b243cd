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

// Summed is of how many bytes a sum was taken.
func (o *Owed) Summed() int { return o.summed }

// EncodeMessage makes a batch of a message.
func EncodeMessage(connectionID string, m *Message) []byte {
	b := newBatch()
	b.message(connectionID, m)
	return b.seal()
}
