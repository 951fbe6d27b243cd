package cloudformation

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

type createSetInput struct {
	stack.CreateChangeSetInput
	refused
	ClientToken       string           `aws:"ClientToken"`
	ResourcesToImport []importedInput  `aws:"ResourcesToImport"`
	DeploymentConfig  deploymentConfig `aws:"DeploymentConfig"`
}

type importedInput struct {
	Type string `aws:"ResourceType"`
}

type setIDOutput struct {
	ID      string `aws:"Id"`
	StackID string `aws:"StackId"`
}

type setInput struct {
	ChangeSetName string `aws:"ChangeSetName"`
	StackName     string `aws:"StackName"`
}

type setSummary struct {
	StackID         string `aws:"StackId"`
	StackName       string `aws:"StackName"`
	ID              string `aws:"ChangeSetId"`
	Name            string `aws:"ChangeSetName"`
	ExecutionStatus string `aws:"ExecutionStatus"`
	Status          string `aws:"Status"`
	StatusReason    string `aws:"StatusReason"`
	Created         string `aws:"CreationTime"`
	Description     string `aws:"Description"`
	IncludeNested   bool   `aws:"IncludeNestedStacks"`
	ImportExisting  bool   `aws:"ImportExistingResources"`
	ParentID        string `aws:"ParentChangeSetId"`
	RootID          string `aws:"RootChangeSetId"`
}

type setSummariesOutput struct {
	Summaries []setSummary `aws:"Summaries,keep"`
}

// changeSets are the operations on change sets.
func (o *operations) changeSets() []wire.QueryOperation {
	named := func(ctx context.Context, in setInput) wire.Target {
		return key(o.onSet(ctx, in), "cloudformation:changesetname", in.ChangeSetName)
	}
	return []wire.QueryOperation{
		wire.QueryReply("CreateChangeSet", func(ctx context.Context, in createSetInput) wire.Target {
			return key(desired(o.on(ctx, in.StackName), in.DesiredInput), "cloudformation:changesetname", in.ChangeSetName)
		}, o.createSet),
		wire.QueryReply("DescribeChangeSet", named, o.describeSet),
		wire.QueryReply("ListChangeSets", func(ctx context.Context, in stackInput) wire.Target { return o.on(ctx, in.StackName) }, o.listSets),
		wire.QueryReply("DeleteChangeSet", named, func(ctx context.Context, in setInput) (nothing, error) {
			return nothing{}, o.DeleteChangeSet(ctx, in.ChangeSetName, in.StackName)
		}),
		wire.QueryReply("ExecuteChangeSet", func(ctx context.Context, in executeInput) wire.Target {
			return key(o.onSet(ctx, setInput{in.ChangeSetName, in.StackName}), "cloudformation:changesetname", in.ChangeSetName)
		}, func(ctx context.Context, in executeInput) (nothing, error) {
			who, err := caller(ctx)
			if err != nil {
				return nothing{}, err
			}
			if err := retained(in.RetainExceptOnCreate); err != nil {
				return nothing{}, err
			}
			return nothing{}, o.ExecuteChangeSet(ctx, who, in.ExecuteChangeSetInput)
		}),
	}
}

type executeInput struct {
	stack.ExecuteChangeSetInput
	RetainExceptOnCreate bool `aws:"RetainExceptOnCreate"`
}

// onSet is the stack of a change set: the permission is asked for on it.
func (o *operations) onSet(ctx context.Context, in setInput) wire.Target {
	if in.StackName != "" {
		return o.on(ctx, in.StackName)
	}
	if set, err := o.ChangeSet(ctx, in.ChangeSetName, ""); err == nil {
		return wire.Target{Resource: set.StackID}
	}
	return wire.Target{Resource: "*"} // the operation will say what is missing
}

// createSet is CreateChangeSet.
func (o *operations) createSet(ctx context.Context, in createSetInput) (setIDOutput, error) {
	who, err := caller(ctx)
	if err == nil {
		err = in.check()
	}
	switch {
	case err != nil:
		return setIDOutput{}, err
	case len(in.ResourcesToImport) > 0:
		return setIDOutput{}, notServed("ResourcesToImport", "resources that exist are not imported into stacks.")
	}
	if in.DeploymentConfig.DisableRollback && in.OnStackFailure == "" {
		in.OnStackFailure = "DO_NOTHING"
	}
	set, err := o.CreateChangeSet(ctx, who, in.CreateChangeSetInput)
	if err != nil {
		return setIDOutput{}, err
	}
	return setIDOutput{set.ID, set.StackID}, nil
}

func (o *operations) listSets(ctx context.Context, in stackInput) (setSummariesOutput, error) {
	sets, err := o.ChangeSets(ctx, in.StackName)
	out := setSummariesOutput{Summaries: make([]setSummary, len(sets))}
	for i, s := range sets {
		out.Summaries[i] = setSummary{s.StackID, s.StackName, s.ID, s.Name, s.ExecutionStatus, s.Status, s.StatusReason, stamp(s.Created), s.Description, s.IncludeNested, s.ImportExisting, s.ParentID, s.RootID}
	}
	return out, err
}

type setOutput struct {
	Name             string           `aws:"ChangeSetName"`
	ID               string           `aws:"ChangeSetId"`
	StackID          string           `aws:"StackId"`
	StackName        string           `aws:"StackName"`
	Description      string           `aws:"Description"`
	Parameters       []parameterShape `aws:"Parameters"`
	Created          string           `aws:"CreationTime"`
	ExecutionStatus  string           `aws:"ExecutionStatus"`
	Status           string           `aws:"Status"`
	StatusReason     string           `aws:"StatusReason"`
	NotificationARNs []string         `aws:"NotificationARNs,keep"`
	Rollback         noTriggers       `aws:"RollbackConfiguration,keep"`
	Capabilities     []string         `aws:"Capabilities"`
	Tags             []stack.Tag      `aws:"Tags"`
	Changes          []changeShape    `aws:"Changes,keep"`
	IncludeNested    bool             `aws:"IncludeNestedStacks"`
	OnStackFailure   string           `aws:"OnStackFailure"`
	ImportExisting   bool             `aws:"ImportExistingResources"`
	ParentID         string           `aws:"ParentChangeSetId"`
	RootID           string           `aws:"RootChangeSetId"`
}

type changeShape struct {
	Type   string              `aws:"Type"`
	Change resourceChangeShape `aws:"ResourceChange"`
}

type resourceChangeShape struct {
	PolicyAction string        `aws:"PolicyAction"`
	Action       string        `aws:"Action"`
	LogicalID    string        `aws:"LogicalResourceId"`
	PhysicalID   string        `aws:"PhysicalResourceId"`
	Type         string        `aws:"ResourceType"`
	Replacement  string        `aws:"Replacement"`
	Scope        []string      `aws:"Scope,keep"`
	Details      []detailShape `aws:"Details,keep"`
	Before       string        `aws:"BeforeContext"`
	After        string        `aws:"AfterContext"`
	ChangeSetID  string        `aws:"ChangeSetId"`
}

type detailShape struct {
	Target     targetShape `aws:"Target"`
	Evaluation string      `aws:"Evaluation"`
	Source     string      `aws:"ChangeSource"`
	Cause      string      `aws:"CausingEntity"`
}

type targetShape struct {
	Attribute  string `aws:"Attribute"`
	Name       string `aws:"Name"`
	Recreation string `aws:"RequiresRecreation"`
	Path       string `aws:"Path"`
	Before     string `aws:"BeforeValue"`
	After      string `aws:"AfterValue"`
}

func (o *operations) describeSet(ctx context.Context, in setInput) (setOutput, error) {
	set, err := o.ChangeSet(ctx, in.ChangeSetName, in.StackName)
	if err != nil {
		return setOutput{}, err
	}
	out := setOutput{
		Name: set.Name, ID: set.ID, StackID: set.StackID, StackName: set.StackName, Description: set.Description, Created: stamp(set.Created),
		ExecutionStatus: set.ExecutionStatus, Status: set.Status, StatusReason: set.StatusReason, NotificationARNs: set.Input.NotificationARNs,
		Capabilities: set.Input.Capabilities, Tags: tagShapes(set.Input.Tags), IncludeNested: set.IncludeNested, ImportExisting: set.ImportExisting, OnStackFailure: set.OnStackFailure,
		Parameters: parameterShapes(o.Parameters(set.Input)), ParentID: set.ParentID, RootID: set.RootID,
	}
	for _, c := range set.Changes {
		out.Changes = append(out.Changes, changeShape{"Resource", changeOf(c)})
	}
	return out, nil
}

func changeOf(c stack.Change) resourceChangeShape {
	shape := resourceChangeShape{
		PolicyAction: c.PolicyAction, Action: c.Action, LogicalID: c.LogicalID, PhysicalID: c.PhysicalID, Type: c.Type,
		Replacement: c.Replacement, Scope: c.Scope, Before: c.Before, After: c.After, ChangeSetID: c.ChangeSetID,
	}
	for _, d := range c.Details {
		detail := detailShape{Target: targetShape{Attribute: d.Attribute, Name: d.Name, Recreation: d.Recreation, Before: d.Before, After: d.After}, Evaluation: "Static", Source: "DirectModification", Cause: d.Cause}
		if d.Name != "" {
			detail.Target.Path = "/Properties/" + d.Name
		}
		if d.Dynamic {
			detail.Evaluation, detail.Source = "Dynamic", "ResourceReference"
		}
		shape.Details = append(shape.Details, detail)
	}
	return shape
}
