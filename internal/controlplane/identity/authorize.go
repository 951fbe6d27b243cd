package identity

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// Key returns the secret of an access key and its holder. sessionToken is empty for
// long-term keys. Errors: [sigv4.ErrUnknownKey] for keys that are unknown, inactive, or
// come with a wrong token; [sigv4.ErrExpiredToken]; [pasarela.ErrUnavailable] when no
// changes have arrived for too long. It records no use, since the signature is not
// verified yet ([Service.NoteUse]).
func (s *Service) Key(_ context.Context, accessKeyID, sessionToken string) (secret string, holder pasarela.Principal, err error) {
	if err := s.fresh(); err != nil {
		return "", pasarela.Principal{}, err
	}
	if sessionToken != "" {
		o, err := s.Sessions.sessionOf(accessKeyID, sessionToken)
		if err != nil {
			return "", pasarela.Principal{}, err
		}
		return o.SecretAccessKey, s.sessionPrincipal(o), nil
	}
	k := s.current.Load().keys.get(accessKeyID)
	if k == nil || !k.key.Active {
		return "", pasarela.Principal{}, sigv4.ErrUnknownKey
	}
	if k.user == nil {
		return k.key.SecretAccessKey, s.rootPrincipal(accessKeyID), nil
	}
	return k.key.SecretAccessKey, s.userPrincipal(k.user, accessKeyID), nil
}

func (s *Service) rootPrincipal(accessKeyID string) pasarela.Principal {
	return pasarela.Principal{
		ARN: s.RootARN(), AccountID: s.regionAccount.AccountID, UserID: s.regionAccount.AccountID,
		AccessKeyID: accessKeyID, Type: pasarela.PrincipalRoot,
	}
}

func (s *Service) userPrincipal(v *principalView, accessKeyID string) pasarela.Principal {
	return pasarela.Principal{
		ARN: v.arn, AccountID: s.regionAccount.AccountID, UserID: v.id, AccessKeyID: accessKeyID, Type: pasarela.PrincipalUser,
	}
}

// sessionPrincipal is who acts with a session: the role's session, or for GetSessionToken
// the user or the root itself.
func (s *Service) sessionPrincipal(o *session) pasarela.Principal {
	switch {
	case o.RoleID != "":
		return pasarela.Principal{
			ARN: s.sessionARN(o.RoleName, o.SessionName), AccountID: s.regionAccount.AccountID,
			UserID: o.RoleID + ":" + o.SessionName, AccessKeyID: o.AccessKeyID, Type: pasarela.PrincipalSession,
		}
	case o.UserID != "":
		if v := s.current.Load().users.get(fold(o.UserName)); v != nil {
			return s.userPrincipal(v, o.AccessKeyID)
		}
	}
	return s.rootPrincipal(o.AccessKeyID)
}

// sessionARN drops the role's path, as AWS does (aws-controlplane §7).
func (s *Service) sessionARN(roleName, sessionName string) string {
	return "arn:aws:sts::" + s.regionAccount.AccountID + ":assumed-role/" + roleName + "/" + sessionName
}

// Authorize returns nil when who may do action on resource, else a
// [pasarela.Error] with AccessDeniedException and AWS's sentence: who, what, on
// which resource and why. rc are the condition keys of the request; those of the
// principal are added here.
func (s *Service) Authorize(ctx context.Context, who pasarela.Principal, action, resource string, rc pasarela.RequestContext) error {
	return s.AuthorizeAlias(ctx, who, action, resource, "", rc.Values)
}

// AuthorizeAlias is [Service.Authorize] for a resource with two names, such as a
// connection and the literal {connectionId} (aws-dataplane §8.4): a statement
// applies when it covers either. A refusal speaks of the first.
func (s *Service) AuthorizeAlias(_ context.Context, who pasarela.Principal, action, resource, alias string, keys pasarela.ConditionKeys) error {
	subject, err := s.subject(who)
	if err != nil {
		return deny(who, action, resource, "", err)
	}
	if subject.set == nil {
		return nil
	}
	r := policy.Request{Action: action, Resource: resource, Alias: alias, Keys: subject.keys(resource, keys)}
	d := subject.set.Decide(&r)
	if d.Decision == policy.Allowed {
		return nil
	}
	return deny(who, action, resource, " "+d.Because(action), whySource(d))
}

// AuthorizeSome is [Service.Authorize] for a resource of which nothing is known yet, such as
// a role that has no name: nil unless the policies of who surely allow the action on none.
func (s *Service) AuthorizeSome(_ context.Context, who pasarela.Principal, action string) error {
	subject, err := s.subject(who)
	if err != nil {
		return deny(who, action, "*", "", err)
	}
	if subject.set == nil {
		return nil
	}
	d := subject.set.Decide(&policy.Request{Action: action, SomeResource: true})
	if d.Decision == policy.Allowed {
		return nil
	}
	return deny(who, action, "*", " "+d.Because(action), whySource(d))
}

// deny makes AWS's sentence; the cause is the operator's, and names the statement.
func deny(who pasarela.Principal, action, resource, because string, cause error) error {
	return &pasarela.Error{
		Code:    pasarela.CodeAccessDenied,
		Message: "User: " + who.ARN + " is not authorized to perform: " + action + " on resource: " + resource + because,
		Cause:   cause,
	}
}

// whySource names the policy and the statement that denied, for the operator's log: AWS
// tells the caller the kind of policy only.
func whySource(d policy.Result) error {
	if d.Source == nil || d.Statement == nil {
		return nil
	}
	return language.PolicyStatementDenies.Of(d.Source.ID, strconv.Quote(d.Statement.SID), strconv.Itoa(d.Statement.Start.Line))
}

// subject is a principal with all policies that decide about it. A nil set means no
// restriction: the root without session policies may do everything.
type subject struct {
	who     pasarela.Principal
	view    *principalView // nil for the root
	session *session       // nil for long-term keys
	set     *policy.Set
	account string
}

var errGone error = language.PrincipalGone.Of()

// subject finds the policies of a principal as they are now. The id is compared, not the
// name alone: a user who was deleted and made again under the same name has no rights of
// the old one (IAM User Guide, "IAM identifiers").
func (s *Service) subject(who pasarela.Principal) (*subject, error) {
	n := s.current.Load()
	sub := &subject{who: who, account: s.regionAccount.AccountID}
	if strings.HasPrefix(who.AccessKeyID, prefixSessionKey) {
		if sub.session = s.Sessions.cache.get(who.AccessKeyID); sub.session == nil {
			return nil, language.SessionUnknown.Of()
		}
	}
	switch who.Type {
	case pasarela.PrincipalRoot:
		return sub, nil
	case pasarela.PrincipalUser:
		sub.view = n.userByARN(who.ARN)
		if sub.view == nil || sub.view.id != who.UserID {
			return nil, errGone
		}
	case pasarela.PrincipalSession:
		if sub.view = n.roleOfSession(who, sub.session); sub.view == nil {
			return nil, errGone
		}
	default:
		return nil, fmt.Errorf("no such type of principal: %q", who.Type)
	}
	sub.set = n.set(sub.view)
	if sub.session != nil && sub.session.limited {
		limited := *sub.set
		limited.Session = s.sessionPolicies(n, sub.session)
		sub.set = &limited
	}
	return sub, nil
}

// roleOfSession is the role that a session is of; nil when the role is gone. A session of
// an AWS service has no key and so no token, and its name and id say which role it is
// ([ServiceRoles.ServiceSession]); a request from outside always has a key.
func (n *snapshot) roleOfSession(who pasarela.Principal, o *session) *principalView {
	var name, id string
	switch {
	case o != nil:
		name, id = o.RoleName, o.RoleID
	case who.AccessKeyID == "":
		arn, _ := pasarela.ParseARN(who.ARN)
		_, name, _ = strings.Cut(arn.Resource, "/")
		name, _, _ = strings.Cut(name, "/")
		id, _, _ = strings.Cut(who.UserID, ":")
	}
	if v := n.roles.get(fold(name)); v != nil && v.id == id {
		return v
	}
	return nil
}

// sessionPolicies are those in the token and the managed ones that it names; one that was
// deleted allows nothing.
func (s *Service) sessionPolicies(n *snapshot, o *session) []policy.Source {
	sources := append([]policy.Source{}, o.policies...)
	for _, arn := range o.PolicyARNs {
		if p := n.policy(arn); p != nil {
			sources = append(sources, p.source())
		}
	}
	return sources
}

// keys are the condition keys of a request, of its principal and of its resource
// (aws-controlplane §11.2). Those of the principal and of the resource cannot be given
// from outside.
func (sub *subject) keys(resource string, of pasarela.ConditionKeys) policy.Keys {
	return func(name string) ([]string, bool) {
		if name == "aws:resourceaccount" {
			return []string{sub.accountOf(resource)}, true
		}
		if values, ok := sub.own(name); ok {
			return values, len(values) > 0
		}
		if of == nil {
			return nil, false
		}
		return of(name)
	}
}

// accountOf is the account that a resource belongs to: the one its ARN names, else the
// server's, since ARNs of buckets and of API Gateway name none (IAM User Guide,
// "aws:ResourceAccount").
func (sub *subject) accountOf(resource string) string {
	arn, _ := pasarela.ParseARN(resource)
	return cmp.Or(arn.AccountID, sub.account)
}

// own returns the principal's keys; ok says that the key is one of them, whether
// or not it has a value.
func (sub *subject) own(name string) (values []string, ok bool) {
	one := func(text string) ([]string, bool) {
		if text == "" {
			return nil, true
		}
		return []string{text}, true
	}
	switch name {
	case "aws:principalarn":
		if sub.view != nil {
			return one(sub.view.arn)
		}
		return one(sub.who.ARN)
	case "aws:principalaccount":
		return one(sub.account)
	case "aws:principaltype":
		if sub.who.Type == pasarela.PrincipalRoot {
			return one("Account")
		}
		return one(string(sub.who.Type))
	case "aws:userid":
		return one(sub.who.UserID)
	case "aws:username":
		if sub.view != nil && sub.view.user != nil {
			return one(sub.view.user.UserName)
		}
		return nil, true
	}
	if key, ok := strings.CutPrefix(name, "aws:principaltag/"); ok {
		return one(sub.tag(key))
	}
	return sub.ofSession(name, one)
}

// ofSession returns the keys that only temporary credentials have a value for.
func (sub *subject) ofSession(name string, one func(string) ([]string, bool)) (values []string, ok bool) {
	switch name {
	case "aws:multifactorauthpresent":
		if sub.session != nil {
			return one("false") // absent for long-term keys, as on AWS
		}
		return nil, true
	case "aws:tokenissuetime":
		if sub.session != nil {
			return one(sub.session.IssuedAt.UTC().Format("2006-01-02T15:04:05Z"))
		}
		return nil, true
	case "aws:sourceidentity":
		if sub.session != nil {
			return one(sub.session.SourceIdentity)
		}
		return nil, true
	}
	return nil, false
}

// tag is a tag of the session, else of the user or role.
func (sub *subject) tag(foldedKey string) string {
	if sub.session != nil {
		for _, t := range sub.session.Tags {
			if fold(t.Key) == foldedKey {
				return t.Value
			}
		}
	}
	if sub.view != nil {
		for _, t := range sub.view.tags {
			if fold(t.Key) == foldedKey {
				return t.Value
			}
		}
	}
	return ""
}

// PassRole returns nil when who may hand the role to a service, such as
// apigateway.amazonaws.com (iam:PassRole, aws-controlplane §11.1).
func (s *Service) PassRole(ctx context.Context, who pasarela.Principal, roleARN, service string, rc pasarela.RequestContext) error {
	with := pasarela.RequestContext{}
	maps.Copy(with, rc)
	with["iam:passedtoservice"] = []string{service}
	return s.Authorize(ctx, who, "iam:PassRole", roleARN, with)
}
