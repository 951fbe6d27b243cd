package sigv4_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/sigv4"
)

// A server checks the signature of a request whose body it has read.
func ExampleVerifier_Verify() {
	const body = `{"hello":"client"}`
	request, _ := http.NewRequest(http.MethodPost, "http://127.0.0.1:4566/prod/@connections/abc", strings.NewReader(body))
	hash := sha256.Sum256([]byte(body))
	key := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}
	_ = v4.NewSigner().SignHTTP(context.Background(), key, request, hex.EncodeToString(hash[:]), "execute-api", "us-east-1", time.Now())

	lookup := func(accessKeyID, _ string) (string, error) {
		if accessKeyID != key.AccessKeyID {
			return "", sigv4.ErrUnknownKey
		}
		return key.SecretAccessKey, nil
	}
	want := sigv4.Scope{Region: "us-east-1", Service: "execute-api"}
	verifier := sigv4.New(sigv4.Options{})
	signature, err := sigv4.Parse(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(verifier.Verify(request, signature, []byte(body), want, lookup))
	fmt.Println(verifier.Verify(request, signature, []byte("another body"), want, lookup) != nil)
	// Output:
	// <nil>
	// true
}
