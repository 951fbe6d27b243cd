package types_test

import (
	"log/slog"
	"strings"
	"testing"

	awss3 "github.com/pasarela-ws/pasarela/internal/awsapi/s3"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// member calls IAM with one of the names that the test has made.
func member(t *testing.T, s *services, operation string, members map[string]any) {
	t.Helper()
	if _, err := s.Call(t.Context(), "iam", operation, members); err != nil {
		t.Fatal(err)
	}
}

// Types that only join other resources, or stand for a setting: what they do is seen after
// their creation, their change and their removal.
func TestSmallTypesDoWhatTheySay(t *testing.T) {
	const read, write = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}`
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	for typeName, c := range map[string]struct {
		made, changed         string // properties
		service, operation    string // that shows it
		members               map[string]any
		answer                string // member of the answer
		seen, changedTo, gone string // in it
	}{
		"AWS::IAM::UserToGroupAddition": {
			`{"GroupName":"pushers","Users":["ana"]}`, `{"GroupName":"pushers","Users":["ben"]}`,
			"iam", "GetGroup",
			map[string]any{"GroupName": "pushers"},
			"Users", `"UserName":"ana"`, `"UserName":"ben"`, "ben",
		},
		"AWS::IAM::GroupPolicy": {
			`{"GroupName":"pushers","PolicyName":"p","PolicyDocument":` + read + `}`, `{"GroupName":"pushers","PolicyName":"p","PolicyDocument":` + write + `}`,
			"iam", "GetAccountAuthorizationDetails",
			nil,
			"GroupDetailList", "GetObject", "PutObject", "PutObject",
		},
		"AWS::IAM::RolePolicy": {
			`{"RoleName":"runs","PolicyName":"p","PolicyDocument":` + read + `}`, `{"RoleName":"runs","PolicyName":"p","PolicyDocument":` + write + `}`,
			"iam", "GetAccountAuthorizationDetails",
			nil,
			"RoleDetailList", "GetObject", "PutObject", "PutObject",
		},
		"AWS::IAM::UserPolicy": {
			`{"UserName":"ana","PolicyName":"p","PolicyDocument":` + read + `}`, `{"UserName":"ana","PolicyName":"p","PolicyDocument":` + write + `}`,
			"iam", "GetAccountAuthorizationDetails",
			nil,
			"UserDetailList", "GetObject", "PutObject", "PutObject",
		},
		"AWS::IAM::Policy": {
			`{"PolicyName":"q","Users":["ana"],"PolicyDocument":` + read + `}`, `{"PolicyName":"q","Users":["ana"],"Groups":["pushers"],"PolicyDocument":` + write + `}`,
			"iam", "GetAccountAuthorizationDetails",
			nil,
			"UserDetailList", "GetObject", "PutObject", "PutObject",
		},
	} {
		t.Run(typeName, func(t *testing.T) {
			s := start(t)
			member(t, s, "CreateGroup", map[string]any{"GroupName": "pushers"})
			member(t, s, "CreateUser", map[string]any{"UserName": "ana"})
			member(t, s, "CreateUser", map[string]any{"UserName": "ben"})
			member(t, s, "CreateRole", map[string]any{"RoleName": "runs", "AssumeRolePolicyDocument": trust})
			shows := func(when, want string, there bool) {
				t.Helper()
				if got := see(t, s, c.service, c.operation, c.members, c.answer); strings.Contains(got, want) != there {
					t.Errorf("%s: %s", when, got)
				}
			}
			kind, r := create(t, s, typeName, c.made)
			shows("made", c.seen, true)
			change(t, kind, r, c.changed)
			shows("changed", c.changedTo, true)
			if err := kind.Delete(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			shows("removed", c.gone, false)
		})
	}
}

// The account's settings are there before and after every stack: AWS leaves the role when the
// resource is deleted.
func TestTheAccountOfAStack(t *testing.T) {
	s := start(t)
	role := func() string { return see(t, s, "apigateway", "GetAccount", nil, "cloudwatchRoleArn") }
	kind, r := create(t, s, "AWS::ApiGateway::Account", `{"CloudWatchRoleArn":"arn:aws:iam::123456789012:role/logs"}`)
	id := r.PhysicalID
	if got := role(); id == "" || r.Attributes["Id"] != id || !strings.Contains(got, "role/logs") {
		t.Errorf("made: %s, %v, %s", id, r.Attributes, got)
	}
	change(t, kind, r, `{"CloudWatchRoleArn":"arn:aws:iam::123456789012:role/others"}`)
	if got := role(); r.PhysicalID != id || !strings.Contains(got, "role/others") {
		t.Errorf("changed: %s, %s", r.PhysicalID, got)
	}
	if kind.Delete != nil {
		t.Error("its deletion changes the account")
	}
	change(t, kind, r, `{}`)
	if got := role(); strings.Contains(got, "role/") {
		t.Errorf("without the property: %s", got)
	}
}

func TestTheBucketPolicyOfAStack(t *testing.T) {
	s := start(t)
	objects := s3.New(s3.Options{Bucket: memory.NewBucket(), RegionAccount: place})
	s.invokers["s3"] = awss3.New(objects, s.guard, slog.New(slog.DiscardHandler))
	policy := func(action string) string {
		return `{"Bucket":"code","PolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:` + action + `","Resource":"*"}}}`
	}
	kept := func() string {
		t.Helper()
		for _, setting := range s3.Settings() {
			if setting.Name != "policy" {
				continue
			}
			text, err := objects.Setting(t.Context(), "code", setting)
			if err != nil {
				return err.Error()
			}
			return text
		}
		return ""
	}
	kind, _ := types.All().Type("AWS::S3::BucketPolicy")
	r := request(s, "Logical")
	r.Properties = map[string]any{"Bucket": "code", "PolicyDocument": "{}"}
	if _, err := kind.Create(t.Context(), r); err == nil || !strings.Contains(err.Error(), "bucket") {
		t.Errorf("of no bucket: %v", err)
	}
	create(t, s, "AWS::S3::Bucket", `{"BucketName":"code"}`)
	kind, r = create(t, s, "AWS::S3::BucketPolicy", policy("GetObject"))
	if got := kept(); r.PhysicalID != "code" || !strings.Contains(got, "s3:GetObject") {
		t.Errorf("made: %s, %s", r.PhysicalID, got)
	}
	change(t, kind, r, policy("PutObject"))
	if got := kept(); !strings.Contains(got, "s3:PutObject") || strings.Contains(got, "s3:GetObject") {
		t.Errorf("changed: %s", got)
	}
	if err := kind.Delete(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if got := kept(); !strings.HasPrefix(got, "NoSuchBucketPolicy: ") {
		t.Errorf("removed: %s", got)
	}
}

// A repository for images is a name, and its event says so.
func TestTheRepositoryOfAStack(t *testing.T) {
	s := start(t)
	for properties, name := range map[string]string{
		`{"RepositoryName":"images"}`:      "images",
		`{"ImageTagMutability":"MUTABLE"}`: "chat-logical-abcdefghijkl",
	} {
		kind, r := create(t, s, "AWS::ECR::Repository", properties)
		uri, arn := "123456789012.dkr.ecr.us-east-1.amazonaws.com/"+name, "arn:aws:ecr:us-east-1:123456789012:repository/"+name
		if r.PhysicalID != name || r.Attributes["Arn"] != arn || r.Attributes["RepositoryUri"] != uri || kind.Delete != nil {
			t.Errorf("%s: %s, %v", properties, r.PhysicalID, r.Attributes)
		}
		state, err := kind.Update(t.Context(), r)
		if err != nil || state.PhysicalID != name || !strings.Contains(state.Note, "no container images") {
			t.Errorf("%s: changed to %+v, %v", properties, state, err)
		}
	}
}

// Types that keep nothing answer a name that stays.
func TestTypesThatKeepNothing(t *testing.T) {
	s := start(t)
	for typeName, c := range map[string]struct{ made, changed, id string }{
		"AWS::CDK::Metadata":                       {`{"Analytics":"v2"}`, `{"Analytics":"v3"}`, "chat-Logical-ABCDEFGHIJKL"},
		"AWS::CloudFormation::WaitConditionHandle": {`{}`, "", "https://cloudformation-waitcondition-us-east-1.s3.amazonaws.com/"},
		"AWS::Logs::LogGroup":                      {`{"RetentionInDays":1}`, `{"RetentionInDays":7}`, "chat-Logical-ABCDEFGHIJKL"},
	} {
		kind, r := create(t, s, typeName, c.made)
		if !strings.HasPrefix(r.PhysicalID, c.id) || kind.Delete != nil {
			t.Errorf("%s is %s", typeName, r.PhysicalID)
		}
		if c.changed == "" {
			continue
		}
		before := r.PhysicalID
		if change(t, kind, r, c.changed); r.PhysicalID != before {
			t.Errorf("%s has become %s", typeName, r.PhysicalID)
		}
	}
	if _, there := types.All().Type("AWS::CloudFormation::WaitCondition"); there {
		t.Error("a condition that nothing signals is there")
	}
}
