package mapping

import "github.com/pasarela-ws/pasarela/vtl"

// identityObject is $context.identity.
type identityObject struct{ context *context }

// Get is $context.identity.name.
func (o *identityObject) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if o.context.whole != nil {
		return vtl.Value{}, vtl.ErrNoMember
	}
	return present(o.context.event.Identity.member(name)), nil
}

// Call leaves all methods to the map.
func (o *identityObject) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the identity as a map.
func (o *identityObject) Plain(*vtl.Run) vtl.Value { return o.context.part("identity") }

// identityNames are the members of an identity, in AWS's order.
var identityNames = [...]string{
	"accountId", "apiKey", "apiKeyId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
	"cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "sourceIp", "user", "userAgent", "userArn",
}

func (i *Identity) member(name string) string {
	switch name {
	case "accountId":
		return i.AccountID
	case "apiKey":
		return i.APIKey
	case "apiKeyId":
		return i.APIKeyID
	case "caller":
		return i.Caller
	case "cognitoAuthenticationProvider":
		return i.CognitoAuthenticationProvider
	case "cognitoAuthenticationType":
		return i.CognitoAuthenticationType
	case "cognitoIdentityId":
		return i.CognitoIdentityID
	case "cognitoIdentityPoolId":
		return i.CognitoIdentityPoolID
	case "principalOrgId":
		return i.PrincipalOrgID
	case "sourceIp":
		return i.SourceIP
	case "user":
		return i.User
	case "userAgent":
		return i.UserAgent
	case "userArn":
		return i.UserARN
	}
	return ""
}

func (i *Identity) asMap() vtl.Value {
	m := silentMap(len(identityNames))
	for _, name := range identityNames {
		if text := i.member(name); text != "" {
			m.PutString(name, vtl.String(text))
		}
	}
	return vtl.MapValue(m)
}

// authorizerObject is $context.authorizer.
type authorizerObject struct{ context *context }

// Get is $context.authorizer.name.
func (o *authorizerObject) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if o.context.whole != nil {
		return vtl.Value{}, vtl.ErrNoMember
	}
	if value, ok := last(o.context.event.Authorizer, name); ok {
		return vtl.String(value), nil
	}
	return vtl.Null(), nil
}

// Call leaves all methods to the map.
func (o *authorizerObject) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the authorizer's context as a map.
func (o *authorizerObject) Plain(*vtl.Run) vtl.Value { return o.context.part("authorizer") }

// failureObject is $context.error.
type failureObject struct{ context *context }

// Get is $context.error.name.
func (o *failureObject) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if o.context.whole != nil {
		return vtl.Value{}, vtl.ErrNoMember
	}
	return present(o.context.event.Failure.member(name)), nil
}

// Call leaves all methods to the map.
func (o *failureObject) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the error as a map.
func (o *failureObject) Plain(*vtl.Run) vtl.Value { return o.context.part("error") }

var failureNames = [...]string{"message", "messageString", "responseType", "validationErrorString"}

func (f *Failure) member(name string) string {
	switch name {
	case "message":
		return f.Message
	case "messageString":
		return f.MessageString
	case "responseType":
		return f.ResponseType
	case "validationErrorString":
		return f.ValidationErrorString
	}
	return ""
}

func (f *Failure) asMap() vtl.Value {
	m := silentMap(4)
	for _, name := range failureNames {
		if text := f.member(name); text != "" {
			m.PutString(name, vtl.String(text))
		}
	}
	return vtl.MapValue(m)
}

// stageVariables is $stageVariables, which prints as an ordinary map.
type stageVariables struct {
	pairs []Pair
	whole vtl.Value
}

// Get is $stageVariables.name.
func (o *stageVariables) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if !o.whole.IsNull() {
		return vtl.Value{}, vtl.ErrNoMember
	}
	if value, ok := last(o.pairs, name); ok {
		return vtl.String(value), nil
	}
	return vtl.Null(), nil
}

// Call leaves all methods to the map.
func (o *stageVariables) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the stage variables as a map.
func (o *stageVariables) Plain(*vtl.Run) vtl.Value {
	if o.whole.IsNull() {
		m := vtl.NewMap(len(o.pairs))
		for _, p := range o.pairs {
			m.PutString(p.Name, vtl.String(p.Value))
		}
		o.whole = vtl.MapValue(m)
	}
	return o.whole
}
