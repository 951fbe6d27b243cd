package integration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// LambdaURL is where a function of that region is invoked.
func (s *Services) LambdaURL(functionARN, region string) string {
	t := target{region: region, service: "lambda"}
	return t.base(s.Endpoints) + "/2015-03-31/functions/" + functionARN + "/invocations"
}

// signingName is what a service is called in signatures where that is not its name.
var signingName = map[string]string{"sync-states": "states"}

// sign signs the call to x.text for the target's service.
func (s *Services) sign(call *backend.Call, x *Exchange, t *target) error {
	return SignCall(s, call, string(x.text), t.service, t.region)
}

// SignCall signs a call to url with the node's credentials for AWS, if it has any.
func SignCall(s *Services, call *backend.Call, url, service, region string) error {
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
