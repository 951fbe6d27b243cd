package node_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// behind is a node with the guide's API behind trusted proxies, and the ids of the
// connections that its backend was called for.
func behind(t *testing.T, settings node.Settings) (n *node.Node, apiID string, ids chan string) {
	t.Helper()
	ids = make(chan string, 8)
	n, system := guided(t, settings, func(w http.ResponseWriter, r *http.Request) {
		var body struct{ ConnectionID string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		ids <- body.ConnectionID
		w.WriteHeader(http.StatusCreated)
	})
	return n, system.APIID, ids
}

// signedCall is a signed call to @connections as a proxy at 127.0.0.1 passes it on.
func signedCall(t *testing.T, n *node.Node, key aws.Credentials, method, apiID, connectionID, text string, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, n.Endpoint()+"/"+apiID+"/prod/@connections/"+url.PathEscape(connectionID), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte(text))
	if err := v4.NewSigner().SignHTTP(t.Context(), key, r, hex.EncodeToString(hash[:]), "execute-api", n.RegionAccount().Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func rootKey(n *node.Node) aws.Credentials {
	key := n.Credentials()
	return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
}

// sourceIP is what GET of the connection shows as the client's address.
func sourceIP(t *testing.T, n *node.Node, client *http.Client, apiID, connectionID string) string {
	t.Helper()
	answer, err := client.Do(signedCall(t, n, rootKey(n), http.MethodGet, apiID, connectionID, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var shown struct{ Identity struct{ SourceIP string } }
	if err := json.NewDecoder(answer.Body).Decode(&shown); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status, err)
	}
	return shown.Identity.SourceIP
}

// bothWays runs a test with the fast path and without it.
func bothWays(t *testing.T, test func(t *testing.T, plain bool)) {
	for name, plain := range map[string]bool{"fast path": false, "net/http": true} {
		t.Run(name, func(t *testing.T) { test(t, plain) })
	}
}

// A-NODE-14.
func TestTheAddressOfAClientBehindAProxy(t *testing.T) {
	bothWays(t, func(t *testing.T, plain bool) {
		for name, c := range map[string]struct{ trusted, by, header, value, want string }{
			"trusted":           {"127.0.0.0/8", "", "X-Forwarded-For", "203.0.113.9", "203.0.113.9"},
			"not trusted":       {"192.0.2.1", "", "X-Forwarded-For", "203.0.113.9", "127.0.0.1"},
			"none are trusted":  {"", "", "X-Forwarded-For", "203.0.113.9", "127.0.0.1"},
			"RFC 7239":          {"127.0.0.1", "forwarded", "Forwarded", `for="[2001:db8::7]:1"`, "2001:db8::7"},
			"the wrong header":  {"127.0.0.1", "forwarded", "X-Forwarded-For", "203.0.113.9", "127.0.0.1"},
			"claimed by itself": {"127.0.0.1", "", "X-Forwarded-For", "1.1.1.1, 203.0.113.9", "203.0.113.9"},
		} {
			t.Run(name, func(t *testing.T) {
				n, apiID, ids := behind(t, node.Settings{PlainHTTP: plain, TrustedProxies: c.trusted, ProxyHeader: c.by})
				testkit.Connect(t, strings.Replace(n.Endpoint(), "http", "ws", 1)+"/"+apiID+"/prod", testkit.Header(c.header, c.value))
				if got := sourceIP(t, n, http.DefaultClient, apiID, testkit.Receive(t, ids, "a connect")); got != c.want {
					t.Errorf("sourceIp is %s, want %s", got, c.want)
				}
			})
		}
	})
}

// A proxy keeps its connections and sends the calls of many clients on them: each has its
// own address, as aws:SourceIp shows.
func TestEachRequestOfAProxyHasItsClient(t *testing.T) {
	bothWays(t, func(t *testing.T, plain bool) {
		n, apiID, ids := behind(t, node.Settings{PlainHTTP: plain, TrustedProxies: "127.0.0.1"})
		key := limitedTo(t, n, `{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"Bool":{"aws:SecureTransport":"true"}}`)
		testkit.Connect(t, strings.Replace(n.Endpoint(), "http", "ws", 1)+"/"+apiID+"/prod")
		id := testkit.Receive(t, ids, "a connect")
		nc, err := net.Dial("tcp", strings.TrimPrefix(n.Endpoint(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		answers := bufio.NewReader(nc)
		for _, c := range []struct {
			from, proto string
			want        int
		}{
			{"203.0.113.9", "https", 200},
			{"198.51.100.1", "https", 403},
			{"203.0.113.10", "https", 200},
			{"203.0.113.10", "http", 403},
			{"203.0.113.9, 198.51.100.1", "https", 403},
			{"198.51.100.1, 203.0.113.9", "https", 200},
			{"", "https", 403},
		} {
			r := signedCall(t, n, key, http.MethodPost, apiID, id, "x", "X-Forwarded-For", c.from, "X-Forwarded-Proto", c.proto)
			if got := statusOn(t, nc, answers, r); got != c.want {
				t.Errorf("from %q by %s: %d, want %d", c.from, c.proto, got, c.want)
			}
		}
	})
}

// limitedTo is the key of a user who may push under a condition.
func limitedTo(t *testing.T, n *node.Node, condition string) aws.Credentials {
	t.Helper()
	if _, err := n.Identity().Users.CreateUser(t.Context(), identity.CreateUserInput{UserName: "backend"}); err != nil {
		t.Fatal(err)
	}
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*","Condition":` + condition + `}]}`
	if err := n.Identity().Policies.PutPolicy(t.Context(), identity.UserNamed("backend"), identity.PutPolicyInput{PolicyName: "push", PolicyDocument: document}); err != nil {
		t.Fatal(err)
	}
	key, err := n.Identity().AccessKeys.CreateAccessKey(t.Context(), "backend")
	if err != nil {
		t.Fatal(err)
	}
	return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
}

// proxied sends a header before what the client sends, in pieces.
type proxied struct {
	net.Conn
	pieces []string
	joined bool // with the first bytes of the client
}

func (p *proxied) Write(data []byte) (int, error) {
	before := strings.Join(p.pieces, "")
	if p.pieces = nil; before == "" || p.joined {
		if _, err := p.Conn.Write(append([]byte(before), data...)); err != nil {
			return 0, err
		}
		return len(data), nil
	}
	for _, piece := range []string{before[:len(before)/2], before[len(before)/2:]} {
		if _, err := io.WriteString(p.Conn, piece); err != nil {
			return 0, err
		}
	}
	return p.Conn.Write(data)
}

// version2 is a header of version 2 for a client of IPv4, or of none.
func version2(command byte, client [4]byte) string {
	b := bytes.NewBufferString("\r\n\r\n\x00\r\nQUIT\n")
	b.Write([]byte{0x20 | command, 0x11, 0, 12})
	b.Write(client[:])
	b.Write([]byte{127, 0, 0, 1})
	b.Write(binary.BigEndian.AppendUint16(nil, 4711))
	b.Write(binary.BigEndian.AppendUint16(nil, 443))
	return b.String()
}

func proxyClient(header string, joined bool) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		nc, err := new(net.Dialer).DialContext(ctx, network, address)
		return &proxied{Conn: nc, pieces: []string{header}, joined: joined}, err
	}}}
}

func TestTheProxyProtocol(t *testing.T) {
	bothWays(t, func(t *testing.T, plain bool) {
		n, apiID, ids := behind(t, node.Settings{PlainHTTP: plain, TrustedProxies: "127.0.0.1", ProxyHeader: "proxy-protocol"})
		for name, c := range map[string]struct{ header, want string }{
			"version 1":         {"PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n", "203.0.113.9"},
			"version 1, IPv6":   {"PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n", "2001:db8::7"},
			"version 1, none":   {"PROXY UNKNOWN\r\n", "127.0.0.1"},
			"version 2":         {version2(1, [4]byte{203, 0, 113, 10}), "203.0.113.10"},
			"version 2, LOCAL":  {version2(0, [4]byte{203, 0, 113, 10}), "127.0.0.1"},
			"none":              {"", ""},
			"half of a header":  {"PROXY TCP4 203.0.113.9\r\n", ""},
			"not an address":    {"PROXY TCP4 client 192.0.2.1 4711 443\r\n", ""},
			"a header and more": {"PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\nPROXY UNKNOWN\r\n", ""},
		} {
			for how, joined := range map[string]bool{"in one piece": true, "in pieces": false} {
				t.Run(name+" "+how, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
					defer cancel()
					conn, answer, err := websocket.Dial(ctx, strings.Replace(n.Endpoint(), "http", "ws", 1)+"/"+apiID+"/prod",
						&websocket.DialOptions{HTTPClient: proxyClient(c.header, joined), HTTPHeader: http.Header{"X-Forwarded-For": {"198.51.100.1"}}})
					if c.want == "" {
						if err == nil || answer != nil && answer.StatusCode != http.StatusBadRequest {
							t.Errorf("connected: %v, %v", answer, err)
						}
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					defer conn.CloseNow()
					if got := sourceIP(t, n, proxyClient(version2(0, [4]byte{}), joined), apiID, testkit.Receive(t, ids, "a connect")); got != c.want {
						t.Errorf("sourceIp is %s, want %s", got, c.want)
					}
				})
			}
		}
	})
}

// The address stays the client's when a connection goes from calls to @connections back
// to net/http, and elsewhere connections have no header.
func TestAProxiedConnectionKeepsItsAddress(t *testing.T) {
	bothWays(t, func(t *testing.T, plain bool) {
		n, apiID, ids := behind(t, node.Settings{PlainHTTP: plain, TrustedProxies: "127.0.0.1", ProxyHeader: "proxy-protocol"})
		key := limitedTo(t, n, `{"IpAddress":{"aws:SourceIp":"203.0.113.9/32"}}`)
		header := "PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n"
		testkit.Connect(t, strings.Replace(n.Endpoint(), "http", "ws", 1)+"/"+apiID+"/prod", testkit.Through(proxyClient(header, true)))
		id := testkit.Receive(t, ids, "a connect")
		nc, err := net.Dial("tcp", strings.TrimPrefix(n.Endpoint(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		answers := bufio.NewReader(nc)
		if _, err := io.WriteString(nc, header); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			ping, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.Endpoint()+"/metrics", nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				r    *http.Request
				want int
			}{{signedCall(t, n, key, http.MethodPost, apiID, id, "x"), 200}, {ping, 403}} { // metrics are not for 203.0.113.9
				if got := statusOn(t, nc, answers, c.r); got != c.want {
					t.Errorf("%s: %d, want %d", c.r.URL.Path, got, c.want)
				}
			}
		}
	})
}

// statusOn sends a request on a kept connection and returns the status of its response.
func statusOn(t *testing.T, nc io.Writer, responses *bufio.Reader, r *http.Request) int {
	t.Helper()
	if err := r.Write(nc); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(responses, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}
