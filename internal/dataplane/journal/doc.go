// Package journal notes what a node holds, so that another run can go on after it: a
// record of every connection whose $disconnect is still to be run. A run that is killed
// leaves its journal; the next run on the data directory, or another node of the
// cluster, reads it and runs these $disconnects. A node of a cluster has two writers: one
// for the cluster's journal, one for a copy in its own directory (Options.Copy).
//
// # Batches
//
// A [Writer] collects entries and appends them in batches, [batchEvery] after the first
// entry or when there are [batchBytes] of them. Opening a connection does not wait for that: one that
// was opened in the last batch before a kill is not in the journal, and gets no
// $disconnect. A batch stands by itself:
//
//	"PJB2"  4 bytes
//	length  of the entries as they stand there, in bytes, 4 bytes
//	sum     CRC-32C of the entries as they stand there, 5 bytes
//	entries in which "PJB\x00" stands for "PJB"
//
// Length and sum have seven bits a byte below a one, the highest first.
// A reader that meets anything else names the bytes and goes on at the next batch whose
// sum is right, so a torn end or a flipped byte costs one batch. Entries hold what
// clients and backends send; since "PJB2" cannot stand among them, no message can be
// taken for a batch where the batch around it is damaged.
//
// # Entries
//
// An entry is a kind (1 byte), the length of its body (uvarint) and the body:
//
//	text    a string that records of this batch share; the first has number 0
//	opened  a record: members, each a number (uvarint), a length (uvarint) and its bytes
//	closed  the id of a connection whose $disconnect needs no run any more
//	moved   the number of a move of a connection to another node (uvarint), and the
//	        connection's id: it is owed there, and not here
//	withdrawn  the same of a move to this node that came to nothing
//	held    the same of a move to this node that is complete
//
// The order of entries says nothing: ids are never used twice, so a connection is owed
// its $disconnect when it was opened and not closed, in whatever order both are read,
// in whatever number of copies. Where the same connection was opened more than once, the
// record of the last move holds, and of several records of one move the one that is read
// last. Those of earlier moves than a moved entry, and of withdrawn ones, are not owed.
// That is what lets a rewrite and a takeover copy records while entries go on being added.
//
// # More members
//
// A reader skips numbers and kinds that it does not know, so a record gets another
// member (the hash of a session's secret, a window for its resume, ...) by:
// a field of [Record]; a number at the end of the list in recordmembers.go, and one line each in
// appendMembers and setMember there; a value in TestRecordsComeBack. Numbers are never
// used again. What changes later is written as a record of the same connection: call
// [Writer.Opened] again. A new kind of entry gets the next number of kinds.
package journal
