package journal

import (
	"encoding/binary"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// Numbers of a record's members. They are in journals on disks: never change one.
const (
	memberConnectionID    = 1
	memberAPIID           = 2
	memberStage           = 3
	memberDomainName      = 4
	memberConnectedAt     = 5
	memberSourceIP        = 6
	memberUserAgent       = 7
	memberAccountID       = 8
	memberCaller          = 9
	memberUser            = 10
	memberUserARN         = 11
	memberAPIKey          = 12
	memberAPIKeyID        = 13
	memberAuthorizer      = 14 // once for each pair: the name as a text of the batch, the value behind it
	memberPrincipalARN    = 15
	memberPrincipalType   = 16
	memberPrincipalUserID = 17
	memberPrincipalOf     = 18 // account
	memberPrincipalKey    = 19
	memberSession         = 20
	memberProtocol        = 21
	memberSequence        = 22
	memberMove            = 23
	memberTag             = 24 // once for each
	memberKey             = 25 // once for each
	memberEndCode         = 26
	memberEndReason       = 27
)

// appendMembers appends the members of r that are not empty.
func (b *batch) appendMembers(r *Record) {
	b.member(memberConnectionID, r.ConnectionID)
	b.shared(memberAPIID, r.APIID)
	b.shared(memberStage, r.Stage)
	b.shared(memberDomainName, r.DomainName)
	b.number(memberConnectedAt, uint64(r.ConnectedAt))
	b.shared(memberSourceIP, r.Identity.SourceIP)
	b.shared(memberUserAgent, r.Identity.UserAgent)
	b.shared(memberAccountID, r.Identity.AccountID)
	b.shared(memberCaller, r.Identity.Caller)
	b.shared(memberUser, r.Identity.User)
	b.shared(memberUserARN, r.Identity.UserARN)
	b.shared(memberAPIKey, r.Identity.APIKey)
	b.shared(memberAPIKeyID, r.Identity.APIKeyID)
	for _, pair := range r.Authorizer {
		b.pair(memberAuthorizer, pair)
	}
	if p := r.Caller; p != nil {
		b.shared(memberPrincipalARN, p.ARN)
		b.shared(memberPrincipalType, string(p.Type))
		b.shared(memberPrincipalUserID, p.UserID)
		b.shared(memberPrincipalOf, p.AccountID)
		b.shared(memberPrincipalKey, p.AccessKeyID)
	}
	b.member(memberSession, r.Session)
	b.shared(memberProtocol, r.Protocol)
	if r.Sequence > 0 {
		b.number(memberSequence, r.Sequence)
	}
	if r.Move > 0 {
		b.number(memberMove, r.Move)
	}
	if r.EndCode > 0 {
		b.number(memberEndCode, uint64(r.EndCode))
		b.member(memberEndReason, r.EndReason)
	}
	for _, tag := range r.Tags {
		b.shared(memberTag, tag)
	}
	for _, key := range r.Keys {
		b.member(memberKey, key)
	}
}

// setMember fills one member in. A number that is not known is one of a later version.
func (r *Record) setMember(number uint64, value member) {
	switch number {
	case memberConnectionID:
		r.ConnectionID = string(value.data)
	case memberAPIID:
		r.APIID = value.text()
	case memberStage:
		r.Stage = value.text()
	case memberDomainName:
		r.DomainName = value.text()
	case memberConnectedAt:
		r.ConnectedAt = int64(value.uvarint())
	case memberSourceIP:
		r.Identity.SourceIP = value.text()
	case memberUserAgent:
		r.Identity.UserAgent = value.text()
	case memberAccountID:
		r.Identity.AccountID = value.text()
	case memberCaller:
		r.Identity.Caller = value.text()
	case memberUser:
		r.Identity.User = value.text()
	case memberUserARN:
		r.Identity.UserARN = value.text()
	case memberAPIKey:
		r.Identity.APIKey = value.text()
	case memberAPIKeyID:
		r.Identity.APIKeyID = value.text()
	case memberAuthorizer:
		r.Authorizer = append(r.Authorizer, value.pair())
	case memberPrincipalARN:
		r.caller().ARN = value.text()
	case memberPrincipalType:
		r.caller().Type = pasarela.PrincipalType(value.text())
	case memberPrincipalUserID:
		r.caller().UserID = value.text()
	case memberPrincipalOf:
		r.caller().AccountID = value.text()
	case memberPrincipalKey:
		r.caller().AccessKeyID = value.text()
	case memberSession:
		r.Session = string(value.data)
	case memberProtocol:
		r.Protocol = value.text()
	case memberSequence:
		r.Sequence = value.uvarint()
	case memberMove:
		r.Move = value.uvarint()
	case memberTag:
		r.Tags = append(r.Tags, value.text())
	case memberKey:
		r.Keys = keepKey(r.Keys, string(value.data))
	case memberEndCode:
		r.EndCode = uint16(value.uvarint())
	case memberEndReason:
		r.EndReason = string(value.data)
	}
}

func (r *Record) caller() *pasarela.Principal {
	if r.Caller == nil {
		r.Caller = &pasarela.Principal{}
	}
	return r.Caller
}

// member is the value of one member, with the texts of its batch.
type member struct {
	data  []byte
	texts []string
	bad   *bool // set when the value is not what it should be
}

func (m member) uvarint() uint64 {
	value, n := binary.Uvarint(m.data)
	if n != len(m.data) || n <= 0 {
		*m.bad = true
	}
	return value
}

func (m member) text() string { return m.textAt(m.uvarint()) }

func (m member) textAt(number uint64) string {
	if number >= uint64(len(m.texts)) {
		*m.bad = true
		return ""
	}
	return m.texts[number]
}

func (m member) pair() event.Pair {
	number, n := binary.Uvarint(m.data)
	if n <= 0 {
		*m.bad = true
		return event.Pair{}
	}
	return event.Pair{Name: m.textAt(number), Value: string(m.data[n:])}
}
