package extension_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// onlyTeam allows what is tagged team=sales.
type onlyTeam struct{}

func (onlyTeam) Authorize(_ context.Context, _ pasarela.Principal, action, resource string, rc pasarela.RequestContext) error {
	if team, _ := rc.Values("aws:resourcetag/team"); len(team) == 1 && team[0] == "sales" {
		return nil
	}
	return pasarela.Errorf(pasarela.CodeAccessDenied, "not %s on %s", action, resource)
}

// For each call in a list a caller learns the result that the call would have, also by
// the tags of the resource; malformed entries are distinguished from denied ones.
func TestCallersLearnWhatTheyMayDo(t *testing.T) {
	d := open(t)
	guard := &wire.Guard{RegionAccount: pasarela.RegionAccount{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}), Keys: keys{}, Authorizer: onlyTeam{}}
	tags := func(_ context.Context, path []string) (map[string]string, error) {
		if strings.Join(path, "/") == "apis/mine" {
			return map[string]string{"Team": "sales"}, nil
		}
		return nil, pasarela.Errorf(pasarela.CodeNotFound, "no such resource")
	}
	d.Server.Close()
	some := func(_ context.Context, _ pasarela.Principal, action string) error {
		if action == "iam:CreateUser" {
			return nil
		}
		return pasarela.Errorf(pasarela.CodeAccessDenied, "not %s", action)
	}
	d.Server = httptest.NewServer(extension.New(extension.Services{Tags: tags, Some: some}, guard, slog.New(slog.DiscardHandler)))
	t.Cleanup(d.Server.Close)
	call := func(action, id string) string {
		return fmt.Sprintf(`{"action":%q,"resource":"arn:aws:apigateway:us-east-1::/apis/%s"}`, action, id)
	}
	cases := []struct {
		name, body string
		status     int
		allowed    []bool
	}{
		{"one of two", `{"calls":[` + call("apigateway:DELETE", "theirs") + `,` + call("apigateway:DELETE", "mine") + `]}`, 200, []bool{false, true}},
		{"of what has no name yet", `{"calls":[{"action":"iam:CreateUser","resource":"*"},{"action":"iam:CreateRole","resource":"*"}]}`, 200, []bool{true, false}},
		{"none", `{"calls":[]}`, 200, []bool{}},
		{"another service has no such tags", `{"calls":[` + call("iam:DeleteRole", "mine") + `]}`, 200, []bool{false}},
		{"no action", `{"calls":[` + call("DELETE", "mine") + `]}`, 400, nil},
		{"no resource", `{"calls":[{"action":"apigateway:GET"}]}`, 400, nil},
		{"too many", `{"calls":[` + strings.Repeat(call("apigateway:GET", "mine")+",", 100) + call("apigateway:GET", "mine") + `]}`, 400, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, text, _ := d.ask(t, "POST /pasarela/permissions", c.body, &owner)
			if status != c.status {
				t.Fatalf("status %d: %s", status, text)
			}
			var out struct {
				Decisions []struct {
					Resource, Reason string
					Allowed          bool
				}
			}
			if err := json.Unmarshal([]byte(text), &out); err != nil {
				t.Fatal(err)
			}
			if len(out.Decisions) != len(c.allowed) {
				t.Fatalf("got %s", text)
			}
			for i, allowed := range c.allowed {
				if got := out.Decisions[i]; got.Allowed != allowed || (got.Reason == "") != allowed {
					t.Errorf("call %d: got %+v, want %v", i, got, allowed)
				}
			}
		})
	}
	if status, _, _ := d.ask(t, "POST /pasarela/permissions", `{"calls":[]}`, nil); status != 403 {
		t.Errorf("an unsigned question: %d", status)
	}
}
