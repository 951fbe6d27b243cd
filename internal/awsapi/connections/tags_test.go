package connections_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// ask makes a signed call.
func (sys *system) ask(method, path, body string) (*http.Response, string) {
	sys.t.Helper()
	return sys.call(method, path, body, signer(body, accessKey, secretKey))
}

// several opens connections, and returns their ids in the same order.
func (sys *system) several(n int) (conns []*websocket.Conn, ids []string) {
	sys.t.Helper()
	known := map[string]bool{}
	for len(conns) < n {
		conns = append(conns, testkit.Connect(sys.t, "ws"+strings.TrimPrefix(sys.url, "http")).Conn)
		var live []gateway.OpenConnection
		sys.wait(func() bool { live = slices.Collect(sys.gateway.Connections("", "")); return len(live) == len(conns) })
		for _, c := range live {
			if !known[c.ConnectionID] {
				known[c.ConnectionID] = true
				ids = append(ids, c.ConnectionID)
			}
		}
	}
	return conns, ids
}

func TestOneCallForManyConnections(t *testing.T) {
	sys := start(t, "connectionTags")
	conns, ids := sys.several(3)
	for i, tags := range []string{`["dept:sales","user:1"]`, `["dept:sales"]`, `["dept:stock"]`} {
		if response, body := sys.ask("PUT", "/@connections/"+ids[i]+"/tags", `{"tags":`+tags+`}`); response.StatusCode != 204 {
			t.Fatalf("%d %s", response.StatusCode, body)
		}
	}
	response, body := sys.ask("POST", "/@connections?tag=dept%3Asales", "to sales")
	if want := `{"sent":2,"queued":0,"gone":0,"refused":0}`; response.StatusCode != 200 || body != want {
		t.Errorf("%d %s, want %s", response.StatusCode, body, want)
	}
	if response, body := sys.ask("POST", "/@connections?tag=dept%3Astock", "to stock"); response.StatusCode != 200 {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	for i, want := range []string{"to sales", "to sales", "to stock"} {
		if _, got, err := conns[i].Read(t.Context()); err != nil || string(got) != want {
			t.Errorf("client %d: %q, %v", i, got, err)
		}
	}
	var page struct {
		Connections []struct {
			ConnectionID string
			Tags         []string
		}
		NextToken string
	}
	found := map[string][]string{}
	for query := "?tag=dept%3Asales&limit=1"; ; query = "?tag=dept%3Asales&limit=1&nextToken=" + page.NextToken {
		response, body := sys.ask("GET", "/@connections"+query, "")
		page.Connections, page.NextToken = nil, ""
		if err := json.Unmarshal([]byte(body), &page); response.StatusCode != 200 || err != nil || len(page.Connections) > 1 {
			t.Fatalf("%d %s %v", response.StatusCode, body, err)
		}
		for _, c := range page.Connections {
			found[c.ConnectionID] = c.Tags
		}
		if page.NextToken == "" {
			break
		}
	}
	if len(found) != 2 || strings.Join(found[ids[0]], " ") != "dept:sales user:1" || strings.Join(found[ids[1]], " ") != "dept:sales" {
		t.Errorf("listed %v of %v", found, ids)
	}
	_ = conns[1].CloseNow()
	sys.wait(func() bool { return len(slices.Collect(sys.gateway.Connections("", ""))) == 2 })
	if _, body := sys.ask("POST", "/@connections?tag=dept%3Asales", "again"); body != `{"sent":1,"queued":0,"gone":0,"refused":0}` {
		t.Errorf("one has left: %s", body)
	}
	if response, body := sys.ask("PUT", "/@connections/"+ids[0]+"/tags", `{"tags":[]}`); response.StatusCode != 204 {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	if _, body := sys.ask("POST", "/@connections?tag=user%3A1", "nobody"); body != `{"sent":0,"queued":0,"gone":0,"refused":0}` {
		t.Errorf("without tags: %s", body)
	}
}

// A policy may restrict a principal to some tags.
func TestAPrincipalIsKeptToItsTags(t *testing.T) {
	sys := start(t, "connectionTags")
	_, ids := sys.several(1)
	sys.allow(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections",
		"Resource":["arn:aws:execute-api:*:*:abcdef1234/prod/*/@connections","arn:aws:execute-api:*:*:abcdef1234/prod/PUT/@connections/{connectionId}/tags"],
		"Condition":{"StringLike":{"pasarela:ConnectionTag":"dept:*"}}}]}`)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "?tag=dept%3Asales", "x", 200},
		{"GET", "?tag=dept%3Asales", "", 200},
		{"POST", "?tag=user%3A1", "x", 403},
		{"GET", "?tag=user%3A1", "", 403},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":["dept:a","dept:b"]}`, 204},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":["dept:a","user:1"]}`, 403},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":[]}`, 403},
		{"POST", "/" + ids[0], "x", 403},
	} {
		if response, body := sys.ask(c.method, "/@connections"+c.path, c.body); response.StatusCode != c.status {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, response.StatusCode, body)
		}
	}
}

// A list shows a principal only the tags that it may list.
func TestAListShowsTheTagsThatOneMaySee(t *testing.T) {
	sys := start(t, "connectionTags")
	_, ids := sys.several(1)
	if response, body := sys.ask("PUT", "/@connections/"+ids[0]+"/tags", `{"tags":["dept:sales","dept:stock","user:1"]}`); response.StatusCode != 204 {
		t.Fatalf("%d %s", response.StatusCode, body)
	}
	list := func() string {
		t.Helper()
		response, body := sys.ask("GET", "/@connections?tag=dept%3Asales", "")
		var page struct{ Connections []struct{ Tags []string } }
		if err := json.Unmarshal([]byte(body), &page); response.StatusCode != 200 || err != nil || len(page.Connections) != 1 {
			t.Fatalf("%d %s %v", response.StatusCode, body, err)
		}
		return strings.Join(page.Connections[0].Tags, " ")
	}
	kept := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*","Condition":{"StringLike":{"pasarela:ConnectionTag":"dept:*"}}}]}`
	for _, c := range []struct{ policy, want string }{
		{everybody, "dept:sales dept:stock user:1"}, {kept, "dept:sales dept:stock"}, {everybody, "dept:sales dept:stock user:1"},
	} {
		sys.allow(c.policy)
		if got := list(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestCallsAboutTagsThatAreRefused(t *testing.T) {
	sys := start(t, "connectionTags")
	_, ids := sys.several(1)
	for _, c := range []struct {
		method, path, body string
		status             int
		message            string
	}{
		{"POST", "", "x", 400, "is no tag of a connection"},
		{"POST", "?tag=a%20b", "x", 400, "is no tag of a connection"},
		{"GET", "?tag=a&limit=0", "", 400, "limit is"},
		{"GET", "?tag=a&limit=x", "", 400, "limit is"},
		{"DELETE", "?tag=a", "", 403, "Forbidden"},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":["a,b"]}`, 400, "is no tag of a connection"},
		{"PUT", "/" + ids[0] + "/tags", `["a"]`, 400, "The body must be"},
		{"POST", "?tag=a&tag=b", "x", 400, `There are 2 parameters \"tag\"; a call has one.`},
		{"POST", "?tag=a&tags=b", "x", 400, `There is no parameter \"tags\"; this call takes tag.`},
		{"POST", "?limit=1&tag=a", "x", 400, `There is no parameter \"limit\"`},
		{"GET", "?nexttoken=x&tag=a", "", 400, `There is no parameter \"nexttoken\"; this call takes tag, limit, nextToken.`},
		{"GET", "?limit=1&limit=2&tag=a", "", 400, `There are 2 parameters \"limit\"`},
		{"PUT", "/" + ids[0] + "/tags?tag=a", `{"tags":["a"]}`, 400, `takes no parameters, and \"tag\" was given`},
		{"PUT", "/" + ids[0] + "/tags", `{"tag":["a"]}`, 400, `The body must be {\"tags\": [...]}; [] takes all away. There is no member \"tag\".`},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":["a"],"Tags":[]}`, 400, `There is no member \"Tags\"`},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":["a"],"tags":["b"]}`, 400, "it is given twice"},
		{"PUT", "/" + ids[0] + "/tags", `{}`, 400, "[] takes all away"},
		{"PUT", "/" + ids[0] + "/tags", `null`, 400, "[] takes all away"},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":null}`, 400, "[] takes all away, not null"},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":[null]}`, 400, "is no tag of a connection"},
		{"PUT", "/" + ids[0] + "/tags", `{"tags":"a"}`, 400, "[] takes all away"},
		{"GET", "/" + ids[0] + "/tags", "", 403, "Forbidden"},
		{"PUT", "/R1kmxc2VNjMCFIA=/tags", `{"tags":["a"]}`, 410, ""},
		{"PUT", "/nonsense/tags", `{"tags":["a"]}`, 400, "Invalid connectionId"},
	} {
		if response, body := sys.ask(c.method, "/@connections"+c.path, c.body); response.StatusCode != c.status || !strings.Contains(body, c.message) {
			t.Errorf("%s %s: %d %s", c.method, c.path, response.StatusCode, body)
		}
	}
	if response, _ := sys.call("POST", "/@connections?tag=a", "x", nil); response.StatusCode != 403 {
		t.Errorf("without a signature: %d", response.StatusCode)
	}
	response, body := sys.call("POST", "/@connections?tag=a", "x", func(r *http.Request) {
		r.Header.Set("Idempotency-Key", "k")
		signer("x", accessKey, secretKey)(r)
	})
	if response.StatusCode != 400 || !strings.Contains(body, "are for a post to one connection") {
		t.Errorf("with a key: %d %s", response.StatusCode, body)
	}
}

// Without the stage's tag these calls do not exist, as on AWS; the operator's log says
// why, and what is wrong with a path or method.
func TestCallsAboutTagsAreExplained(t *testing.T) {
	const untagged = "Stage prod of API abcdef1234 has no tag pasarela:connectionTags=true, so it takes no call for many connections and no tags (docs/fanout.md)"
	with, without := start(t, "connectionTags"), start(t)
	_, withIDs := with.several(1)
	_, withoutIDs := without.several(1)
	for _, c := range []struct {
		sys                *system
		id                 string
		method, path, body string
		cause              string
	}{
		{without, "", "POST", "?tag=a", "x", untagged},
		{without, "", "GET", "/?tag=a", "", untagged},
		{without, "", "DELETE", "?tag=a", "", untagged},
		{without, withoutIDs[0], "PUT", "/" + withoutIDs[0] + "/tags", `{"tags":["a"]}`, untagged},
		{without, withoutIDs[0], "PUT", "/" + withoutIDs[0], "x", "@connections/{connectionId} takes DELETE, GET, POST, not PUT"},
		{with, "", "DELETE", "?tag=a", "", "@connections takes GET, POST, not DELETE"},
		{with, withIDs[0], "GET", "/" + withIDs[0] + "/tags", "", "@connections/{connectionId}/tags takes PUT, not GET"},
		{with, "", "PUT", "//tags", `{"tags":["a"]}`, `names no connection`},
	} {
		response, body := c.sys.ask(c.method, "/@connections"+c.path, c.body)
		if response.StatusCode != 403 || !strings.Contains(body, "Forbidden") {
			t.Errorf("%s %s: %d %s", c.method, c.path, response.StatusCode, body)
		}
		found := c.sys.gateway.Find(response.Header.Get("x-amzn-RequestId"))
		if len(found) != 1 {
			t.Errorf("%s %s: remembered %d times", c.method, c.path, len(found))
			continue
		}
		said := execution.Explain(found, false, language.English)
		if !strings.Contains(said, c.cause) || found[0].ConnectionID != c.id || found[0].APIID != apiID || strings.Contains(said, "disableExecuteApiEndpoint") {
			t.Errorf("%s %s about %q: %s, want %s about %q", c.method, c.path, found[0].ConnectionID, said, c.cause, c.id)
		}
	}
}
