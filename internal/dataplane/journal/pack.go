package journal

import "errors"

// Pack is a record without its messages, as one node sends it to another.
func Pack(r *Record) []byte {
	record := *r
	record.Messages = nil
	b := newBatch()
	b.opened(&record)
	return b.seal()
}

// Unpack reads what Pack made.
func Unpack(data []byte) (Record, error) {
	var o Owed
	damaged := false
	o.Add(data, func(Loss) { damaged = true })
	if records := o.Records(); len(records) == 1 && !damaged {
		return records[0], nil
	}
	return Record{}, errors.New("a record of a connection cannot be read")
}
