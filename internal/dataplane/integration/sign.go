package integration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
	"github.com/pasarela-ws/pasarela/internal/language"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signingName is what a service is called in signatures where that is not its name.
var signingName = map[string]string{"sync-states": "states"}

// sign signs the call to x.text for the target's service with the node's credentials for
// AWS: only for an integration whose role, or whose caller, may make the call, or if the
// operator lends the credentials to every integration (A-INTEGRATION-1). Other calls are
// sent unsigned.
func (i *Integration) sign(x *Invocation, call *backend.Call) *execution.GatewayError {
	if i.target.URL != "" {
		return nil
	}
	services := i.env.Services
	action, resource := i.target.permission(call, string(x.text), services.RegionAccount)
	if err := i.allows(x, action, resource); err != nil {
		return err
	}
	if !i.role.named() && !services.LendCredentials {
		return nil
	}
	if err := signCall(services, call, string(x.text), i.target.Service, i.target.Region); err != nil {
		return execution.Misconfigured("Unable to sign the request", language.IntegrationSigning.Of(i.named, err.Error()))
	}
	return nil
}

// MayInvoke returns nil when API Gateway may assume a role on behalf of a resource,
// and the role may invoke the function.
func (s *Services) MayInvoke(roleARN, sourceARN string, function awsuri.URI) error {
	if err := s.Roles.AssumeForService(roleARN, pasarela.ServiceAPIGateway, sourceARN, s.RegionAccount.AccountID); err != nil {
		return err
	}
	if !function.IsFunction() {
		return nil
	}
	t := target{function}
	return s.Roles.RoleAllows(roleARN, "lambda:InvokeFunction", t.functionARN(s.RegionAccount), nil)
}

// PrepareInvoke signs a call that invokes a function on behalf of a role, which
// [Services.MayInvoke] has allowed, and returns its URL. Without a role the call
// stays unsigned unless the operator lends the node's credentials (A-INTEGRATION-1).
func (s *Services) PrepareInvoke(call *backend.Call, function awsuri.URI, roleARN string) (url string, err error) {
	t := target{function}
	url = t.invocation(s.Endpoints)
	if roleARN == "" && !s.LendCredentials {
		return url, nil
	}
	return url, signCall(s, call, url, t.Service, t.Region)
}

// signedBy says whose credentials signed a refused call.
func (i *Integration) signedBy() language.Message {
	switch {
	case i.env.Services.Credentials.AccessKeyID == "":
		return language.SignedNothing.Of()
	case i.role.named():
		return language.SignedForRole.Of(i.def.CredentialsARN)
	case i.env.Services.LendCredentials:
		return language.SignedLent.Of()
	}
	return language.SignedNoRole.Of()
}

// signCall signs a call to url with the node's credentials for AWS, if it has any.
func signCall(s *Services, call *backend.Call, url, service, region string) error {
	if s.Credentials.AccessKeyID == "" {
		return nil
	}
	request, err := http.NewRequest(call.Method(), url, nil)
	if err != nil {
		return err
	}
	call.EachHeader(func(name, value []byte) {
		switch key := http.CanonicalHeaderKey(string(name)); key {
		case "User-Agent", "X-Amzn-Trace-Id", "Traceparent", "Accept":
		default:
			request.Header.Add(key, string(value))
		}
	})
	request.Header.Del("Host")
	request.ContentLength = int64(len(call.Body()))
	if name, ok := signingName[service]; ok {
		service = name
	}
	hash := sha256.Sum256(call.Body())
	credentials := aws.Credentials{AccessKeyID: s.Credentials.AccessKeyID, SecretAccessKey: s.Credentials.SecretAccessKey, SessionToken: s.Credentials.SessionToken}
	err = v4.NewSigner().SignHTTP(context.Background(), credentials, request, hex.EncodeToString(hash[:]), service, region, s.now())
	if err != nil {
		return err
	}
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} {
		if value := request.Header.Get(name); value != "" {
			call.SetHeader(name, value)
		}
	}
	return nil
}
