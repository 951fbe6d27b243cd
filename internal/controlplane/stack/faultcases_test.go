package stack_test

import (
	"context"
	"regexp"
	"slices"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/awsapi/cloudformation"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// faultTemplate changes one resource in place with "Size", replaces another with "Name", and
// fails with "Fail" when both are there.
const faultTemplate = `
Parameters:
  Size: {Type: String, Default: '1'}
  Name: {Type: String, Default: a}
  Fail: {Type: String, Default: String}
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub 'role-${Name}', AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}
  First: {Type: AWS::SSM::Parameter, Properties: {Name: /first, Type: String, Value: !Ref Size}}
  Last: {Type: AWS::SSM::Parameter, DependsOn: [Role, First], Properties: {Name: /last, Type: !Ref Fail, Value: !Ref Size}}
`

// outerTemplate has a nested stack of the object "inner".
const outerTemplate = `
Parameters:
  Size: {Type: String, Default: '1'}
Resources:
  Below: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.us-east-1.amazonaws.com/templates/inner', Parameters: {Size: !Ref Size}}}
`

const innerTemplate = `
Parameters:
  Size: {Type: String}
Resources:
  First: {Type: AWS::SSM::Parameter, Properties: {Name: /first, Type: String, Value: !Ref Size}}
`

func inputOf(template string, w wish) stack.DesiredInput {
	in := w.input()
	in.Template.TemplateBody = template
	if template == outerTemplate {
		in.Parameters = slices.DeleteFunc(in.Parameters, func(p stack.Parameter) bool { return p.Key != "Size" })
	}
	return in
}

// action is one call of an operation of the service.
type action func(ctx context.Context, s *stack.Service) error

func creates(template string, w wish) action {
	return func(ctx context.Context, s *stack.Service) error {
		_, err := s.CreateStack(ctx, who, stack.CreateStackInput{DesiredInput: inputOf(template, w)})
		return err
	}
}

func updates(template string, w wish) action {
	return func(ctx context.Context, s *stack.Service) error {
		_, err := s.UpdateStack(ctx, who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: inputOf(template, w)}})
		return err
	}
}

func looks(kind, name, template string, w wish) action {
	return func(ctx context.Context, s *stack.Service) error {
		_, err := s.CreateChangeSet(ctx, who, stack.CreateChangeSetInput{
			ChangedInput: stack.ChangedInput{DesiredInput: inputOf(template, w)}, ChangeSetName: name, ChangeSetType: kind, IncludeNested: template == outerTemplate,
		})
		return err
	}
}

func executes(ctx context.Context, s *stack.Service) error {
	return s.ExecuteChangeSet(ctx, who, stack.ExecuteChangeSetInput{ChangeSetName: "set", StackName: "s"})
}

func forgets(ctx context.Context, s *stack.Service) error {
	return s.DeleteChangeSet(ctx, "set", "s")
}

// faultCase is an operation on what some others have left.
type faultCase struct {
	operation string // on the wire
	before    []action
	prepare   func(t *testing.T, a *account) // after before
	call      action
	// idle: no node works on stacks while the call is made.
	idle bool
}

var (
	wishedFirst, wishedThen, wishedInVain = wish{"1", "a", "String"}, wish{"2", "b", "String"}, wish{"2", "b", "Text"}

	faultCases = map[string]faultCase{
		"creation":                   {operation: "CreateStack", call: creates(faultTemplate, wishedFirst)},
		"creation that is undone":    {operation: "CreateStack", call: creates(faultTemplate, wishedInVain)},
		"nested creation":            {operation: "CreateStack", call: creates(outerTemplate, wishedFirst)},
		"update":                     {operation: "UpdateStack", before: []action{creates(faultTemplate, wishedFirst), looks("UPDATE", "other", faultTemplate, wishedThen)}, call: updates(faultTemplate, wishedThen)},
		"update that is rolled back": {operation: "UpdateStack", before: []action{creates(faultTemplate, wishedFirst)}, call: updates(faultTemplate, wishedInVain)},
		"nested update":              {operation: "UpdateStack", before: []action{creates(outerTemplate, wishedFirst)}, call: updates(outerTemplate, wishedThen)},
		"deletion":                   {operation: "DeleteStack", before: []action{creates(faultTemplate, wishedFirst), looks("UPDATE", "other", faultTemplate, wishedThen)}, call: deletes},
		"nested deletion":            {operation: "DeleteStack", before: []action{creates(outerTemplate, wishedFirst)}, call: deletes},
		"change set of a new stack":  {operation: "CreateChangeSet", call: looks("CREATE", "set", faultTemplate, wishedFirst)},
		"change set of an update":    {operation: "CreateChangeSet", before: []action{creates(faultTemplate, wishedFirst)}, call: looks("UPDATE", "set", faultTemplate, wishedThen)},
		"nested change set of a new stack": {
			operation: "CreateChangeSet", call: looks("CREATE", "set", outerTemplate, wishedFirst),
		},
		"nested change set of an update": {
			operation: "CreateChangeSet", before: []action{creates(outerTemplate, wishedFirst)}, call: looks("UPDATE", "set", outerTemplate, wishedThen),
		},
		"execution that creates": {operation: "ExecuteChangeSet", before: []action{looks("CREATE", "set", faultTemplate, wishedFirst), looks("CREATE", "other", faultTemplate, wishedThen)}, call: executes},
		"execution that updates": {
			operation: "ExecuteChangeSet", call: executes,
			before: []action{creates(faultTemplate, wishedFirst), looks("UPDATE", "set", faultTemplate, wishedThen), looks("UPDATE", "other", faultTemplate, wishedThen)},
		},
		"nested execution that creates": {operation: "ExecuteChangeSet", before: []action{looks("CREATE", "set", outerTemplate, wishedFirst)}, call: executes},
		"nested execution that updates": {
			operation: "ExecuteChangeSet", before: []action{creates(outerTemplate, wishedFirst), looks("UPDATE", "set", outerTemplate, wishedThen)}, call: executes,
		},
		"removal of a change set": {operation: "DeleteChangeSet", before: []action{creates(faultTemplate, wishedFirst), looks("UPDATE", "set", faultTemplate, wishedThen)}, call: forgets},
		"removal of a nested change set": {
			operation: "DeleteChangeSet", before: []action{looks("CREATE", "set", outerTemplate, wishedFirst)}, call: forgets,
		},
		"cancelling": {
			operation: "CancelUpdateStack", before: []action{creates(faultTemplate, wishedFirst)}, idle: true,
			prepare: func(t *testing.T, a *account) { a.run(t, 1, updates(faultTemplate, wishedThen)) },
			call:    func(ctx context.Context, s *stack.Service) error { return s.CancelUpdate(ctx, "s") },
		},
		"continued rollback": {
			operation: "ContinueUpdateRollback", before: []action{creates(faultTemplate, wishedFirst)},
			prepare: func(t *testing.T, a *account) {
				t.Helper()
				_, err := document.NewStore[stack.Stack](a.bucket).Update(t.Context(), "stack/live/s", func(s *stack.Stack) error {
					s.Status = "UPDATE_ROLLBACK_FAILED"
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			},
			call: func(ctx context.Context, s *stack.Service) error { return s.ContinueRollback(ctx, who, "s", "", "") },
		},
		"protection": {
			operation: "UpdateTerminationProtection", before: []action{creates(faultTemplate, wishedFirst)},
			call: func(ctx context.Context, s *stack.Service) error {
				_, err := s.Protect(ctx, "s", true)
				return err
			},
		},
		"drift": {
			operation: "DetectStackDrift", before: []action{creates(faultTemplate, wishedFirst)},
			call: func(ctx context.Context, s *stack.Service) error {
				_, err := s.DetectDrift(ctx, who, "s", nil)
				return err
			},
		},
	}
)

// alike are operations whose writes are another's.
var alike = []string{"DetectStackResourceDrift"}

// TestEveryOperationIsTriedWithFaults: an operation of the table that writes has a case.
func TestEveryOperationIsTriedWithFaults(t *testing.T) {
	tried := slices.Clone(alike)
	for _, c := range faultCases {
		tried = append(tried, c.operation)
	}
	reads := regexp.MustCompile(`^(Get|List|Describe|Validate|Estimate)`)
	for _, op := range cloudformation.Operations(nil) {
		if !reads.MatchString(op.Name) && !slices.Contains(tried, op.Name) {
			t.Errorf("%s is not tried with faults of the store", op.Name)
		}
	}
}
