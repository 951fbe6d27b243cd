package extension_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
)

// thousands are n open connections of two stages, with ids from the number first on.
func thousands(first, n int) []gateway.OpenConnection {
	list := make([]gateway.OpenConnection, n)
	for i := range list {
		k := first + i
		list[i] = gateway.OpenConnection{APIID: "abcdefghij", Stage: []string{"prod", "test"}[k%2], ConnectionID: fmt.Sprintf("id-%05d=", k*7919%10_000), Description: gateway.Description{
			ConnectedAt: began.Add(time.Duration(k%500) * time.Millisecond), LastActiveAt: began.Add(time.Duration(k) * time.Second),
			SourceIP: fmt.Sprintf("192.0.2.%d", k%200), UserAgent: fmt.Sprintf("Client-%d/1", k),
		}}
	}
	list[0].Tags = []string{"dept:Sales"}
	return list
}

// tenThousand is a node with 6,000 connections, whose neighbour has 4,000.
func tenThousand(t *testing.T) *door {
	neighbour := &world{connections: thousands(6000, 4000)}
	d := openAmong(t, pair{among{extension.NodeHandler(extension.Services{Live: neighbour, Nodes: named("n2")})}})
	d.world.connections = thousands(0, 6000)
	return d
}

type pair struct{ among }

func (pair) Others() []string { return []string{"n2"} }

// listed asks for one page.
func (d *door) listed(t *testing.T, path string, query url.Values) extension.Connections {
	t.Helper()
	status, text, _ := d.ask(t, "GET "+path+"?"+query.Encode(), "", &owner)
	var page extension.Connections
	if err := json.Unmarshal([]byte(text), &page); err != nil || status != 200 {
		t.Fatalf("%s: %d %s %v", query, status, text, err)
	}
	return page
}

// Ten thousand connections of two nodes are read page by page, in any order: each comes
// once, in its place, and no page has more than it may.
func TestConnectionsArePaged(t *testing.T) {
	d := tenThousand(t)
	for _, sorted := range []string{"", "-connectedAt", "node", "-userAgent"} {
		var all []extension.Connection
		query := url.Values{"limit": {"3000"}, "sort": {sorted}}
		for pages := 1; ; pages++ {
			page := d.listed(t, "/pasarela/connections", query)
			if all = append(all, page.Connections...); page.Matching != 10_000 || page.Total != 84 || len(page.Nodes) != 2 {
				t.Fatalf("%d match of %d on %v", page.Matching, page.Total, page.Nodes)
			}
			if page.NextToken == "" {
				if pages != 4 || len(page.Connections) != 1000 {
					t.Errorf("%d pages by %q, %d on the last", pages, sorted, len(page.Connections))
				}
				break
			}
			if len(page.Connections) != 3000 {
				t.Fatalf("page %d has %d rows", pages, len(page.Connections))
			}
			query.Set("nextToken", page.NextToken)
		}
		ids := map[string]bool{}
		for _, one := range all {
			ids[one.ConnectionID] = true
		}
		if len(ids) != 10_000 {
			t.Errorf("by %q there are %d connections", sorted, len(ids))
		}
		member := strings.TrimPrefix(sorted, "-")
		if !slices.IsSortedFunc(all, func(a, b extension.Connection) int {
			if sorted != member {
				a, b = b, a
			}
			return strings.Compare(sortedText(a, member)+a.ConnectionID, sortedText(b, member)+b.ConnectionID)
		}) {
			t.Errorf("not sorted by %q", sorted)
		}
	}
}

func sortedText(c extension.Connection, member string) string {
	text, _ := json.Marshal(c)
	var members map[string]any
	_ = json.Unmarshal(text, &members)
	of, _ := members[member].(string)
	if at, err := time.Parse(time.RFC3339Nano, of); err == nil {
		of = at.Format("2006-01-02T15:04:05.000000000")
	}
	return of + " "
}

// What is found is counted on all pages, whatever member has the text.
func TestConnectionsAreFound(t *testing.T) {
	d := tenThousand(t)
	for find, want := range map[string]int{"client-9999/": 1, "CLIENT-1": 1111, "192.0.2.19": 550, "dept:sales": 2, "n2": 4000, "id-00042=": 1, "nobody": 0, "": 10_000} {
		page := d.listed(t, "/pasarela/connections", url.Values{"limit": {"10"}, "find": {find}})
		if page.Matching != want || len(page.Connections) != min(want, 10) || (page.NextToken != "") != (want > 10) {
			t.Errorf("%q: %d match, %d rows, next %q; want %d", find, page.Matching, len(page.Connections), page.NextToken, want)
		}
	}
	if page := d.listed(t, "/pasarela/apis/abcdefghij/stages/prod/connections", url.Values{"limit": {"1"}, "node": {"n2"}}); page.Matching != 4000 || len(page.Connections) != 1 {
		t.Errorf("%d of a node match, %d rows", page.Matching, len(page.Connections))
	}
}

// A caller that may not see a stage gets full pages of the others.
func TestPagesLackWhatOneMayNotSee(t *testing.T) {
	d := tenThousand(t)
	const arn = "arn:aws:apigateway:us-east-1::/pasarela/"
	d.authorizer.only = []string{arn + "connections", arn + "apis/abcdefghij/stages/test/connections"}
	page := d.listed(t, "/pasarela/connections", url.Values{"limit": {"100"}, "sort": {"stage"}})
	if page.Matching != 5000 || len(page.Connections) != 100 || page.Total != 80 || page.NextToken == "" {
		t.Errorf("%d match, %d rows, %d in all", page.Matching, len(page.Connections), page.Total)
	}
	for _, one := range page.Connections {
		if one.Stage != "test" {
			t.Fatalf("a connection of %s is shown", one.Stage)
		}
	}
}

// A page that is asked for wrongly is refused with what would be right; a token is
// valid for the order that it was given for.
func TestPagesThatDoNotExist(t *testing.T) {
	d := tenThousand(t)
	token := d.listed(t, "/pasarela/connections", url.Values{"limit": {"1"}, "sort": {"node"}}).NextToken
	for query, want := range map[string]string{
		"limit=-1":                               "Invalid parameter 'limit': -1 is not a number from 1 to 10000.",
		"limit=10001":                            "Invalid parameter 'limit'",
		"sort=tags":                              `Invalid parameter 'sort': \"tags\" is none of [apiId, connectedAt, connectionId, lastActiveAt, node, sourceIp, stage, userAgent]`,
		"nextToken=x":                            "Invalid parameter 'nextToken'",
		"nextToken=bnVsbA":                       "Invalid parameter 'nextToken'",
		"nextToken=" + token + "&sort=-node":     "Invalid parameter 'nextToken'",
		"nextToken=" + token + "&sort=userAgent": "the 'nextToken' of an answer with the same 'sort'",
	} {
		if status, text, _ := d.ask(t, "GET /pasarela/connections?"+query, "", &owner); status != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", query, status, text)
		}
	}
}

// A node of a version without pages asks for everything at once.
func TestANodeWithoutPagesIsAnswered(t *testing.T) {
	answer := extension.NodeHandler(extension.Services{Live: &world{connections: thousands(0, 30)}})
	text := string(answer(t.Context(), []byte(`{"question":"connections","input":{"APIID":"","Stage":""}}`)))
	if strings.Count(text, `"connectionId"`) != 30 {
		t.Errorf("it is answered %s", text)
	}
}
