package cloudformation

import (
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

// refused are members of AWS's model that have no meaning here.
type refused struct {
	ResourceTypes         []string              `aws:"ResourceTypes"`
	RollbackConfiguration rollbackConfiguration `aws:"RollbackConfiguration"`
}

// refusedDirect are those of operations without a change set.
type refusedDirect struct {
	refused
	StackPolicyBody      string `aws:"StackPolicyBody"`
	StackPolicyURL       string `aws:"StackPolicyURL"`
	RetainExceptOnCreate bool   `aws:"RetainExceptOnCreate"`
}

// refusedUpdate are those of an update.
type refusedUpdate struct {
	refusedDirect
	DuringBody string `aws:"StackPolicyDuringUpdateBody"`
	DuringURL  string `aws:"StackPolicyDuringUpdateURL"`
}

type rollbackConfiguration struct {
	Triggers []rollbackTrigger `aws:"RollbackTriggers"`
	Minutes  *int              `aws:"MonitoringTimeInMinutes"`
}

type rollbackTrigger struct {
	ARN  string `aws:"Arn"`
	Type string `aws:"Type"`
}

func (r *refused) check() error {
	switch {
	case len(r.ResourceTypes) > 0:
		return notServed("ResourceTypes", "the caller's permissions say what a stack may make.")
	case len(r.RollbackConfiguration.Triggers) > 0:
		return notServed("RollbackConfiguration", "there are no alarms that could roll a stack back.")
	}
	return nil
}

func (r *refusedDirect) check() error {
	if r.StackPolicyBody != "" || r.StackPolicyURL != "" {
		return noStackPolicy("StackPolicyBody")
	}
	if err := retained(r.RetainExceptOnCreate); err != nil {
		return err
	}
	return r.refused.check()
}

func (r *refusedUpdate) check() error {
	if r.DuringBody != "" || r.DuringURL != "" {
		return noStackPolicy("StackPolicyDuringUpdateBody")
	}
	return r.refusedDirect.check()
}

func retained(given bool) error {
	if !given {
		return nil
	}
	return notServed("RetainExceptOnCreate", "give the resources that it means DeletionPolicy: RetainExceptOnCreate.")
}

func noStackPolicy(member string) error {
	return notServed(member, "there are no stack policies; the caller's permissions say what an update may change.")
}

func notServed(member, why string) error {
	return pasarela.Errorf(stack.CodeValidation, "Invalid member '%s': it is not served here: %s", member, why)
}

// Declined are the operations of the model that are not served.
func Declined() []wire.DeclinedOperation {
	return []wire.DeclinedOperation{
		{Names: []string{"SignalResource"}, Reason: "Nothing here waits for signals: templates with a CreationPolicy are refused."},
		{Names: []string{"GetStackPolicy", "SetStackPolicy"}, Reason: "There are no stack policies; the caller's permissions say what an update may change."},
		{Names: []string{"RollbackStack"}, Reason: "Delete the stack, or update it with the template that worked."},
		{Names: []string{"GetHookResult", "ListHookResults"}, Reason: "There are no hooks."},
		{Names: []string{"DescribeType", "DescribeAccountLimits", "EstimateTemplateCost"}, Reason: "There is no registry of types, no limit of the account's own and no bill."},
		{Names: []string{"DescribeEvents"}, Reason: "Use DescribeStackEvents."},
	}
}

// Ignored are members of calls that have no effect.
func Ignored() []wire.Declined {
	list := []wire.Declined{
		{Member: "DisableValidation", Reason: "the checks cost nothing.", Ignore: true},
		{Member: "IncludePropertyValues", Reason: "values of properties are always answered.", Ignore: true},
		{Member: "NextToken", Reason: "everything fits one page.", Ignore: true},
		{Member: "DeploymentMode", Reason: "change sets do not look at drift.", Ignore: true},
	}
	for _, member := range []string{"CallAs", "StackSetName", "TemplateSummaryConfig"} {
		list = append(list, wire.Declined{Member: member, Reason: "there are no stack sets and no warnings.", Ignore: true})
	}
	return list
}

// Absent are members that are never answered, or that a call need not have.
func Absent() []wire.Declined {
	var list []wire.Declined
	for _, each := range []struct {
		reason  string
		members []string
	}{
		{"change sets do not look at drift.", []string{"ResourceDriftStatus", "ResourceDriftIgnoredAttributes", "PreviousDeploymentContext", "Target.Drift"}},
		{"of DescribeChangeSet: it does not look at drift.", []string{"StackDriftStatus"}},
		{"physical ids of resources are whole.", []string{"PhysicalResourceIdContext"}},
		{"there are no hooks and no modules.", []string{
			"ModuleInfo", "HookType", "HookStatus", "HookStatusReason", "HookInvocationPoint", "HookInvocationId", "HookFailureMode", "HookInvocationCount",
		}},
		{"nothing is imported into stacks.", []string{"ResourceIdentifierSummaries", "Warnings", "ResourcesToImport.LogicalResourceId", "ResourcesToImport.ResourceIdentifier"}},
		{"of answers: what a call has set is not answered again.", []string{"DeploymentConfig", "RetainExceptOnCreate", "DeletionMode", "Parameters.UsePreviousValue", "Parameters.ResolvedValue"}},
		{"the status says all.", []string{"DetailedStatus", "LastOperations"}},
		{"there are no alarms that could roll a stack back.", []string{"RollbackConfiguration"}},
		{"of events and resources: the template has them.", []string{"ResourceProperties", "StackResourceDetail.Description", "StackResources.Description"}},
		{"of the target of a change: the values are there.", []string{"Target.AfterValueFrom", "Target.BeforeValueFrom", "Target.AttributeChangeType"}},
	} {
		for _, member := range each.members {
			list = append(list, wire.Declined{Member: member, Reason: each.reason})
		}
	}
	return list
}
