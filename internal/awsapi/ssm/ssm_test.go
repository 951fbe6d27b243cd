package ssm_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/awsapi/ssm"
	control "github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/testkit/account"
)

type server struct {
	*testing.T
	http.Handler
	root, ana aws.Credentials
}

const arn = "arn:aws:ssm:us-east-1:123456789012:parameter"

// start makes the service with a user ana, who may do all below /ana and read all with
// the tag team=red.
func start(t *testing.T) *server {
	t.Helper()
	a := account.Open(t, "us-east-1")
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	service := control.New(control.Options{Bucket: a.Bucket, RegionAccount: a.RegionAccount, Bootstrapped: true, Now: func() time.Time { return at }})
	ana := a.User("ana", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":["`+arn+`/ana","`+arn+`/ana/*"]},`+
		`{"Effect":"Allow","Action":"ssm:GetParameter","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}}]}`)
	return &server{t, ssm.New(service, a.Guard(), slog.New(slog.DiscardHandler)), a.Root, ana}
}

// call signs a call and returns its body, with the status in front where that is not 200.
func (s *server) call(c aws.Credentials, operation, body string) string {
	s.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AmazonSSM."+operation)
	account.Sign(s, c, r, body, "ssm", "eu-west-1")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); got != "application/x-amz-json-1.1" {
		s.Errorf("%s: Content-Type %s", operation, got)
	}
	text := strings.ReplaceAll(w.Body.String(), `,"LastModifiedDate":1767323045.678`, "")
	if w.Code != http.StatusOK {
		return http.StatusText(w.Code) + " " + text
	}
	return text
}

// step is a call and its answer.
type step struct{ operation, body, want string }

func (s *server) run(c aws.Credentials, steps []step) {
	s.Helper()
	for _, step := range steps {
		got := s.call(c, step.operation, step.body)
		if ok := got == step.want || strings.HasSuffix(step.want, "…") && strings.Contains(got, strings.TrimSuffix(step.want, "…")); !ok {
			s.Errorf("%s %s\n got %s\nwant %s", step.operation, step.body, got, step.want)
		}
	}
}

func TestVersions(t *testing.T) {
	s := start(t)
	one := `{"Name":"/a/b","Type":"String","Value":"1","Version":1,`
	rest := `"ARN":"` + arn + `/a/b","DataType":"text"}`
	s.run(s.root, []step{
		{"PutParameter", `{"Name":"/a/b","Type":"String","Value":"1","Description":"d","Tags":[{"Key":"k","Value":"v"}]}`, `{"Version":1,"Tier":"Standard"}`},
		{"PutParameter", `{"Name":"/a/b","Type":"String","Value":"2"}`, `Bad Request {"__type":"ParameterAlreadyExists",…`},
		{"PutParameter", `{"Name":"/a/b","Value":"2","Overwrite":true}`, `{"Version":2,"Tier":"Standard"}`},
		{"GetParameter", `{"Name":"/a/b:1"}`, `{"Parameter":` + one + `"Selector":":1",` + rest + `}`},
		{"GetParameter", `{"Name":"` + arn + `/a/b"}`, `"Value":"2","Version":2…`},
		{"GetParameter", `{"Name":"/a/b:3"}`, `"ParameterVersionNotFound","message":"Systems Manager could not find version 3 of /a/b. Verify the version and try again."…`},
		{"GetParameter", `{"Name":"/a/x"}`, `Bad Request {"__type":"ParameterNotFound","message":"Parameter /a/x not found."}`},
		{"GetParameters", `{"Names":["/a/b:1","/a/x"]}`, `{"Parameters":[` + one + `"Selector":":1",` + rest + `],"InvalidParameters":["/a/x"]}`},
		{"GetParameterHistory", `{"Name":"/a/b","MaxResults":1}`, `"Version":1,"Tier":"Standard","Policies":[],"DataType":"text","Value":"1","Labels":[]}],"NextToken":…`},
		{"ListTagsForResource", `{"ResourceType":"Parameter","ResourceId":"/a/b"}`, `{"TagList":[{"Key":"k","Value":"v"}]}`},
		{"AddTagsToResource", `{"ResourceType":"Parameter","ResourceId":"/a/b","Tags":[{"Key":"l","Value":""}]}`, `{}`},
		{"RemoveTagsFromResource", `{"ResourceType":"Parameter","ResourceId":"/a/b","TagKeys":["k"]}`, `{}`},
		{"ListTagsForResource", `{"ResourceType":"Parameter","ResourceId":"/a/b"}`, `{"TagList":[{"Key":"l","Value":""}]}`},
		{"DeleteParameter", `{"Name":"/a/b"}`, `{}`},
		{"DeleteParameter", `{"Name":"/a/b"}`, `"ParameterNotFound"…`},
	})
	for range 101 {
		s.call(s.root, "PutParameter", `{"Name":"n","Type":"StringList","Value":"a,b","Overwrite":true}`)
	}
	s.run(s.root, []step{
		{"GetParameter", `{"Name":"n:1"}`, `"ParameterVersionNotFound"…`},
		{"GetParameter", `{"Name":"n:2"}`, `"Version":2…`},
		{"GetParameter", `{"Name":"` + arn + `/n"}`, `"Name":"n","Type":"StringList","Value":"a,b","Version":101…`},
		{"DeleteParameters", `{"Names":["n","m"]}`, `{"DeletedParameters":["n"],"InvalidParameters":["m"]}`},
	})
}

func TestSecureStrings(t *testing.T) {
	s := start(t)
	s.run(s.root, []step{
		{"PutParameter", `{"Name":"key","Type":"SecureString","Value":"hush","KeyId":"alias/mine"}`, `"InvalidKeyId"…`},
		{"PutParameter", `{"Name":"key","Type":"SecureString","Value":"hush","KeyId":"alias/aws/ssm"}`, `{"Version":1,"Tier":"Standard"}`},
		{"GetParameter", `{"Name":"key","WithDecryption":true}`, `"Value":"hush"…`},
		{"DescribeParameters", `{"ParameterFilters":[{"Key":"KeyId","Values":["alias/aws/ssm"]}]}`, `"KeyId":"alias/aws/ssm"…`},
	})
	if got := s.call(s.root, "GetParameter", `{"Name":"key"}`); strings.Contains(got, "hush") || !regexp.MustCompile(`"Value":"[A-Za-z0-9+/]{128}"`).MatchString(got) {
		t.Errorf("without decryption: %s", got)
	}
}

func TestLists(t *testing.T) {
	s := start(t)
	for _, name := range []string{"/p/a", "/p/b", "/p/q/c", "/pp/d", "e"} {
		s.call(s.root, "PutParameter", `{"Name":"`+name+`","Type":"String","Value":"v","Tags":[{"Key":"n","Value":"`+name+`"}]}`)
	}
	names := func(operation, body string) string {
		var list []string
		for _, m := range regexp.MustCompile(`"Name":"([^"]+)"|"NextToken":"([^"]+)"|"__type":"([^"]+)"`).FindAllStringSubmatch(s.call(s.root, operation, body), -1) {
			list = append(list, m[1]+m[2]+m[3])
		}
		return strings.Join(list, " ")
	}
	for _, c := range []struct{ operation, body, want string }{
		{"GetParametersByPath", `{"Path":"/p"}`, "/p/a /p/b"},
		{"GetParametersByPath", `{"Path":"/p/","Recursive":true}`, "/p/a /p/b /p/q/c"},
		{"GetParametersByPath", `{"Path":"/p","Recursive":true,"MaxResults":2}`, "/p/a /p/b L3AvYg=="},
		{"GetParametersByPath", `{"Path":"/p","Recursive":true,"NextToken":"L3AvYg=="}`, "/p/q/c"},
		{"GetParametersByPath", `{"Path":"/p","NextToken":"?"}`, "InvalidNextToken"},
		{"GetParametersByPath", `{"Path":"/p","MaxResults":11}`, "ValidationException"},
		{"GetParametersByPath", `{"Path":"p"}`, "ValidationException"},
		{"GetParametersByPath", `{"Path":"/p","ParameterFilters":[{"Key":"Name","Values":["x"]}]}`, "InvalidFilterKey"},
		{"GetParametersByPath", `{"Path":"/"}`, ""},
		{"DescribeParameters", `{}`, "/p/a /p/b /p/q/c /pp/d e"},
		{"DescribeParameters", `{"Filters":[{"Key":"Name","Values":["/p/"]}]}`, "/p/a /p/b /p/q/c"},
		{"DescribeParameters", `{"ParameterFilters":[{"Key":"Name","Option":"Contains","Values":["d","e"]}]}`, "/pp/d e"},
		{"DescribeParameters", `{"ParameterFilters":[{"Key":"Path","Option":"Recursive","Values":["/p"]}]}`, "/p/a /p/b /p/q/c"},
		{"DescribeParameters", `{"ParameterFilters":[{"Key":"tag:n","Values":["e"]}]}`, "e"},
		{"DescribeParameters", `{"ParameterFilters":[{"Key":"tag:m"}]}`, ""},
		{"DescribeParameters", `{"ParameterFilters":[{"Key":"Type","Option":"Contains","Values":["S"]}]}`, "InvalidFilterOption"},
		{"DescribeParameters", `{"ParameterFilters":[{"Key":"Label","Values":["S"]}]}`, "InvalidFilterKey"},
	} {
		if got := names(c.operation, c.body); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.operation, c.body, got, c.want)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	s := start(t)
	s.call(s.root, "PutParameter", `{"Name":"old","Type":"String","Value":"v","Tier":"Advanced","AllowedPattern":"v+"}`)
	put := func(name, more string) string {
		return `{"Name":"` + name + `","Type":"String","Value":"v"` + more + `}`
	}
	long := strings.Repeat("v", 4097)
	for _, c := range []struct{ operation, body, code string }{
		{"PutParameter", put("", ""), "ValidationException"},
		{"PutParameter", put("a b", ""), "ValidationException"},
		{"PutParameter", put("a/b", ""), "ValidationException"},
		{"PutParameter", put("/SSM/x", ""), "ValidationException"},
		{"PutParameter", put("/aws/x", ""), "AccessDeniedException"},
		{"PutParameter", put("/"+strings.Repeat("x/", 15)+"x", ""), "HierarchyLevelLimitExceededException"},
		{"PutParameter", put("x", `,"Value":""`), "ValidationException"},
		{"PutParameter", put("x", `,"Value":"`+long+`"`), "ValidationException"},
		{"PutParameter", put("x", `,"Type":"Text"`), "UnsupportedParameterType"},
		{"PutParameter", put("x", `,"Type":""`), "ValidationException"},
		{"PutParameter", put("x", `,"DataType":"aws:ec2:image"`), "ValidationException"},
		{"PutParameter", put("x", `,"Tier":"Best"`), "ValidationException"},
		{"PutParameter", put("x", `,"KeyId":"alias/aws/ssm"`), "ValidationException"},
		{"PutParameter", put("x", `,"Policies":"[]"`), "ValidationException"},
		{"PutParameter", put("x", `,"AllowedPattern":"(?=v)"`), "InvalidAllowedPatternException"},
		{"PutParameter", put("x", `,"AllowedPattern":"w"`), "ParameterPatternMismatchException"},
		{"PutParameter", put("x", `,"Overwrite":true,"Tags":[{"Key":"k","Value":"v"}]`), "ValidationException"},
		{"PutParameter", put("x", `,"Tags":[{"Key":"","Value":"v"}]`), "ValidationException"},
		{"PutParameter", put("x", `,"Overwrite":1`), "SerializationException"},
		{"PutParameter", put("old", `,"Overwrite":true,"Type":"StringList"`), "HierarchyTypeMismatchException"},
		{"PutParameter", put("old", `,"Overwrite":true,"Tier":"Standard"`), "ValidationException"},
		{"PutParameter", put("old", `,"Overwrite":true,"Value":"w"`), "ParameterPatternMismatchException"},
		{"PutParameter", `[`, "SerializationException"},
		{"GetParameter", `{}`, "ValidationException"},
		{"GetParameter", `{"Name":"arn:aws:ssm:us-west-2:123456789012:parameter/x"}`, "ValidationException"},
		{"GetParameter", `{"Name":"` + long + `"}`, "ParameterNotFound"},
		{"DeleteParameter", `{"Name":"` + long + `"}`, "ParameterNotFound"},
		{"ListTagsForResource", `{"ResourceType":"Parameter","ResourceId":""}`, "InvalidResourceId"},
		{"RemoveTagsFromResource", `{"ResourceType":"Parameter","ResourceId":""}`, "InvalidResourceId"},
		{"GetParameters", `{"Names":[]}`, "ValidationException"},
		{"ListTagsForResource", `{"ResourceType":"Document","ResourceId":"x"}`, "InvalidResourceType"},
		{"AddTagsToResource", `{"ResourceType":"Parameter","ResourceId":"x","Tags":[]}`, "InvalidResourceId"},
		{"LabelParameterVersion", `{}`, "UnknownOperationException"},
		{"SendCommand", `{}`, "UnknownOperationException"},
	} {
		if got := s.call(s.root, c.operation, c.body); !strings.HasPrefix(got, `Bad Request {"__type":"`+c.code+`","message":"`) {
			t.Errorf("%s %.200s: %s, want %s", c.operation, c.body, got, c.code)
		}
	}
	if got := s.call(s.root, "DescribeParameters", `{}`); strings.Count(got, `"Name"`) != 1 {
		t.Errorf("what was refused is there: %s", got)
	}
}

func TestPermissions(t *testing.T) {
	s := start(t)
	s.call(s.root, "PutParameter", `{"Name":"/red","Type":"String","Value":"v","Tags":[{"Key":"team","Value":"red"}]}`)
	s.call(s.root, "PutParameter", `{"Name":"/blue","Type":"String","Value":"v"}`)
	denied := `Bad Request {"__type":"AccessDeniedException","message":"User: arn:aws:iam::123456789012:user/ana is not authorized to perform: ssm:`
	s.run(s.ana, []step{
		{"PutParameter", `{"Name":"/ana/x","Type":"String","Value":"v"}`, `{"Version":1,"Tier":"Standard"}`},
		{"GetParametersByPath", `{"Path":"/ana"}`, `"/ana/x"…`},
		{"GetParameter", `{"Name":"/red"}`, `"Value":"v"…`},
		{"GetParameter", `{"Name":"/blue"}`, denied + `GetParameter on resource: ` + arn + `/blue…`},
		{"GetParameters", `{"Names":["/ana/x","/blue"]}`, denied + `GetParameters on resource: ` + arn + `/blue…`},
		{"GetParametersByPath", `{"Path":"/"}`, denied + `GetParametersByPath on resource: ` + arn + `…`},
		{"DescribeParameters", `{}`, denied + `DescribeParameters on resource: arn:aws:ssm:us-east-1:123456789012:*…`},
		{"AddTagsToResource", `{"ResourceType":"Parameter","ResourceId":"/blue","Tags":[{"Key":"team","Value":"red"}]}`, denied + `…`},
	})
	s.ana.SecretAccessKey = "wrong"
	if got := s.call(s.ana, "GetParameter", `{"Name":"/red"}`); !strings.HasPrefix(got, `Bad Request {"__type":"InvalidSignatureException"`) && !strings.HasPrefix(got, `Bad Request {"__type":"SignatureDoesNotMatch"`) {
		t.Errorf("a wrong secret: %s", got)
	}
}

// TestTheBootstrapsVersion: `cdk deploy` works without `cdk bootstrap`, and with it
// (A-SSM-4).
func TestTheBootstrapsVersion(t *testing.T) {
	s := start(t)
	s.run(s.root, []step{
		{"GetParameter", `{"Name":"/cdk-bootstrap/hnb659fds/version"}`, `"Value":"1000"…`},
		{"GetParameter", `{"Name":"/cdk-bootstrap/hnb659fds/other"}`, `"ParameterNotFound"…`},
		{"DescribeParameters", `{}`, `{"Parameters":[]…`},
		{"PutParameter", `{"Name":"/cdk-bootstrap/hnb659fds/version","Type":"String","Value":"30"}`, `{"Version":1,"Tier":"Standard"}`},
		{"GetParameter", `{"Name":"/cdk-bootstrap/hnb659fds/version"}`, `"Value":"30"…`},
		{"DeleteParameter", `{"Name":"/cdk-bootstrap/hnb659fds/version"}`, `{}`},
	})
	s.run(s.ana, []step{{"GetParameter", `{"Name":"/cdk-bootstrap/hnb659fds/version"}`, `"AccessDeniedException"…`}})
}
