package socket

// Cause says why a connection ended. Its String is at once the word in logs and
// the label in metrics.
type Cause uint8

// The catalogue of closes.
const (
	// CauseNone is no cause: the connection is open.
	CauseNone Cause = iota
	// ClientClosed: the client sent a close frame; code and reason are its own,
	// 1005 when it gave none.
	ClientClosed
	// ConnectionLost: TCP ended or failed without a close frame.
	ConnectionLost
	// PongMissing: a server ping was not answered in time.
	PongMissing
	// SlowReader: the client took nothing of what waits for it for too long.
	SlowReader
	// IdleTimeout: nothing but pongs was received and nothing sent for Limits.Idle, and no
	// message is in flight.
	IdleTimeout
	// LifeExceeded: the connection became older than Limits.Life.
	LifeExceeded
	// Deleted: DELETE @connections.
	Deleted
	// StageGone: the stage or the API was deleted.
	StageGone
	// Shutdown: the node stops. Its clients connect again, to another node or to this
	// one when it is back.
	Shutdown
	// BinaryRefused: a binary message where only text is allowed.
	BinaryRefused
	// InvalidText: a text message or close reason that is not UTF-8.
	InvalidText
	// FrameTooBig: a frame above Limits.FrameSize.
	FrameTooBig
	// MessageTooBig: a message above Limits.MessageSize.
	MessageTooBig
	// ProtocolError: the client broke RFC 6455; the reason says how.
	ProtocolError
	// Replaced: the client resumed the connection on another socket.
	Replaced
	// InternalError: handling a message of the connection panicked.
	InternalError
	// NodeLost: the node that held the connection ended without closing it. No open
	// connection is ever closed for this; it is what $disconnect says afterwards.
	NodeLost

	// Causes is the number of causes, CauseNone included.
	Causes
)

// Party is who ends a connection.
type Party string

// Parties of a close.
const (
	ByClient  Party = "client"
	ByServer  Party = "server"
	ByNetwork Party = "network"
)

// closeRow is one entry of the catalogue. code and reason are what the $disconnect
// event has (aws-dataplane §1.12); sent says whether they also go out in a close frame.
type closeRow struct {
	name   string
	by     Party
	code   uint16
	reason string
	sent   bool
	retry  bool
}

// The catalogue. AWS documents 1001 (idle, two hours), 1003, 1005, 1006, 1008, 1009, 1011
// (internal) and 1012 (the service restarts); 1008, too many requests of one client, is
// not sent: throttled messages are answered and end no connection
// (A-SOCKET-12). Reasons of 1001, 1000 and 1005 are AWS's; of 1003, 1006 and 1009 the
// reference's choice; the others are A-SOCKET-3.
var catalogue = [Causes]closeRow{
	CauseNone:      {"none", ByServer, 0, "", false, true},
	ClientClosed:   {"client_closed", ByClient, 1005, "Client-side close frame status not set", false, true},
	ConnectionLost: {"connection_lost", ByNetwork, 1006, "Connection closed abnormally", false, true},
	PongMissing:    {"pong_missing", ByNetwork, 1006, "Connection closed abnormally", false, true},
	SlowReader:     {"slow_reader", ByServer, 1006, "Slow reader", false, true},
	IdleTimeout:    {"idle_timeout", ByServer, 1001, "Going away", true, true},
	LifeExceeded:   {"life_exceeded", ByServer, 1001, "Going away", true, true},
	Deleted:        {"deleted", ByServer, 1000, "Connection Closed Normally", true, false},
	StageGone:      {"stage_gone", ByServer, 1001, "Going away", true, false},
	Shutdown:       {"shutdown", ByServer, 1012, "Service restart", true, true},
	BinaryRefused:  {"binary_refused", ByServer, 1003, "Binary is not supported", true, false},
	InvalidText:    {"invalid_text", ByServer, 1007, "Text is not UTF-8", true, false},
	FrameTooBig:    {"frame_too_big", ByServer, 1009, "Message too big", true, false},
	MessageTooBig:  {"message_too_big", ByServer, 1009, "Message too big", true, false},
	ProtocolError:  {"protocol_error", ByServer, 1002, "Protocol error", true, false},
	Replaced:       {"replaced", ByServer, 4001, "Resumed on another socket", true, false},
	InternalError:  {"internal_error", ByServer, 1011, "Internal server error", true, true},
	NodeLost:       {"node_lost", ByServer, 1006, "Node lost", false, true},
}

// String returns the word for logs and metric labels, in snake_case.
func (c Cause) String() string {
	if c >= Causes {
		return "unknown"
	}
	return catalogue[c].name
}

// By says who ends connections for that cause.
func (c Cause) By() Party { return catalogue[c].by }

// MayRetry says whether a client may connect again without changing anything.
func (c Cause) MayRetry() bool { return catalogue[c].retry }

// Close returns the catalogue's code and reason of the cause.
func (c Cause) Close() Close {
	return Close{Cause: c, Code: catalogue[c].code, Reason: catalogue[c].reason}
}

// With returns a Close of that cause with another code and reason, as the query
// of DELETE @connections may ask for. A code that must not be sent, or a reason
// longer than 123 bytes or not UTF-8, is an error and [Conn.Close] refuses it.
func (c Cause) With(code uint16, reason string) Close {
	return Close{Cause: c, Code: code, Reason: reason}
}

// Close is the end of a connection as the $disconnect event has it: the status code, the
// reason and the cause from the catalogue.
type Close struct {
	Cause  Cause
	Code   uint16
	Reason string
	// Undelivered is how many messages were accepted for the client and never given to
	// the network. What the network was given and the client never read is not known.
	Undelivered int
}

// Valid says whether the close can be sent in a close frame.
func (c Close) Valid() bool {
	return sendable(c.Code) && len(c.Reason) <= maxControl-2 && validText(c.Reason)
}

// sendable says whether a close code may stand in a close frame: RFC 6455 §7.4,
// and 1012 to 1014 of the IANA registry.
func sendable(code uint16) bool {
	switch {
	case code >= 3000 && code <= 4999:
		return true
	case code < 1000 || code > 1014:
		return false
	default:
		return code != 1004 && code != 1005 && code != 1006
	}
}
