package compatibility_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	gw "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// refuser refuses everything and records the questions.
type refuser struct {
	mu    sync.Mutex
	asked []string
}

func (r *refuser) Authorize(_ context.Context, _ pasarela.Principal, action, resource string, _ pasarela.RequestContext) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, action+" "+resource)
	return pasarela.Errorf(pasarela.CodeAccessDenied, "may not %s on %s", action, resource)
}

func (r *refuser) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.asked) == 0 {
		return ""
	}
	return r.asked[len(r.asked)-1]
}

var label = regexp.MustCompile(`\{[^}]+\}`)

// Every operation of both API Gateway services refuses unsigned and denied calls,
// asks for the permission of its verb on the ARN of its path, and changes nothing.
func TestEveryOperationIsGuarded(t *testing.T) {
	authorizer := &refuser{}
	url, service := serve(t, authorizer)
	for strip, table := range map[string][]wire.Operation{"/v2": apigatewayv2.Operations(service), "": apigateway.Operations(service)} {
		for _, op := range table {
			path := label.ReplaceAllString(op.Path, "x")
			if status, kind := sendAs(t, op.Method, url+path, nil); status != http.StatusForbidden || kind != "MissingAuthenticationTokenException" || authorizer.last() != "" {
				t.Errorf("unsigned %s: %d %s, asked %q", op.Name, status, kind, authorizer.last())
			}
			status, kind := sendAs(t, op.Method, url+path, &aws.Credentials{AccessKeyID: accessKeyID, SecretAccessKey: secretKey})
			resource, _, _ := strings.Cut(strings.TrimPrefix(path, strip), "?")
			want := "apigateway:" + op.Method + " arn:aws:apigateway:us-east-1::" + resource
			if status != http.StatusForbidden || kind != "AccessDeniedException" || authorizer.last() != want {
				t.Errorf("denied %s: %d %s, asked %q, want %q", op.Name, status, kind, authorizer.last(), want)
			}
			authorizer.asked = nil
		}
	}
	if contents, err := service.Backup.Read(t.Context(), true); err != nil || len(contents.APIs)+len(contents.APIKeys)+len(contents.UsagePlans) != 0 {
		t.Errorf("something was made: %+v, %v", contents, err)
	}
}

func sendAs(t *testing.T, method, url string, who *aws.Credentials) (status int, kind string) {
	t.Helper()
	const body = `{"name":"x"}`
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if who != nil {
		hash := sha256.Sum256([]byte(body))
		if err := v4.NewSigner().SignHTTP(t.Context(), *who, r, hex.EncodeToString(hash[:]), "apigateway", region, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode, res.Header.Get("X-Amzn-Errortype")
}

// asker allows everything and records the questions.
type asker struct{ asked []string }

func (a *asker) Authorize(_ context.Context, _ pasarela.Principal, action, resource string, _ pasarela.RequestContext) error {
	a.asked = append(a.asked, action+" "+resource)
	return nil
}

// TestADeploymentThatMovesAStageAsksForTheDeploymentsAlone: as on AWS (A-WIRE-14).
func TestADeploymentThatMovesAStageAsksForTheDeploymentsAlone(t *testing.T) {
	authorizer := &asker{}
	url, _ := serve(t, authorizer)
	c, ctx := client(url, secretKey), t.Context()
	api, err := c.CreateApi(ctx, &gw.CreateApiInput{Name: aws.String("chat"), ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("x")})
	if err == nil {
		_, err = c.CreateRoute(ctx, &gw.CreateRouteInput{ApiId: api.ApiId, RouteKey: aws.String("$default")})
	}
	if err == nil {
		_, err = c.CreateStage(ctx, &gw.CreateStageInput{ApiId: api.ApiId, StageName: aws.String("prod")})
	}
	if err != nil {
		t.Fatal(err)
	}
	authorizer.asked = nil
	if _, err := c.CreateDeployment(ctx, &gw.CreateDeploymentInput{ApiId: api.ApiId, StageName: aws.String("prod")}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"apigateway:POST arn:aws:apigateway:us-east-1::/apis/" + *api.ApiId + "/deployments"}; !slices.Equal(authorizer.asked, want) {
		t.Errorf("asked for %q, want %q", authorizer.asked, want)
	}
}
