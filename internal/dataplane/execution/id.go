package execution

import (
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// IDLength is the length of connection, request and message ids: 11 bytes in
// padded base64url, so the last letter is always "=" (aws-dataplane §1.7).
const IDLength = 16

// Kinds of ids, byte 8 of the 11.
const (
	kindConnection = 0x02 // and messages
	kindRequest    = 0x05
)

// IDs makes the ids of one node: six bytes of time as AWS counts it, two that
// count up within a tick, the kind, and two that name the node, so that
// delivering to a connection takes no look-up (A-GATEWAY-1).
type IDs struct {
	node     uint16
	sequence atomic.Uint32
}

// NewIDs makes the generator of the node of that number. Numbers must be unique
// among the nodes that run.
func NewIDs(node uint16) *IDs {
	ids := &IDs{node: node}
	ids.sequence.Store(rand.Uint32()) // so that two starts within one tick do not make the same ids
	return ids
}

// Connection makes the id of a connection that began at that time.
func (g *IDs) Connection(at time.Time) string { return g.make(kindConnection, at) }

// Message makes the id of a message of a connection of this node.
func (g *IDs) Message(at time.Time) string { return g.make(kindConnection, at) }

// Request makes the id of one execution: requestId and extendedRequestId.
func (g *IDs) Request(at time.Time) string { return g.make(kindRequest, at) }

// DisconnectRequest is the id of the execution of $disconnect of a connection: that of
// the connection with the kind of requests. It is the same whatever node runs it and
// however often (A-GATEWAY-35), and no other's: no two ids of a node have the same time
// and count.
func DisconnectRequest(connectionID string) string {
	var raw [12]byte
	n, err := base64.URLEncoding.Decode(raw[:], []byte(connectionID))
	if err != nil || n != 11 {
		return connectionID
	}
	raw[8] = kindRequest
	return base64.URLEncoding.EncodeToString(raw[:n])
}

// make counts time in units of 25 ms / 65536, so that the first four bytes
// advance 40 times a second as AWS's do.
func (g *IDs) make(kind byte, at time.Time) string {
	var raw [11]byte
	binary.BigEndian.PutUint64(raw[:8], ticks(at)<<16|uint64(uint16(g.sequence.Add(1))))
	raw[8] = kind
	binary.BigEndian.PutUint16(raw[9:], g.node)
	var text [IDLength]byte
	base64.URLEncoding.Encode(text[:], raw[:])
	return string(text[:])
}

// ConnectionBefore says whether the id of a connection was made before a time.
func ConnectionBefore(id string, at time.Time) bool {
	var raw [12]byte
	if n, err := base64.URLEncoding.Decode(raw[:], []byte(id)); err != nil || n != 11 {
		return false
	}
	return binary.BigEndian.Uint64(raw[:8])>>16 < ticks(at)&(1<<48-1)
}

// ticks are the units of time of ids; an id has the lower six bytes.
func ticks(at time.Time) uint64 {
	return uint64(at.Unix())*(40<<16) + uint64(at.Nanosecond())*(40<<16)/uint64(time.Second)
}

// NodeOfConnection reads the number of the node from a connection's id; ok is false for
// what cannot be an id. Any 11 bytes are well-formed: as on AWS an unknown id is answered
// 410, and only an impossible one 400 (A-GATEWAY-2).
func NodeOfConnection(id string) (node uint16, ok bool) {
	var raw [12]byte
	if len(id) != IDLength || id[IDLength-1] != '=' || id[IDLength-2] == '=' {
		return 0, false
	}
	var text [IDLength]byte
	copy(text[:], id)
	n, err := base64.URLEncoding.Strict().Decode(raw[:], text[:])
	if err != nil || n != 11 {
		return 0, false
	}
	return binary.BigEndian.Uint16(raw[9:]), true
}
