package types_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
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
			"iam", "ListGroupPolicies",
			map[string]any{"GroupName": "pushers"},
			"PolicyNames", `"p"`, `"p"`, `"p"`,
		},
		"AWS::IAM::UserPolicy": {
			`{"UserName":"ana","PolicyName":"p","PolicyDocument":` + read + `}`, `{"UserName":"ana","PolicyName":"p","PolicyDocument":` + write + `}`,
			"iam", "ListUserPolicies",
			map[string]any{"UserName": "ana"},
			"PolicyNames", `"p"`, `"p"`, `"p"`,
		},
		"AWS::IAM::Policy": {
			`{"PolicyName":"q","Users":["ana"],"PolicyDocument":` + read + `}`, `{"PolicyName":"q","Users":["ana"],"Groups":["pushers"],"PolicyDocument":` + write + `}`,
			"iam", "ListUserPolicies",
			map[string]any{"UserName": "ana"},
			"PolicyNames", `"q"`, `"q"`, `"q"`,
		},
	} {
		t.Run(typeName, func(t *testing.T) {
			s := start(t)
			member(t, s, "CreateGroup", map[string]any{"GroupName": "pushers"})
			member(t, s, "CreateUser", map[string]any{"UserName": "ana"})
			member(t, s, "CreateUser", map[string]any{"UserName": "ben"})
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
