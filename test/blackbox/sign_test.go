package blackbox

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// signed makes a POST of @connections with its path as it is written, signed by AWS's signer.
func signed(t testing.TB, g *pasarelatest.Gateway, target, text string) *http.Request {
	t.Helper()
	return signedFor(t, g, "execute-api", http.MethodPost, target, text)
}

// signedFor makes a call of a service by the gateway's administrator.
func signedFor(t testing.TB, g *pasarelatest.Gateway, service, method, target, text string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte(text))
	if err := v4.NewSigner().SignHTTP(t.Context(), g.Credentials(), r, hex.EncodeToString(hash[:]), service, g.Region(), time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

func signedPost(t testing.TB, g *pasarelatest.Gateway, target, text string) *http.Response {
	t.Helper()
	response, err := http.DefaultClient.Do(signed(t, g, target, text))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func asA[E error](err error, target *E) bool { return errors.As(err, target) }
