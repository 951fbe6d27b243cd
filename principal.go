package pasarela

// Principal is who signed a request.
type Principal struct {
	ARN         string // arn:aws:iam::A:user/n, …:root, arn:aws:sts::A:assumed-role/r/s
	AccountID   string
	UserID      string // AIDA…, the account for root, AROA…:session for sessions
	AccessKeyID string
	Type        PrincipalType
}

// PrincipalType says which kind of identity a principal is.
type PrincipalType string

// Kinds of principals. Root is never refused anything but by a session policy.
const (
	PrincipalRoot    PrincipalType = "Root"
	PrincipalUser    PrincipalType = "User"
	PrincipalSession PrincipalType = "AssumedRole"
)

// ServiceAPIGateway is the principal that integrations' roles must trust.
const ServiceAPIGateway = "apigateway.amazonaws.com"

// RequestContext are the condition keys of one decision, by lower-case name
// ("aws:sourceip" -> values).
type RequestContext map[string][]string

// Values returns the values of a condition key; ok is false when there are none.
func (rc RequestContext) Values(name string) (values []string, ok bool) {
	values, ok = rc[name]
	return values, ok
}

// ConditionKeys returns the values of a condition key by its lower-case name, such
// as [RequestContext.Values] or a function that computes them only when a policy
// needs them. A nil one has none.
type ConditionKeys func(name string) (values []string, ok bool)
