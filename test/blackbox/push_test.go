package blackbox

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	mtypes "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// known is a route that tells a client its connection id.
var known = says("$context.connectionId")

// knownClient connects and asks for its id.
func knownClient(t testing.TB, s *pasarelatest.Stage, options ...testkit.DialOption) (c *testkit.Client, id string) {
	t.Helper()
	c = testkit.Connect(t, s.URL, options...)
	return c, c.Ask(`{"action":"id"}`)
}

func Test23PushedBytes(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"id": known}})
	c, id := knownClient(t, s)
	for sent, want := range map[string]string{
		`{"type":"ventas", "n":1}`: `{"type":"ventas", "n":1}`, "": "", "ñ\x00\n": "ñ\x00\n", "bad \xff byte": "bad \ufffd byte",
		strings.Repeat("x", 131_072): strings.Repeat("x", 131_072),
	} {
		if _, err := post(t, s, id, sent); err != nil {
			t.Fatal(err)
		}
		if got := c.Read(); got != want {
			t.Errorf("sent %.40q, the client got %.40q", sent, got)
		}
	}
}

func Test24GetAndDelete(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"id": known, "$disconnect": {Integration: pasarelatest.HTTP(b.URL, gone)}}})
	c, id := knownClient(t, s)
	got, err := s.Connections().GetConnection(t.Context(), &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
	if err != nil {
		t.Fatal(err)
	}
	if age := time.Since(*got.ConnectedAt); *got.Identity.SourceIp != "127.0.0.1" || *got.Identity.UserAgent != "testkit" || age < 0 || age > testkit.WaitLimit || got.LastActiveAt.Before(*got.ConnectedAt) {
		t.Errorf("%+v %+v", got, got.Identity)
	}
	if _, err := s.Connections().DeleteConnection(t.Context(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id}); err != nil {
		t.Fatal(err)
	}
	if code, reason := c.Closed(); code != websocket.StatusNormalClosure || reason != "Connection Closed Normally" {
		t.Errorf("closed with %d %q", code, reason)
	}
	if body := b.Next(t).Body; body != id+` 1000 "Connection Closed Normally"` {
		t.Errorf("$disconnect: %s", body)
	}
}

// gone renders what $disconnect knows.
const gone = `$context.connectionId $context.disconnectStatusCode "$context.disconnectReason"`

func Test25PushAfterwards(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"id": known}})
	c, id := knownClient(t, s)
	if err := c.Conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "410", func() bool { _, err := post(t, s, id, "x"); return isA[*mtypes.GoneException](err) })
	response := signedPost(t, g, s.Endpoint+"/@connections/"+url.PathEscape(id), "x")
	if response.StatusCode != http.StatusGone || response.Header.Get("x-amzn-ErrorType") != "GoneException" {
		t.Errorf("%s %v", response.Status, response.Header)
	}
}

func Test26WhoPosts(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"id": known}})
	c, id := knownClient(t, s)
	response, err := http.Post(s.Endpoint+"/@connections/"+url.PathEscape(id), "", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if text := testkit.Body(response); response.StatusCode != http.StatusForbidden || text != `{"message":"Missing Authentication Token"}` ||
		response.Header.Get("x-amzn-ErrorType") != "MissingAuthenticationTokenException" {
		t.Errorf("unsigned: %s %s %v", response.Status, text, response.Header)
	}
	for _, path := range []string{"/@connections/" + id, "/@connections/" + strings.ReplaceAll(id, "=", "%3D"), "/%40connections/" + strings.ReplaceAll(id, "=", "%3D")} {
		if response := signedPost(t, g, s.Endpoint+path, path); response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %s", path, response.Status, testkit.Body(response))
		} else if got := c.Read(); got != path {
			t.Errorf("%s: the client got %q", path, got)
		}
	}
	forged := s.Connections(func(o *apigatewaymanagementapi.Options) {
		o.Credentials = key(g.Credentials().AccessKeyID, "wrong")
	})
	_, err = forged.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte("x")})
	var said smithy.APIError
	if !asA(err, &said) || said.ErrorCode() != "InvalidSignatureException" {
		t.Errorf("a wrong secret: %v", err)
	}
	otherClients(t, g, s, c, id)
}

// otherClients are those of the machine that post unchanged.
func otherClients(t *testing.T, g *pasarelatest.Gateway, s *pasarelatest.Stage, c *testkit.Client, id string) {
	environment := []string{
		"AWS_ACCESS_KEY_ID=" + g.Credentials().AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + g.Credentials().SecretAccessKey,
		"AWS_REGION=" + g.Region(), "AWS_DEFAULT_REGION=" + g.Region(), "AWS_EC2_METADATA_DISABLED=true",
	}
	boto := `import boto3,sys; boto3.client("apigatewaymanagementapi",endpoint_url=sys.argv[1]).post_to_connection(ConnectionId=sys.argv[2],Data=sys.argv[3])`
	for name, command := range map[string][]string{
		"boto3":   {"python3", "-c", boto, s.Endpoint, id, "by boto3"},
		"AWS CLI": {"aws", "apigatewaymanagementapi", "post-to-connection", "--endpoint-url", s.Endpoint, "--connection-id", id, "--data", "fileb:///dev/stdin"},
	} {
		t.Run(name, func(t *testing.T) {
			program, err := exec.LookPath(command[0])
			if err == nil && name == "boto3" {
				err = exec.Command(program, "-c", "import boto3").Run()
			}
			if err != nil {
				t.Skipf("%s is not installed: %v", name, err)
			}
			cmd := exec.CommandContext(t.Context(), program, command[1:]...)
			cmd.Env, cmd.Stdin = append(cmd.Environ(), environment...), strings.NewReader("by "+name) // versions 1 and 2 read --data differently
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := c.Read(); got != "by "+name {
				t.Errorf("the client got %q", got)
			}
		})
	}
}

func Test27Policies(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"id": known}})
	c, id := knownClient(t, s)
	for n, test := range []struct {
		resource string
		allowed  bool
	}{
		{s.ARN("POST/@connections/*"), true},
		{s.ARN("*"), true},
		{s.ARN("POST/@connections/{connectionId}"), true},
		{s.ARN("POST/@connections/" + id), true},
		{s.ARN("GET/@connections/*"), false},
		{strings.Replace(s.ARN("POST/@connections/*"), "/prod/", "/test/", 1), false},
		{s.ARN("POST/@connections/other="), false},
	} {
		by := user(t, g, fmt.Sprint("pusher", n), test.resource)
		_, err := s.Connections(by).PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(test.resource)})
		if !test.allowed {
			var said smithy.APIError
			if !asA(err, &said) || said.ErrorCode() != "AccessDeniedException" || !strings.Contains(said.ErrorMessage(), "is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:") {
				t.Errorf("%s: %v", test.resource, err)
			}
		} else if err != nil {
			t.Errorf("%s: %v", test.resource, err)
		} else if got := c.Read(); got != test.resource {
			t.Errorf("the client got %q", got)
		}
	}
}

// user makes a user that may manage the connections of a resource, and signs as it.
func user(t *testing.T, g *pasarelatest.Gateway, name, resource string) func(*apigatewaymanagementapi.Options) {
	t.Helper()
	_, err := g.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name})
	if err == nil {
		document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":%q}]}`, resource)
		_, err = g.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("push"), PolicyDocument: &document})
	}
	if err != nil {
		t.Fatal(err)
	}
	made, err := g.IAM().CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return func(o *apigatewaymanagementapi.Options) {
		o.Credentials = key(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey)
	}
}

func Test28TooMuchToPush(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"id": known}})
	c, id := knownClient(t, s)
	if _, err := post(t, s, id, strings.Repeat("x", 131_073)); !isA[*mtypes.PayloadTooLargeException](err) {
		t.Errorf("131,073 bytes: %v", err)
	}
	if _, err := post(t, s, id, "small"); err != nil {
		t.Error(err)
	}
	if got := c.Read(); got != "small" {
		t.Errorf("the client got %.40q", got)
	}
}

func Test29CustomDomains(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"id": known}})
	domain := "ws.example.com"
	_, err := g.APIs().CreateDomainName(t.Context(), &apigatewayv2.CreateDomainNameInput{DomainName: &domain, DomainNameConfigurations: []types.DomainNameConfiguration{{
		CertificateArn: aws.String("arn:aws:acm:us-east-1:" + g.AccountID() + ":certificate/11111111-2222-3333-4444-555555555555"), EndpointType: types.EndpointTypeRegional,
	}}})
	if err == nil {
		_, err = g.APIs().CreateApiMapping(t.Context(), &apigatewayv2.CreateApiMappingInput{
			ApiId: &s.APIID, DomainName: &domain, Stage: &s.StageName, ApiMappingKey: aws.String("orders"),
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(g.Endpoint(), "http://")
	asDomain := func(o *websocket.DialOptions) { o.Host = domain }
	var c *testkit.Client
	testkit.Eventually(t, "the domain to be served", func() bool {
		c, _ = testkit.Dial(t, "ws://"+address+"/orders", asDomain)
		return c != nil
	})
	id := c.Ask(`{"action":"id"}`)
	testkit.Refused(t, "ws://"+address+"/orders/prod", http.StatusForbidden, asDomain)
	testkit.Refused(t, "ws://"+address+"/prod", http.StatusForbidden, asDomain)
	request := signed(t, g, "http://"+domain+"/orders/@connections/"+url.PathEscape(id), "by domain")
	request.URL.Host, request.Host = address, domain
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", response.Status, testkit.Body(response))
	}
	if got := c.Read(); got != "by domain" {
		t.Errorf("the client got %q", got)
	}
}

func key(id, secret string) aws.CredentialsProviderFunc {
	return func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
	}
}
