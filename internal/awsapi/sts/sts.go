// Package sts is STS on the wire: one table of operations of the query protocol
// over [identity.Service] (aws-controlplane §7).
package sts

import (
	"context"
	"log/slog"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// Names of the service on the wire.
const (
	SigningName = "sts"
	Version     = "2011-06-15"
	Namespace   = "https://sts.amazonaws.com/doc/2011-06-15/"
)

// New makes the handler of STS. guard must accept any region.
func New(s *identity.Service, guard *wire.Guard, log *slog.Logger) *wire.QueryService {
	service := wire.QueryService{SigningName: SigningName, Version: Version, Namespace: Namespace, Guard: guard, Log: log}
	return wire.NewQuery(service, Operations(s), Declined())
}

// Declined are the operations of the model that are not served.
func Declined() []wire.DeclinedOperation {
	return []wire.DeclinedOperation{
		{Names: []string{"DecodeAuthorizationMessage"}, Reason: "No service here answers encoded authorization messages: refusals say in plain text who may not do what."},
		{Names: []string{"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetWebIdentityToken"}, Reason: "There is no sign-in by another identity provider; use AssumeRole."},
		{Names: []string{"GetFederationToken"}, Reason: "Its sessions are for brokers of passwords; use AssumeRole with a session policy."},
		{Names: []string{"AssumeRoot", "GetDelegatedAccessToken"}, Reason: "There is one account, no organization and no partner."},
	}
}

// Ignored are members of calls that have no effect, and members of responses that
// are never there.
func Ignored() []wire.Declined {
	return []wire.Declined{
		{Member: "SerialNumber", Reason: "There are no MFA devices.", Ignore: true},
		{Member: "TokenCode", Reason: "There are no MFA devices.", Ignore: true},
		{Member: "ProvidedContexts", Reason: "There is no identity center that would assert contexts.", Ignore: true},
	}
}

// Operations is the table.
func Operations(s *identity.Service) []wire.QueryOperation {
	o := &operations{s}
	return []wire.QueryOperation{
		wire.QueryReply("GetCallerIdentity", unguarded[emptyInput], o.getCallerIdentity),
		wire.QueryReply("AssumeRole", unguarded[identity.AssumeRoleInput], o.assumeRole),
		wire.QueryReply("GetSessionToken", unguarded[identity.GetSessionTokenInput], o.getSessionToken),
		wire.QueryReply("GetAccessKeyInfo", onAll[accessKeyInput], o.getAccessKeyInfo),
	}
}

type operations struct{ *identity.Service }

// unguarded operations decide by themselves: GetCallerIdentity and
// GetSessionToken are always allowed, AssumeRole asks the role.
func unguarded[In any](context.Context, In) wire.Target { return wire.Target{Unguarded: true} }

func onAll[In any](context.Context, In) wire.Target { return wire.Target{Resource: "*"} }

type emptyInput struct{}

type callerIdentity struct {
	ARN     string `aws:"Arn"`
	UserID  string `aws:"UserId"`
	Account string `aws:"Account"`
}

// getCallerIdentity needs no permission, and no policy can deny it, as on AWS.
func (o *operations) getCallerIdentity(ctx context.Context, _ emptyInput) (callerIdentity, error) {
	call, err := callOf(ctx)
	return callerIdentity{call.Principal.ARN, call.Principal.UserID, call.Principal.AccountID}, err
}

// callOf is the call that is served, which says who made it. It is an internal error where
// there is none: an operation must not run without a caller.
func callOf(ctx context.Context) (wire.Call, error) {
	call, ok := wire.CallFrom(ctx)
	if !ok {
		return call, pasarela.Errorf(pasarela.CodeInternal, "an STS operation ran outside of a call")
	}
	return call, nil
}

// credentials are temporary: Expiration is UTC, and the token must be sent with every
// request that they sign.
type credentials struct {
	AccessKeyID     string    `aws:"AccessKeyId"`
	SecretAccessKey string    `aws:"SecretAccessKey"`
	SessionToken    string    `aws:"SessionToken"`
	Expiration      time.Time `aws:"Expiration"`
}

type assumedRoleUser struct {
	AssumedRoleID string `aws:"AssumedRoleId"`
	ARN           string `aws:"Arn"`
}

// assumeRoleOutput has PackedPolicySize, in percent of the limit, only for sessions with
// policies or tags.
type assumeRoleOutput struct {
	Credentials      credentials     `aws:"Credentials"`
	AssumedRoleUser  assumedRoleUser `aws:"AssumedRoleUser"`
	PackedPolicySize *int            `aws:"PackedPolicySize"`
	SourceIdentity   string          `aws:"SourceIdentity"`
}

func (o *operations) assumeRole(ctx context.Context, in identity.AssumeRoleInput) (assumeRoleOutput, error) {
	call, err := callOf(ctx)
	if err != nil {
		return assumeRoleOutput{}, err
	}
	r, err := o.Sessions.AssumeRole(ctx, call.Principal, in, call.Context)
	if err != nil {
		return assumeRoleOutput{}, err
	}
	return assumeRoleOutput{credentials(r.Credentials), assumedRoleUser{r.AssumedRoleID, r.ARN}, r.PackedPolicySize, r.SourceIdentity}, nil
}

type sessionTokenOutput struct {
	Credentials credentials `aws:"Credentials"`
}

func (o *operations) getSessionToken(ctx context.Context, in identity.GetSessionTokenInput) (sessionTokenOutput, error) {
	call, err := callOf(ctx)
	if err != nil {
		return sessionTokenOutput{}, err
	}
	c, err := o.Sessions.GetSessionToken(ctx, call.Principal, in)
	return sessionTokenOutput{credentials(c)}, err
}

type accessKeyInput struct {
	AccessKeyID string `aws:"AccessKeyId"`
}

type accountOutput struct {
	Account string `aws:"Account"`
}

// getAccessKeyInfo returns the account that a key's id encodes; the key need not exist, as
// on AWS.
func (o *operations) getAccessKeyInfo(_ context.Context, in accessKeyInput) (accountOutput, error) {
	account, err := o.Sessions.AccountOfKey(in.AccessKeyID)
	return accountOutput{account}, err
}
