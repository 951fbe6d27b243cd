package console_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/console"
)

// token makes an address and takes its token.
func token(t *testing.T, c *console.Console, accessKeyID string) string {
	t.Helper()
	url, err := c.SignInURL(accessKeyID)
	if err != nil {
		t.Fatal(err)
	}
	found, ok := strings.CutPrefix(url, "http://127.0.0.1:4566/console/#token=")
	if !ok {
		t.Fatalf("the address is %s", url)
	}
	return found
}

// exchange is the request of the console's own page, with what change does to it.
func exchange(t *testing.T, c *console.Console, token string, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	body, err := json.Marshal(map[string]string{"token": token})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/console/session", strings.NewReader(string(body)))
	r.Host, r.RemoteAddr = "127.0.0.1:4566", "127.0.0.1:5000"
	r.Header.Set("Origin", "http://127.0.0.1:4566")
	r.Header.Set("X-Pasarela-Console", "1")
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4566}))
	if change != nil {
		change(r)
	}
	response := httptest.NewRecorder()
	c.ServeHTTP(response, r)
	return response
}

// A request that does not come directly from the console's own page on this
// machine is refused, and does not use up the token.
func TestATokenIsExchangedOnceByTheOwnPage(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	without := func(name string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(name) } }
	host := func(name string) func(*http.Request) {
		return func(r *http.Request) {
			r.Host = name
			r.Header.Set("Origin", "http://"+name)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"another origin":              header("Origin", "http://evil.example"),
		"an opaque origin":            header("Origin", "null"),
		"another scheme":              header("Origin", "https://127.0.0.1:4566"),
		"no origin":                   without("Origin"),
		"no header of the page":       without("X-Pasarela-Console"),
		"a name that resolves here":   host("rebound.example:4566"),
		"a name that ends like ours":  host("localhost.evil.example:4566"),
		"another port":                host("127.0.0.1:8080"),
		"no port":                     host("127.0.0.1"),
		"another machine":             func(r *http.Request) { r.RemoteAddr = "192.0.2.1:5000" },
		"a private network":           func(r *http.Request) { r.RemoteAddr = "172.17.0.1:5000" },
		"a proxy, Forwarded":          header("Forwarded", "for=192.0.2.1"),
		"a proxy, Via":                header("Via", "1.1 proxy"),
		"a proxy, X-Forwarded-For":    header("X-Forwarded-For", "192.0.2.1"),
		"a proxy, X-Forwarded-Host":   header("X-Forwarded-Host", "evil.example"),
		"a proxy, X-Forwarded-Proto":  header("X-Forwarded-Proto", "https"),
		"a proxy, an empty mark":      header("X-Forwarded-For", ""),
		"a proxy, X-Real-IP":          header("X-Real-IP", "192.0.2.1"),
		"an unknown listener address": func(r *http.Request) { *r = *r.WithContext(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newConsole(t)
			good := token(t, c, "AKIATEST")
			if response := exchange(t, c, good, change); response.Code != http.StatusForbidden || strings.Contains(response.Body.String(), "secret") {
				t.Errorf("got %d %s", response.Code, response.Body)
			}
			if response := exchange(t, c, good, nil); response.Code != http.StatusOK || !strings.Contains(response.Body.String(), `"secretAccessKey":"secret"`) {
				t.Errorf("then the page itself got %d %s", response.Code, response.Body)
			}
			if response := exchange(t, c, good, nil); response.Code != http.StatusForbidden {
				t.Errorf("a second time it got %d %s", response.Code, response.Body)
			}
		})
	}
	for _, own := range []string{"localhost:4566", "127.0.0.1:4566", "[::1]:4566"} {
		c := newConsole(t)
		if response := exchange(t, c, token(t, c, "AKIATEST"), host(own)); response.Code != http.StatusOK {
			t.Errorf("by %s: got %d %s", own, response.Code, response.Body)
		}
	}
}

func TestWithoutAGoodTokenNothingIsAnswered(t *testing.T) {
	c := newConsole(t)
	gone := token(t, c, "AKIAGONE")
	first := token(t, c, "AKIATEST")
	for name, given := range map[string]string{"none": "", "a guess": strings.Repeat("A", 43), "of a key that is gone": gone} {
		if response := exchange(t, c, given, nil); response.Code != http.StatusForbidden || strings.Contains(response.Body.String(), "secret") {
			t.Errorf("%s: got %d %s", name, response.Code, response.Body)
		}
	}
	if response := exchange(t, c, "", func(r *http.Request) { r.Body = http.NoBody }); response.Code != http.StatusBadRequest {
		t.Errorf("no body: got %d %s", response.Code, response.Body)
	}
	for range 40 { // more than wait at a time
		token(t, c, "AKIATEST")
	}
	if response := exchange(t, c, first, nil); response.Code != http.StatusForbidden {
		t.Errorf("the oldest of too many: got %d", response.Code)
	}
	kept := token(t, c, "AKIATEST")
	for range 40 {
		token(t, c, "AKIAGONE")
	}
	if response := exchange(t, c, kept, nil); response.Code != http.StatusOK {
		t.Errorf("after many of another key: got %d", response.Code)
	}
}

func TestATokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConsole(t)
		late, early := token(t, c, "AKIATEST"), token(t, c, "AKIATEST")
		time.Sleep(console.TokenLife - time.Second)
		if response := exchange(t, c, early, nil); response.Code != http.StatusOK {
			t.Errorf("within its life: got %d", response.Code)
		}
		time.Sleep(2 * time.Second)
		if response := exchange(t, c, late, nil); response.Code != http.StatusForbidden {
			t.Errorf("after its life: got %d", response.Code)
		}
	})
}

func TestNoAddressWhereNoBrowserReachesTheNode(t *testing.T) {
	c, err := console.New(console.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if url, err := c.SignInURL("AKIATEST"); err == nil {
		t.Errorf("got %s", url)
	}
}

// Refusals are in the language of the browser, since the page shows them as they are.
func TestRefusalsOfSignInAreTranslated(t *testing.T) {
	c := newConsole(t)
	for spoken, want := range map[string]string{
		"":              "this address was used already or is too old; `pasarela console` prints another\n",
		"de":            "this address was used already or is too old; `pasarela console` prints another\n",
		"es-ES,en;q=.5": "esta dirección ya se ha usado o es demasiado antigua; `pasarela console` da otra\n",
	} {
		refused := exchange(t, c, "used", func(r *http.Request) { r.Header.Set("Accept-Language", spoken) })
		if refused.Code != http.StatusForbidden || refused.Body.String() != want {
			t.Errorf("%q: %d %q", spoken, refused.Code, refused.Body)
		}
	}
}
