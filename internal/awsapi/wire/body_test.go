package wire_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// untouched is a body that must not be read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func (untouched) Close() error { return nil }

// protocols are a service of each protocol behind one guard.
func protocols(bodies *wire.Bodies, log *slog.Logger) map[string]http.Handler {
	calls := 0
	guard := &wire.Guard{RegionAccount: pasarela.RegionAccount{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}), Keys: keys{}, Authorizer: &authorizer{}, Bodies: bodies}
	return map[string]http.Handler{
		"apigateway": wire.NewREST(wire.RESTService{SigningName: "apigateway", StripPath: "/v2", Guard: guard, Log: log}, table(&calls)),
		"iam":        wire.NewQuery(wire.QueryService{SigningName: "iam", Version: "1", Guard: guard, Log: log}, nil, nil),
	}
}

// sign signs a request as id for service; its body may be another one.
func sign(t *testing.T, r *http.Request, id, service string, at time.Time) {
	t.Helper()
	if err := signer.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, r, strings.Repeat("0", 64), service, region, at); err != nil {
		t.Fatal(err)
	}
}

// The server reads no body of a caller without a key.
func TestBodiesOfStrangersAreNotRead(t *testing.T) {
	for service, handler := range protocols(nil, slog.New(slog.DiscardHandler)) {
		for name, prepare := range map[string]func(*http.Request){
			"unsigned":      func(*http.Request) {},
			"malformed":     func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 x") },
			"unknown key":   func(r *http.Request) { sign(t, r, "AKIANOBODY", service, time.Now()) },
			"other service": func(r *http.Request) { sign(t, r, keyID, "s3", time.Now()) },
			"old":           func(r *http.Request) { sign(t, r, keyID, service, time.Now().Add(-time.Hour)) },
			"declared": func(r *http.Request) {
				r.Header.Set("X-Amz-Content-Sha256", strings.Repeat("0", 64))
				sign(t, r, keyID, service, time.Now())
				r.Header.Set("X-Amz-Content-Sha256", strings.Repeat("1", 64))
			},
			"unsigned payload": func(r *http.Request) {
				r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
				sign(t, r, keyID, service, time.Now())
			},
			"two signatures": func(r *http.Request) {
				sign(t, r, keyID, service, time.Now())
				r.Header.Add("Authorization", r.Header.Get("Authorization"))
			},
		} {
			r := httptest.NewRequest("POST", "/v2/things", nil)
			r.Body, r.ContentLength = untouched{t}, 5<<20
			prepare(r)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != http.StatusForbidden && w.Code != http.StatusBadRequest {
				t.Errorf("%s, %s: %d %s", service, name, w.Code, w.Body)
			}
		}
	}
}

// Bodies that are being read share one budget; a request for which none is left is
// answered 503, and small bodies need none.
func TestBodiesShareABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const large = 100 << 10
		bodies := wire.NewBodies(large+1000, 5*time.Second)
		read := func(size int64) (wire.Body, error) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", int(size))))
			return bodies.Read(httptest.NewRecorder(), r, keyID, 1<<20)
		}
		first, err := read(large)
		if err != nil {
			t.Fatal(err)
		}
		if small, err := read(16 << 10); err != nil || len(small.Bytes) != 16<<10 {
			t.Errorf("a small body: %v", err)
		}
		began := time.Now()
		_, err = read(large)
		var refused *pasarela.Error
		if !errors.As(err, &refused) || refused.Code != pasarela.CodeServiceUnavailable || time.Since(began) != 5*time.Second || bodies.Refused() != 1 {
			t.Errorf("a second: %v after %s", err, time.Since(began))
		}
		if response := wire.RESTErrorResponse(err); response.Status != http.StatusServiceUnavailable {
			t.Errorf("answered %v", response)
		}
		if response := wire.QueryErrorResponse(err); response.Status != http.StatusServiceUnavailable {
			t.Errorf("answered %v", response)
		}
		released := make(chan struct{})
		time.AfterFunc(time.Second, func() { first.Release(); close(released) })
		second, err := read(large)
		if err != nil || len(second.Bytes) != large {
			t.Errorf("after the first: %v", err)
		}
		<-released
		first.Release() // again: bytes are not returned twice
		if _, err := read(large); err == nil {
			t.Error("more than the budget")
		}
		second.Release()
		// One that breaks off returns its bytes; one without a length takes bytes as they
		// come.
		r := httptest.NewRequest("POST", "/", strings.NewReader("short"))
		r.ContentLength = large
		if _, err := bodies.Read(httptest.NewRecorder(), r, keyID, 1<<20); err == nil {
			t.Error("a body that breaks off was read")
		}
		r = httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader(strings.Repeat("x", large))))
		r.ContentLength = -1
		third, err := bodies.Read(httptest.NewRecorder(), r, keyID, large)
		if err != nil {
			t.Error(err)
		}
		third.Release()
		ctx, cancel := context.WithCancel(t.Context())
		held, _ := read(large)
		defer held.Release()
		cancel()
		r = httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", large))).WithContext(ctx)
		if _, err := bodies.Read(httptest.NewRecorder(), r, keyID, 1<<20); err == nil {
			t.Error("a client that left got its share")
		}
	})
}

// Mistakes of clients are logged at level debug only.
func TestClientsCannotWriteErrors(t *testing.T) {
	var log bytes.Buffer
	bodies := wire.NewBodies(1, 0)
	for service, handler := range protocols(bodies, slog.New(slog.NewTextHandler(&log, nil))) {
		for _, body := range []io.Reader{&broken{}, strings.NewReader(strings.Repeat("x", 1<<16)), strings.NewReader("")} {
			r := httptest.NewRequest("POST", "/v2/things", body)
			r.ContentLength = 1000
			if _, small := body.(*strings.Reader); small {
				r.ContentLength = int64(body.(*strings.Reader).Len())
			}
			sign(t, r, keyID, service, time.Now())
			handler.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	if log.Len() > 0 {
		t.Error(log.String())
	}
}

// broken is a body that breaks off.
type broken struct{}

func (*broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
