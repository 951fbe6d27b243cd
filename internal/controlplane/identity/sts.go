package identity

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// Bounds of sessions, in seconds (aws-controlplane §7).
const (
	maxChainedSession  = 3600
	defaultUserSession = 12 * 3600
	maxRootSession     = 3600
	maxSessionPolicies = 10
	maxSessionPolicy   = 2048 // characters without white space, of all together
)

// Credentials are temporary credentials. All three parts sign a request.
type Credentials struct {
	AccessKeyID     string // ASIA…
	SecretAccessKey string
	SessionToken    string // sealed, opaque
	Expiration      time.Time
}

// AssumeRoleInput is the input of AssumeRole.
type AssumeRoleInput struct {
	RoleARN           string      `aws:"RoleArn,required,min=20,max=2048"`
	RoleSessionName   string      `aws:"RoleSessionName,required,min=2,max=64,pattern=sessionName"`
	PolicyARNs        []PolicyARN `aws:"PolicyArns"`
	Policy            string      `aws:"Policy,max=2048,pattern=document"`
	DurationSeconds   *int        `aws:"DurationSeconds,min=900,max=43200"`
	Tags              []Tag       `aws:"Tags,max=50"`
	TransitiveTagKeys []string    `aws:"TransitiveTagKeys,max=50,itemmax=128,itempattern=tagKey"`
	ExternalID        string      `aws:"ExternalId,min=2,max=1224,pattern=externalId"`
	SourceIdentity    string      `aws:"SourceIdentity,min=2,max=64,pattern=sessionName"`
}

// PolicyARN names a managed policy that limits a session.
type PolicyARN struct {
	ARN string `aws:"arn,min=20,max=2048"`
}

// AssumedRole is what AssumeRole returns.
type AssumedRole struct {
	Credentials
	ARN              string // arn:aws:sts::A:assumed-role/role/session
	AssumedRoleID    string // AROA…:session
	PackedPolicySize *int   // percent of what sessions may carry; nil without policies and tags
	SourceIdentity   string
}

// Sessions makes temporary credentials and opens their tokens. It keeps no documents:
// a session lies sealed in its token.
type Sessions struct {
	identity *Service
	sealed   atomic.Pointer[sealer]
	cache    sessionCache
}

// AssumeRole gives who temporary credentials of a role, if the role trusts it
// and, unless it is named there itself, its own policies allow it.
func (s *Sessions) AssumeRole(_ context.Context, who pasarela.Principal, in AssumeRoleInput, rc pasarela.RequestContext) (*AssumedRole, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	if checkPolicyARN(in.RoleARN) != nil {
		return nil, errorf(CodeValidation, "%s is invalid", in.RoleARN)
	}
	sub, err := s.identity.subject(who)
	if err != nil {
		return nil, deny(who, "sts:AssumeRole", in.RoleARN, "", err)
	}
	target, err := s.mayAssume(sub, in, rc)
	if err != nil {
		return nil, err
	}
	duration, err := sessionDuration(sub, target.role, in.DurationSeconds)
	if err != nil {
		return nil, err
	}
	c := claims{RoleName: target.role.RoleName, RoleID: target.id, SessionName: in.RoleSessionName}
	if err := s.limit(&c, in); err != nil {
		return nil, err
	}
	inherit(&c, sub, in)
	credentials, err := s.issue(c, duration)
	if err != nil {
		return nil, err
	}
	return &AssumedRole{
		Credentials: credentials, ARN: s.identity.sessionARN(c.RoleName, c.SessionName), AssumedRoleID: c.RoleID + ":" + c.SessionName,
		PackedPolicySize: packedSize(c), SourceIdentity: c.SourceIdentity,
	}, nil
}

// mayAssume evaluates the trust policy and the caller's own policies. A role that does
// not exist is refused in the same words, so that a caller does not learn which roles
// exist.
func (s *Sessions) mayAssume(sub *subject, in AssumeRoleInput, rc pasarela.RequestContext) (*principalView, error) {
	target := s.identity.current.Load().role(in.RoleARN)
	if target == nil {
		return nil, deny(sub.who, "sts:AssumeRole", in.RoleARN, "", nil)
	}
	for _, action := range assumeActions(in) {
		r := policy.Request{Action: action, Resource: in.RoleARN, Keys: sub.keys(in.RoleARN, assumeKeys(in, rc).Values), Caller: sub.caller(target.role)}
		decision, direct, _ := target.trust.Trusts(&r)
		if decision != policy.Allowed {
			return nil, deny(sub.who, action, in.RoleARN, "", nil)
		}
		if sub.set == nil {
			continue
		}
		set := *sub.set
		if direct { // the trust policy replaces an identity policy that allows, but not boundaries and denials
			set.Identity = append(slices.Clip(set.Identity), everything())
		}
		if d := set.Decide(&r); d.Decision != policy.Allowed {
			return nil, deny(sub.who, action, in.RoleARN, "", whySource(d))
		}
	}
	return target, nil
}

// everything is AWS's policy that allows all.
func everything() policy.Source {
	return awsManaged()["arn:aws:iam::aws:policy/AdministratorAccess"].source()
}

func assumeActions(in AssumeRoleInput) []string {
	actions := []string{"sts:AssumeRole"}
	if len(in.Tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if in.SourceIdentity != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	return actions
}

// assumeKeys are the condition keys of AssumeRole itself.
func assumeKeys(in AssumeRoleInput, rc pasarela.RequestContext) pasarela.RequestContext {
	keys := pasarela.RequestContext{}
	maps.Copy(keys, rc)
	keys["sts:rolesessionname"] = []string{in.RoleSessionName}
	if in.ExternalID != "" {
		keys["sts:externalid"] = []string{in.ExternalID}
	}
	if in.SourceIdentity != "" {
		keys["sts:sourceidentity"] = []string{in.SourceIdentity}
	}
	if len(in.TransitiveTagKeys) > 0 {
		keys["sts:transitivetagkeys"] = in.TransitiveTagKeys
	}
	var names []string
	for _, t := range in.Tags {
		keys["aws:requesttag/"+fold(t.Key)] = []string{t.Value}
		names = append(names, t.Key)
	}
	if names != nil {
		keys["aws:tagkeys"] = names
	}
	return keys
}

// caller is the subject as trust policies name it. A user or role that took the
// name of one that the policy meant is not that one.
func (sub *subject) caller(target *Role) *policy.Caller {
	c := &policy.Caller{ARN: sub.who.ARN, AccountID: sub.account}
	if sub.view == nil {
		return c
	}
	c.UniqueID = sub.view.id
	if sub.view.role != nil {
		c.RoleARN = sub.view.arn
	}
	if meant, ok := target.TrustedIDs[sub.view.arn]; ok && meant != sub.view.id {
		c.RoleARN = ""
		if sub.view.user != nil {
			c.ARN = ""
		}
	}
	return c
}

func sessionDuration(sub *subject, target *Role, asked *int) (time.Duration, error) {
	seconds := defaultSessionDuration
	if asked != nil {
		seconds = *asked
	}
	switch {
	case seconds > target.MaxSessionDuration:
		return 0, errorf(CodeValidation, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	case seconds > maxChainedSession && sub.session != nil:
		return 0, errorf(CodeValidation, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	}
	return time.Duration(seconds) * time.Second, nil
}

// limit puts the session policies into the claims.
func (s *Sessions) limit(c *claims, in AssumeRoleInput) error {
	if in.Policy != "" {
		if _, err := policy.Parse(in.Policy, policy.Identity); err != nil {
			return err
		}
		c.Policies = []string{in.Policy}
	}
	if len(in.PolicyARNs) > maxSessionPolicies {
		return errorf(CodeValidation, "Cannot exceed quota for PolicyArns: %d", maxSessionPolicies)
	}
	size := lengthWithoutBlanks(in.Policy)
	for _, p := range in.PolicyARNs {
		view := s.identity.current.Load().policy(p.ARN)
		if view == nil {
			return errorf(CodeNoSuchEntity, "Policy %s does not exist or is not attachable.", p.ARN)
		}
		size += len(p.ARN)
		c.PolicyARNs = append(c.PolicyARNs, p.ARN)
	}
	if size > maxSessionPolicy+maxSessionPolicies*2048 {
		return errorf("PackedPolicyTooLarge", "Packed policy consumes more than 100%% of allotted space, please use smaller policy.")
	}
	return nil
}

// inherit puts tags and source identity into the claims: those of the call and,
// of a chained session, what it must hand on.
func inherit(c *claims, sub *subject, in AssumeRoleInput) {
	c.Tags, c.Transitive, c.SourceIdentity = in.Tags, in.TransitiveTagKeys, in.SourceIdentity
	if sub.session == nil {
		return
	}
	if sub.session.SourceIdentity != "" {
		c.SourceIdentity = sub.session.SourceIdentity // cannot be changed once set
	}
	for _, key := range sub.session.Transitive {
		c.Tags = slices.DeleteFunc(slices.Clone(c.Tags), func(t Tag) bool { return fold(t.Key) == fold(key) })
		for _, t := range sub.session.Tags {
			if fold(t.Key) == fold(key) {
				c.Tags = append(c.Tags, t)
			}
		}
		c.Transitive = append(c.Transitive, key)
	}
}

// packedSize is a percentage of what a session may carry.
func packedSize(c claims) *int {
	if len(c.Policies)+len(c.PolicyARNs)+len(c.Tags) == 0 {
		return nil
	}
	size := 0
	for _, text := range append(slices.Clone(c.Policies), c.PolicyARNs...) {
		size += len(text)
	}
	for _, t := range c.Tags {
		size += len(t.Key) + len(t.Value)
	}
	percent := max(1, min(100, size*100/(2*maxSessionPolicy)))
	return &percent
}

// CredentialsForService are temporary credentials of a role for an AWS service that the
// role trusts, such as lambda.amazonaws.com for a function's process. Errors are
// [language.Message]s, for the operator.
func (s *Sessions) CredentialsForService(roleARN, service, sessionName string, life time.Duration) (Credentials, error) {
	if err := s.identity.ServiceRoles.AssumeForService(roleARN, service, "", s.identity.regionAccount.AccountID); err != nil {
		return Credentials{}, err
	}
	v, err := s.identity.ServiceRoles.serviceRole(roleARN)
	if err != nil {
		return Credentials{}, err
	}
	return s.issue(claims{RoleName: v.role.RoleName, RoleID: v.id, SessionName: sessionName}, life)
}

// issue makes the credentials of a session.
func (s *Sessions) issue(c claims, life time.Duration) (Credentials, error) {
	c.AccessKeyID = newID(context.Background(), prefixSessionKey, s.identity.regionAccount.AccountID, accessKeyLength)
	c.SecretAccessKey = newSecret()
	c.IssuedAt = s.identity.today()
	c.Expiration = c.IssuedAt.Add(life)
	token, err := s.sealed.Load().seal(c)
	if err != nil {
		return Credentials{}, &pasarela.Error{Code: pasarela.CodeInternal, Message: "No session token could be made.", Cause: err}
	}
	return Credentials{c.AccessKeyID, c.SecretAccessKey, token, c.Expiration}, nil
}

// GetSessionTokenInput is the input of GetSessionToken.
type GetSessionTokenInput struct {
	DurationSeconds *int `aws:"DurationSeconds,min=900,max=129600"`
}

// GetSessionToken gives a user or the root temporary credentials of itself.
func (s *Sessions) GetSessionToken(_ context.Context, who pasarela.Principal, in GetSessionTokenInput) (Credentials, error) {
	if err := check(in); err != nil {
		return Credentials{}, err
	}
	if strings.HasPrefix(who.AccessKeyID, prefixSessionKey) {
		return Credentials{}, errorf("AccessDenied", "Cannot call GetSessionToken with session credentials")
	}
	seconds := defaultUserSession
	if in.DurationSeconds != nil {
		seconds = *in.DurationSeconds
	}
	var c claims
	if who.Type == pasarela.PrincipalUser {
		v := s.identity.current.Load().userByARN(who.ARN)
		if v == nil || v.id != who.UserID {
			return Credentials{}, deny(who, "sts:GetSessionToken", "*", "", errGone)
		}
		c.UserName, c.UserID = v.user.UserName, v.id
	} else {
		seconds = min(seconds, maxRootSession)
	}
	return s.issue(c, time.Duration(seconds)*time.Second)
}

// AccountOfKey is the account that an access key id names.
func (s *Sessions) AccountOfKey(accessKeyID string) (string, error) {
	if account := accountOf(accessKeyID); account != "" {
		return account, nil
	}
	return "", errorf(CodeValidation, "Access key %s is not of a form that names its account.", strconv.Quote(accessKeyID))
}
