package cloudformation

import (
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

type parameterShape struct {
	Key      string `aws:"ParameterKey"`
	Value    string `aws:"ParameterValue,keep"`
	Resolved string `aws:"ResolvedValue"`
}

type outputShape struct {
	Key         string `aws:"OutputKey"`
	Value       string `aws:"OutputValue,keep"`
	Description string `aws:"Description"`
	ExportName  string `aws:"ExportName"`
}

type noTriggers struct{}

type stackShape struct {
	StackID               string           `aws:"StackId"`
	StackName             string           `aws:"StackName"`
	ChangeSetID           string           `aws:"ChangeSetId"`
	Description           string           `aws:"Description"`
	Parameters            []parameterShape `aws:"Parameters"`
	Created               string           `aws:"CreationTime"`
	Deleted               string           `aws:"DeletionTime"`
	Updated               string           `aws:"LastUpdatedTime"`
	RollbackConfiguration noTriggers       `aws:"RollbackConfiguration,keep"`
	Status                string           `aws:"StackStatus"`
	StatusReason          string           `aws:"StackStatusReason"`
	DisableRollback       bool             `aws:"DisableRollback"`
	NotificationARNs      []string         `aws:"NotificationARNs,keep"`
	TimeoutInMinutes      *int             `aws:"TimeoutInMinutes"`
	Capabilities          []string         `aws:"Capabilities"`
	Outputs               []outputShape    `aws:"Outputs"`
	RoleARN               string           `aws:"RoleARN"`
	Tags                  []stack.Tag      `aws:"Tags,keep"`
	TerminationProtection bool             `aws:"EnableTerminationProtection"`
	ParentID              string           `aws:"ParentId"`
	RootID                string           `aws:"RootId"`
	Drift                 drift            `aws:"DriftInformation"`
}

func shapeOf(d stack.Description) stackShape {
	s := d.Stack
	shape := stackShape{
		StackID: s.ID, StackName: s.Name, ChangeSetID: s.ChangeSetID, Description: s.Description, Created: stamp(s.Created), Deleted: stamp(s.Deleted),
		Updated: stamp(s.Updated), Status: s.Status, StatusReason: s.StatusReason, DisableRollback: s.DisableRollback,
		NotificationARNs: d.Input.NotificationARNs, Capabilities: d.Input.Capabilities, RoleARN: d.Input.RoleARN, Tags: tagShapes(d.Input.Tags),
		TerminationProtection: s.TerminationProtection, ParentID: s.ParentID, RootID: s.RootID, Drift: driftOf(s), Parameters: parameterShapes(d.Parameters),
	}
	if s.TimeoutInMinutes > 0 {
		shape.TimeoutInMinutes = &s.TimeoutInMinutes
	}
	for _, o := range s.Outputs {
		shape.Outputs = append(shape.Outputs, outputShape(o))
	}
	return shape
}

func parameterShapes(parameters []stack.ParameterValue) []parameterShape {
	var shapes []parameterShape
	for _, p := range parameters {
		shapes = append(shapes, parameterShape{p.Key, p.Value, p.Resolved})
	}
	return shapes
}

func tagShapes(tags map[string]string) []stack.Tag {
	list := make([]stack.Tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, stack.Tag{Key: key, Value: tags[key]})
	}
	return list
}

type stackSummary struct {
	StackID      string `aws:"StackId"`
	StackName    string `aws:"StackName"`
	Description  string `aws:"TemplateDescription"`
	Created      string `aws:"CreationTime"`
	Updated      string `aws:"LastUpdatedTime"`
	Deleted      string `aws:"DeletionTime"`
	Status       string `aws:"StackStatus"`
	StatusReason string `aws:"StackStatusReason"`
	ParentID     string `aws:"ParentId"`
	RootID       string `aws:"RootId"`
	Drift        drift  `aws:"DriftInformation"`
}

type eventShape struct {
	StackID     string `aws:"StackId"`
	EventID     string `aws:"EventId"`
	StackName   string `aws:"StackName"`
	OperationID string `aws:"OperationId"`
	LogicalID   string `aws:"LogicalResourceId"`
	PhysicalID  string `aws:"PhysicalResourceId"`
	Type        string `aws:"ResourceType"`
	At          string `aws:"Timestamp"`
	Status      string `aws:"ResourceStatus"`
	Reason      string `aws:"ResourceStatusReason"`
	Token       string `aws:"ClientRequestToken"`
}

type resourceDetail struct {
	StackName    string        `aws:"StackName"`
	StackID      string        `aws:"StackId"`
	LogicalID    string        `aws:"LogicalResourceId"`
	PhysicalID   string        `aws:"PhysicalResourceId"`
	Type         string        `aws:"ResourceType"`
	Updated      string        `aws:"LastUpdatedTimestamp"`
	Status       string        `aws:"ResourceStatus"`
	StatusReason string        `aws:"ResourceStatusReason"`
	Metadata     string        `aws:"Metadata"`
	Drift        resourceDrift `aws:"DriftInformation"`
}

type resourceShape struct {
	StackName    string        `aws:"StackName"`
	StackID      string        `aws:"StackId"`
	LogicalID    string        `aws:"LogicalResourceId"`
	PhysicalID   string        `aws:"PhysicalResourceId"`
	Type         string        `aws:"ResourceType"`
	At           string        `aws:"Timestamp"`
	Status       string        `aws:"ResourceStatus"`
	StatusReason string        `aws:"ResourceStatusReason"`
	Drift        resourceDrift `aws:"DriftInformation"`
}

type resourceSummary struct {
	LogicalID    string        `aws:"LogicalResourceId"`
	PhysicalID   string        `aws:"PhysicalResourceId"`
	Type         string        `aws:"ResourceType"`
	Updated      string        `aws:"LastUpdatedTimestamp"`
	Status       string        `aws:"ResourceStatus"`
	StatusReason string        `aws:"ResourceStatusReason"`
	Drift        resourceDrift `aws:"DriftInformation"`
}

type exportShape struct {
	StackID string `aws:"ExportingStackId"`
	Name    string `aws:"Name"`
	Value   string `aws:"Value,keep"`
}

type declaredParameter struct {
	Key         string      `aws:"ParameterKey"`
	Default     *string     `aws:"DefaultValue"`
	Type        string      `aws:"ParameterType"`
	NoEcho      bool        `aws:"NoEcho"`
	Description string      `aws:"Description"`
	Constraints constraints `aws:"ParameterConstraints,keep"`
}

type constraints struct {
	AllowedValues []string `aws:"AllowedValues"`
}

type summaryOutput struct {
	Parameters         []declaredParameter `aws:"Parameters,keep"`
	Description        string              `aws:"Description"`
	Capabilities       []string            `aws:"Capabilities"`
	CapabilitiesReason string              `aws:"CapabilitiesReason"`
	ResourceTypes      []string            `aws:"ResourceTypes,keep"`
	Version            string              `aws:"Version"`
	Metadata           string              `aws:"Metadata"`
	DeclaredTransforms []string            `aws:"DeclaredTransforms"`
}

func summaryShape(s stack.Summary) summaryOutput {
	out := summaryOutput{
		Parameters: []declaredParameter{}, Description: s.Description, Capabilities: s.Capabilities, CapabilitiesReason: s.CapabilitiesReason,
		ResourceTypes: s.ResourceTypes, Version: s.Version, Metadata: s.Metadata, DeclaredTransforms: s.Transforms,
	}
	for _, p := range s.Parameters {
		out.Parameters = append(out.Parameters, declaredParameter{p.Key, p.Default, p.Type, p.NoEcho, p.Description, constraints{p.AllowedValues}})
	}
	return out
}

type validatedParameter struct {
	Key         string  `aws:"ParameterKey"`
	Default     *string `aws:"DefaultValue"`
	NoEcho      bool    `aws:"NoEcho"`
	Description string  `aws:"Description"`
}

type validationOutput struct {
	Parameters         []validatedParameter `aws:"Parameters,keep"`
	Description        string               `aws:"Description"`
	Capabilities       []string             `aws:"Capabilities"`
	CapabilitiesReason string               `aws:"CapabilitiesReason"`
	DeclaredTransforms []string             `aws:"DeclaredTransforms"`
}

func validationShape(s stack.Summary) validationOutput {
	out := validationOutput{
		Parameters: []validatedParameter{}, Description: s.Description, Capabilities: s.Capabilities, CapabilitiesReason: s.CapabilitiesReason, DeclaredTransforms: s.Transforms,
	}
	for _, p := range s.Parameters {
		out.Parameters = append(out.Parameters, validatedParameter{p.Key, p.Default, p.NoEcho, p.Description})
	}
	return out
}
