package iam

import (
	"context"
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

type contextEntry struct {
	ContextKeyName   string   `aws:"ContextKeyName"`
	ContextKeyValues []string `aws:"ContextKeyValues"`
	ContextKeyType   string   `aws:"ContextKeyType"` // operators know the types they compare
}

type simulateInput struct {
	PolicyInputList                    []string       `aws:"PolicyInputList"`
	PermissionsBoundaryPolicyInputList []string       `aws:"PermissionsBoundaryPolicyInputList"`
	ActionNames                        []string       `aws:"ActionNames"`
	ResourceARNs                       []string       `aws:"ResourceArns"`
	ResourcePolicy                     string         `aws:"ResourcePolicy"`
	CallerARN                          string         `aws:"CallerArn"`
	ContextEntries                     []contextEntry `aws:"ContextEntries"`
	pageInput
}

type simulatePrincipalInput struct {
	PolicySourceARN string `aws:"PolicySourceArn"`
	simulateInput
}

type positionShape struct {
	Line   int `aws:"Line"`
	Column int `aws:"Column"`
}

type statementShape struct {
	SourcePolicyID   string        `aws:"SourcePolicyId"`
	SourcePolicyType string        `aws:"SourcePolicyType"`
	StartPosition    positionShape `aws:"StartPosition"`
	EndPosition      positionShape `aws:"EndPosition"`
}

type boundaryDecision struct {
	AllowedByPermissionsBoundary bool `aws:"AllowedByPermissionsBoundary"`
}

// resourceResult repeats the result in a call that names resources, as AWS returns it.
type resourceResult struct {
	EvalResourceName                  string            `aws:"EvalResourceName"`
	EvalResourceDecision              string            `aws:"EvalResourceDecision"`
	MatchedStatements                 []statementShape  `aws:"MatchedStatements"`
	MissingContextValues              []string          `aws:"MissingContextValues"`
	PermissionsBoundaryDecisionDetail *boundaryDecision `aws:"PermissionsBoundaryDecisionDetail"`
}

type evaluationResult struct {
	EvalActionName                    string            `aws:"EvalActionName"`
	EvalResourceName                  string            `aws:"EvalResourceName"`
	EvalDecision                      string            `aws:"EvalDecision"`
	MatchedStatements                 []statementShape  `aws:"MatchedStatements"`
	MissingContextValues              []string          `aws:"MissingContextValues"`
	PermissionsBoundaryDecisionDetail *boundaryDecision `aws:"PermissionsBoundaryDecisionDetail"`
	ResourceSpecificResults           []resourceResult  `aws:"ResourceSpecificResults"`
}

type simulateOutput struct {
	EvaluationResults []evaluationResult `aws:"EvaluationResults"`
	pageOutput
}

// simulation are SimulateCustomPolicy and SimulatePrincipalPolicy. Neither needs permission
// for the actions that are simulated.
func (o *operations) simulation() []wire.QueryOperation {
	return []wire.QueryOperation{
		wire.QueryReply("SimulateCustomPolicy", onAll[simulateInput], func(_ context.Context, in simulateInput) (simulateOutput, error) {
			if len(in.PolicyInputList) == 0 {
				return simulateOutput{}, missing("policyInputList")
			}
			return o.simulate("", in)
		}),
		wire.QueryReply("SimulatePrincipalPolicy", func(_ context.Context, in simulatePrincipalInput) wire.Target { return on(in.PolicySourceARN) },
			func(_ context.Context, in simulatePrincipalInput) (simulateOutput, error) {
				if in.PolicySourceARN == "" {
					return simulateOutput{}, missing("policySourceArn")
				}
				return o.simulate(in.PolicySourceARN, in.simulateInput)
			}),
	}
}

// missing is the refusal of an input without a required member, in the words of AWS's
// request validation.
func missing(member string) error {
	return pasarela.Errorf(identity.CodeValidation, "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", member)
}

// maxEvaluations bounds the work of one call.
const maxEvaluations = 10000

// simulate returns a result for each pair of an action and a resource. Pages are cut by the
// number of the result, which is stable as long as the input is the same.
func (o *operations) simulate(principalARN string, in simulateInput) (simulateOutput, error) {
	if len(in.ActionNames) == 0 {
		return simulateOutput{}, missing("actionNames")
	}
	if len(in.ActionNames)*max(1, len(in.ResourceARNs)) > maxEvaluations {
		return simulateOutput{}, pasarela.Errorf(identity.CodeInvalidInput, "Invalid Input: more than %d combinations of actions and resources.", maxEvaluations)
	}
	rc := pasarela.RequestContext{}
	for _, e := range in.ContextEntries {
		rc[lower(e.ContextKeyName)] = e.ContextKeyValues
	}
	results, err := o.Simulator.Simulate(principalARN, identity.Simulation{
		PolicyInputList: in.PolicyInputList, PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList,
		ActionNames: in.ActionNames, ResourceARNs: in.ResourceARNs, ResourcePolicy: in.ResourcePolicy,
		CallerARN: in.CallerARN, Context: rc,
	})
	if err != nil {
		return simulateOutput{}, err
	}
	shapes := make([]evaluationResult, len(results))
	ids := make([]string, len(results))
	for i, r := range results {
		shapes[i] = evaluationShape(r)
		ids[i] = strconv.Itoa(i)
	}
	page, more, err := cut(in.pageInput, ids, func(id string) string { return id })
	out := simulateOutput{EvaluationResults: []evaluationResult{}, pageOutput: more}
	for _, id := range page {
		i, _ := strconv.Atoi(id)
		out.EvaluationResults = append(out.EvaluationResults, shapes[i])
	}
	return out, err
}

// evaluationShape is one result as the wire has it. A call without resources is about "*"
// and has no results by resource.
func evaluationShape(r identity.SimulationResult) evaluationResult {
	shape := evaluationResult{
		EvalActionName: r.Action, EvalResourceName: r.Resource, EvalDecision: r.Decision.Decision.String(),
		MatchedStatements: []statementShape{}, MissingContextValues: append([]string{}, r.Missing...),
	}
	for _, m := range r.Matched {
		shape.MatchedStatements = append(shape.MatchedStatements, statementShape{
			m.SourcePolicyID, string(m.SourcePolicyType),
			positionShape{m.Start.Line, m.Start.Column},
			positionShape{m.End.Line, m.End.Column},
		})
	}
	if r.BoundaryAllows != nil {
		shape.PermissionsBoundaryDecisionDetail = &boundaryDecision{*r.BoundaryAllows}
	}
	if r.Resource != "*" {
		shape.ResourceSpecificResults = []resourceResult{{
			r.Resource, shape.EvalDecision, shape.MatchedStatements, shape.MissingContextValues, shape.PermissionsBoundaryDecisionDetail,
		}}
	}
	return shape
}
