package cloudformation_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/cloudformation"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
	"github.com/pasarela-ws/pasarela/internal/testkit/account"
)

// nobody has no services: the stacks of these tests have resources that need none.
type nobody struct{}

func (nobody) As(pasarela.Principal) resource.Services { return nobody{} }

func (nobody) Role(context.Context, pasarela.Principal, string) (pasarela.Principal, error) {
	return pasarela.Principal{}, pasarela.Errorf(pasarela.CodeAccessDenied, "no role may be passed")
}

func (nobody) Call(_ context.Context, service, _ string, _ map[string]any) (map[string]any, error) {
	return nil, pasarela.Errorf(wire.CodeUnknownOperation, "The service %s is not served here.", service)
}

type server struct {
	*testing.T
	http.Handler
	identity  *identity.Service
	root, ana aws.Credentials
}

func start(t *testing.T) *server {
	t.Helper()
	a, log := account.Open(t, "us-east-1"), slog.New(slog.DiscardHandler)
	stacks := stack.New(stack.Options{Bucket: a.Bucket, RegionAccount: a.RegionAccount, Types: types.All(), Callers: nobody{}, Node: "n", Log: log})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- stacks.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	ana := a.User("ana", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cloudformation:*","Resource":"arn:aws:cloudformation:us-east-1:123456789012:stack/ana-*/*"}]}`)
	return &server{t, cloudformation.New(stacks, a.Guard(), log), a.Identity, a.Root, ana}
}

// call signs a form and returns status and body without ids and times.
func (s *server) call(c aws.Credentials, action string, pairs ...string) (int, string) {
	s.Helper()
	status, body := s.whole(c, action, pairs...)
	body = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).ReplaceAllString(body, "ID")
	return status, regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`).ReplaceAllString(body, "TIME")
}

// whole signs a form and returns status and body as they are.
func (s *server) whole(c aws.Credentials, action string, pairs ...string) (int, string) {
	s.Helper()
	form := url.Values{"Action": {action}, "Version": {cloudformation.Version}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	text := form.Encode()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader(text))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	account.Sign(s, c, r, text, "cloudformation", "us-east-1")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func responseOf(action, result string) string {
	if result != "" {
		result = "<" + action + "Result>" + result + "</" + action + "Result>"
	}
	return "<" + action + `Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">` + result + "<ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></" + action + "Response>"
}

func failure(code, message string) string {
	return `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>` + code + "</Code><Message>" + message + "</Message></Error><RequestId>ID</RequestId></ErrorResponse>"
}

const (
	group     = `{"Parameters":{"Secret":{"Type":"String","NoEcho":true}},"Resources":{"G":{"Type":"AWS::Logs::LogGroup","Properties":{"LogGroupName":"g"}}},"Outputs":{"Arn":{"Value":{"Fn::GetAtt":["G","Arn"]},"Export":{"Name":"g-arn"}}}}`
	stackARN  = "arn:aws:cloudformation:us-east-1:123456789012:stack/s/ID"
	noDrift   = "<DriftInformation><StackDriftStatus>NOT_CHECKED</StackDriftStatus></DriftInformation>"
	noDrifted = "<DriftInformation><StackResourceDriftStatus>NOT_CHECKED</StackResourceDriftStatus></DriftInformation>"
)

func TestAnswers(t *testing.T) {
	s := start(t)
	tests := []struct {
		name, action string
		pairs        []string
		status       int
		want         string
	}{
		{"nothing there", "DescribeStacks", []string{"StackName", "s"}, 400, failure("ValidationError", "Stack with id s does not exist")},
		{"create", "CreateStack", []string{"StackName", "s", "TemplateBody", group, "Parameters.member.1.ParameterKey", "Secret", "Parameters.member.1.ParameterValue", "x", "DeploymentConfig.Mode", "EXPRESS"}, 200, responseOf("CreateStack", "<StackId>"+stackARN+"</StackId><OperationId>ID</OperationId>")},
		{"create again", "CreateStack", []string{"StackName", "s", "TemplateBody", group}, 400, failure("AlreadyExistsException", "Stack [s] already exists")},
		{"describe", "DescribeStacks", []string{"StackName", "s"}, 200, responseOf("DescribeStacks", "<Stacks><member><StackId>"+stackARN+"</StackId><StackName>s</StackName><Parameters><member><ParameterKey>Secret</ParameterKey><ParameterValue>****</ParameterValue></member></Parameters>"+
			"<CreationTime>TIME</CreationTime><RollbackConfiguration></RollbackConfiguration><StackStatus>CREATE_COMPLETE</StackStatus><DisableRollback>false</DisableRollback><NotificationARNs></NotificationARNs>"+
			"<Outputs><member><OutputKey>Arn</OutputKey><OutputValue>arn:aws:logs:us-east-1:123456789012:log-group:g:*</OutputValue><ExportName>g-arn</ExportName></member></Outputs><Tags></Tags><EnableTerminationProtection>false</EnableTerminationProtection>"+noDrift+"</member></Stacks>")},
		{"no change", "UpdateStack", []string{"StackName", "s", "UsePreviousTemplate", "true", "Parameters.member.1.ParameterKey", "Secret", "Parameters.member.1.UsePreviousValue", "true"}, 400, failure("ValidationError", "No updates are to be performed.")},
		{"no value", "UpdateStack", []string{"StackName", "s", "UsePreviousTemplate", "true"}, 400, failure("ValidationError", "Parameters: [Secret] must have values")},
		{"resource", "ListStackResources", []string{"StackName", "s"}, 200, responseOf("ListStackResources", "<StackResourceSummaries><member><LogicalResourceId>G</LogicalResourceId><PhysicalResourceId>g</PhysicalResourceId><ResourceType>AWS::Logs::LogGroup</ResourceType><LastUpdatedTimestamp>TIME</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus>"+noDrifted+"</member></StackResourceSummaries>")},
		{"resource that is not there", "DescribeStackResource", []string{"StackName", "s", "LogicalResourceId", "X"}, 400, failure("ValidationError", "Resource X does not exist for stack s")},
		{"exports", "ListExports", nil, 200, responseOf("ListExports", "<Exports><member><ExportingStackId>"+stackARN+"</ExportingStackId><Name>g-arn</Name><Value>arn:aws:logs:us-east-1:123456789012:log-group:g:*</Value></member></Exports>")},
		{"imports", "ListImports", []string{"ExportName", "g-arn"}, 400, failure("ValidationError", "Export &#39;g-arn&#39; is not imported by any stack.")},
		{"change set", "CreateChangeSet", []string{"StackName", "s", "ChangeSetName", "c", "UsePreviousTemplate", "true", "Parameters.member.1.ParameterKey", "Secret", "Parameters.member.1.ParameterValue", "x"}, 200, responseOf("CreateChangeSet", "<Id>arn:aws:cloudformation:us-east-1:123456789012:changeSet/c/ID</Id><StackId>"+stackARN+"</StackId>")},
		{"empty change set", "DescribeChangeSet", []string{"StackName", "s", "ChangeSetName", "c"}, 200, responseOf("DescribeChangeSet", "<ChangeSetName>c</ChangeSetName><ChangeSetId>arn:aws:cloudformation:us-east-1:123456789012:changeSet/c/ID</ChangeSetId><StackId>"+stackARN+"</StackId><StackName>s</StackName>"+
			"<Parameters><member><ParameterKey>Secret</ParameterKey><ParameterValue>****</ParameterValue></member></Parameters><CreationTime>TIME</CreationTime><ExecutionStatus>UNAVAILABLE</ExecutionStatus><Status>FAILED</Status><StatusReason>The submitted information didn&#39;t contain changes. Submit different information to create a change set.</StatusReason>"+
			"<NotificationARNs></NotificationARNs><RollbackConfiguration></RollbackConfiguration><Tags></Tags><Changes></Changes><IncludeNestedStacks>false</IncludeNestedStacks><ImportExistingResources>false</ImportExistingResources>")},
		{"execute it", "ExecuteChangeSet", []string{"StackName", "s", "ChangeSetName", "c"}, 400, failure("InvalidChangeSetStatus", "ChangeSet [arn:aws:cloudformation:us-east-1:123456789012:changeSet/c/ID] cannot be executed in its current status of [FAILED]")},
		{"no change set", "DescribeChangeSet", []string{"StackName", "s", "ChangeSetName", "x"}, 404, failure("ChangeSetNotFound", "ChangeSet [x] does not exist")},
		{"change set of no stack", "DescribeChangeSet", []string{"StackName", "t", "ChangeSetName", "x"}, 400, failure("ValidationError", "Stack [t] does not exist")},
		{"change set without stack", "DescribeChangeSet", []string{"ChangeSetName", "x"}, 400, failure("ValidationError", "StackName must be specified if ChangeSetName is not specified as an ARN.")},
		{"validate", "ValidateTemplate", []string{"TemplateBody", `{"Description":"d","Resources":{"R":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"r"}}}}`}, 200, responseOf("ValidateTemplate", "<Parameters></Parameters><Description>d</Description><Capabilities><member>CAPABILITY_NAMED_IAM</member></Capabilities><CapabilitiesReason>The following resource(s) require capabilities: [AWS::IAM::Role]</CapabilitiesReason>")},
		{"invalid", "ValidateTemplate", []string{"TemplateBody", `{"Resources":{"R":{}}}`}, 400, failure("ValidationError", "Template format error: [/Resources/R] Every Resources object must contain a Type member.")},
		{"stack policy", "UpdateStack", []string{"StackName", "s", "StackPolicyBody", "{}"}, 400, failure("ValidationError", "Invalid member &#39;StackPolicyBody&#39;: it is not served here: there are no stack policies; the caller&#39;s permissions say what an update may change.")},
		{"role", "DeleteStack", []string{"StackName", "s", "RoleARN", "arn:aws:iam::123456789012:role/r"}, 403, failure("AccessDenied", "no role may be passed")},
		{"S3", "CreateStack", []string{"StackName", "t", "TemplateURL", "https://s3.amazonaws.com/b/k"}, 400, failure("ValidationError", "S3 error: The service s3 is not served here. (TemplateURL https://s3.amazonaws.com/b/k)")},
		{"delete", "DeleteStack", []string{"StackName", "s"}, 200, responseOf("DeleteStack", "")},
		{"deleted", "ListStacks", []string{"StackStatusFilter.member.1", "DELETE_COMPLETE"}, 200, responseOf("ListStacks", "<StackSummaries><member><StackId>"+stackARN+"</StackId><StackName>s</StackName><CreationTime>TIME</CreationTime><DeletionTime>TIME</DeletionTime><StackStatus>DELETE_COMPLETE</StackStatus>"+noDrift+"</member></StackSummaries>")},
		{"delete again", "DeleteStack", []string{"StackName", "s"}, 200, responseOf("DeleteStack", "")},
		{"declined", "GetStackPolicy", nil, 400, failure("InvalidAction", "Could not find operation GetStackPolicy for version 2010-05-15: There are no stack policies; the caller&#39;s permissions say what an update may change.")},
		{"drift of a stack that is not there", "DetectStackDrift", []string{"StackName", "s"}, 400, failure("ValidationError", "Stack [s] does not exist")},
		{"drift of no stack", "DetectStackDrift", nil, 400, failure("ValidationError", "Stack [] does not exist")},
		{"a detection that is not there", "DescribeStackDriftDetectionStatus", []string{"StackDriftDetectionId", "x"}, 400, failure("ValidationError", "There is no drift detection x: the last one of each stack is remembered, until the stack is changed.")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, body := s.call(s.root, test.action, test.pairs...)
			if d := cmp.Diff(test.want, body); status != test.status || d != "" {
				t.Errorf("status %d (-want +got):\n%s", status, d)
			}
		})
	}
}

func TestPermissionsAreOnStacks(t *testing.T) {
	s := start(t)
	plain := `{"Resources":{"G":{"Type":"AWS::Logs::LogGroup"}}}`
	for _, test := range []struct {
		name    string
		action  string
		allowed bool
	}{
		{"ana-1", "CreateStack", true},
		{"other", "CreateStack", false},
		{"ana-1", "DescribeStacks", true},
		{"other", "DeleteStack", false},
		{"", "DescribeStacks", false},
		{"ana-1", "DeleteStack", true},
	} {
		pairs := []string{"TemplateBody", plain}
		if test.name != "" {
			pairs = append(pairs, "StackName", test.name)
		}
		status, body := s.call(s.ana, test.action, pairs...)
		if test.allowed != (status == 200) || !test.allowed && !strings.Contains(body, "user/ana is not authorized to perform: cloudformation:"+test.action) {
			t.Errorf("%s of %q: %d %s", test.action, test.name, status, body)
		}
	}
}

// TestOtherStacksAreNotReached: a call is allowed or not by the stack that it reaches, not
// by another that it names beside.
func TestOtherStacksAreNotReached(t *testing.T) {
	s := start(t)
	plain := `{"Resources":{"G":{"Type":"AWS::Logs::LogGroup","Properties":{"LogGroupName":"g"}}}}`
	done := func(c aws.Credentials, action string, pairs ...string) string {
		t.Helper()
		status, body := s.whole(c, action, pairs...)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", action, status, body)
		}
		return body
	}
	found := func(pattern, text string) string {
		t.Helper()
		match := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if match == nil {
			t.Fatalf("no %s in %s", pattern, text)
		}
		return match[1]
	}
	done(s.ana, "CreateStack", "StackName", "ana-1", "TemplateBody", strings.Replace(plain, `"g"`, `"a"`, 1))
	done(s.root, "CreateStack", "StackName", "other", "TemplateBody", plain)
	gone := found("<StackId>(.*?)</StackId>", done(s.root, "CreateStack", "StackName", "gone", "TemplateBody", strings.Replace(plain, `"g"`, `"d"`, 1)))
	done(s.root, "DeleteStack", "StackName", "gone")
	set := found("<Id>(.*?)</Id>", done(s.root, "CreateChangeSet", "StackName", "other", "ChangeSetName", "c", "TemplateBody", strings.Replace(plain, `"g"`, `"h"`, 1)))
	asAnas := strings.Replace(gone, "stack/gone/", "stack/ana-1/", 1)
	if asAnas == gone {
		t.Fatalf("the ARN is %s", gone)
	}
	for _, test := range []struct {
		name, action string
		pairs        []string
	}{
		{"change set beside an own stack", "DescribeChangeSet", []string{"StackName", "ana-1", "ChangeSetName", set}},
		{"its template", "GetTemplate", []string{"StackName", "ana-1", "ChangeSetName", set}},
		{"its template alone", "GetTemplate", []string{"ChangeSetName", set}},
		{"its execution", "ExecuteChangeSet", []string{"StackName", "ana-1", "ChangeSetName", set}},
		{"a stack that was deleted", "DescribeStacks", []string{"StackName", asAnas}},
		{"its own ARN", "DescribeStacks", []string{"StackName", gone}},
		{"by a resource", "DescribeStackResources", []string{"PhysicalResourceId", "g"}},
	} {
		if status, body := s.whole(s.ana, test.action, test.pairs...); status == http.StatusOK {
			t.Errorf("%s: %s answers %s", test.name, test.action, body)
		}
	}
	s.whole(s.ana, "DeleteChangeSet", "StackName", "ana-1", "ChangeSetName", set) // what is not there is deleted already
	if body := done(s.root, "DescribeChangeSet", "ChangeSetName", set); !strings.Contains(body, "<ExecutionStatus>AVAILABLE</ExecutionStatus>") {
		t.Errorf("the change set of another is now %s", body)
	}
	if body := done(s.root, "GetTemplate", "StackName", "other", "ChangeSetName", set); !strings.Contains(body, "&#34;h&#34;") {
		t.Errorf("the template of the change set is %s", body)
	}
	done(s.ana, "DescribeStackResources", "PhysicalResourceId", "a")

	// A denied stack cannot be reached by its other names either.
	deny := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cloudformation:*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"arn:aws:cloudformation:*:*:stack/other/*"}]}`
	if err := s.identity.Policies.PutPolicy(t.Context(), identity.UserNamed("ana"), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: deny}); err != nil {
		t.Fatal(err)
	}
	for action, pairs := range map[string][]string{
		"GetTemplate": {"ChangeSetName", set}, "DescribeChangeSet": {"ChangeSetName", set}, "DescribeStackResources": {"PhysicalResourceId", "g"},
	} {
		if status, body := s.whole(s.ana, action, pairs...); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", action, status, body)
		}
	}
}

// TestImportExistingResources: a change set with the option is made, and does what one
// without it does; resources to import are refused (A-STACK-11).
func TestImportExistingResources(t *testing.T) {
	s := start(t)
	set := []string{"StackName", "s", "ChangeSetName", "c", "ChangeSetType", "CREATE", "TemplateBody", group, "Parameters.member.1.ParameterKey", "Secret", "Parameters.member.1.ParameterValue", "x"}
	if status, body := s.call(s.root, "CreateChangeSet", append(set, "ImportExistingResources", "true")...); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if _, body := s.call(s.root, "DescribeChangeSet", "StackName", "s", "ChangeSetName", "c"); !strings.Contains(body, "<Action>Add</Action>") || !strings.Contains(body, "<ImportExistingResources>true<") {
		t.Errorf("what it would do: %s", body)
	}
	status, body := s.call(s.root, "CreateChangeSet", append(set, "ResourcesToImport.member.1.ResourceType", "AWS::Logs::LogGroup")...)
	if status != 400 || !strings.Contains(body, "ResourcesToImport") {
		t.Errorf("resources to import: %d %s", status, body)
	}
}
