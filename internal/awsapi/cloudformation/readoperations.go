package cloudformation

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

type stacksOutput struct {
	Stacks []stackShape `aws:"Stacks,keep"`
}

type resourceInput struct {
	StackName  string `aws:"StackName"`
	LogicalID  string `aws:"LogicalResourceId"`
	PhysicalID string `aws:"PhysicalResourceId"`
}

type oneResourceInput struct {
	StackName string `aws:"StackName"`
	LogicalID string `aws:"LogicalResourceId"`
}

type statusInput struct {
	Statuses []string `aws:"StackStatusFilter"`
}

type templateInput struct {
	StackName     string `aws:"StackName"`
	ChangeSetName string `aws:"ChangeSetName"`
	Stage         string `aws:"TemplateStage"`
}

type templateOutput struct {
	Body   string   `aws:"TemplateBody"`
	Stages []string `aws:"StagesAvailable,keep"`
}

type summaryInput struct {
	Template  stack.TemplateInput `aws:"*"`
	StackName string              `aws:"StackName"`
}

type exportsOutput struct {
	Exports []exportShape `aws:"Exports,keep"`
}

type exportInput struct {
	Name string `aws:"ExportName"`
}

type importsOutput struct {
	Imports []string `aws:"Imports,keep"`
}

type emptyInput struct{}

// reading are the operations that change nothing.
func (o *operations) reading() []wire.QueryOperation {
	named := func(ctx context.Context, in stackInput) wire.Target { return o.on(ctx, in.StackName) }
	return []wire.QueryOperation{
		wire.QueryReply("DescribeStacks", named, o.describeStacks),
		wire.QueryReply("ListStacks", onAll[statusInput], o.listStacks),
		wire.QueryReply("DescribeStackEvents", named, o.describeEvents),
		wire.QueryReply("DescribeStackResource", func(ctx context.Context, in oneResourceInput) wire.Target { return o.on(ctx, in.StackName) }, o.describeResource),
		wire.QueryReply("DescribeStackResources", func(ctx context.Context, in resourceInput) wire.Target {
			if name, err := o.Holder(ctx, in.PhysicalID); in.StackName == "" && err == nil {
				return o.on(ctx, name)
			}
			return o.on(ctx, in.StackName)
		}, o.describeResources),
		wire.QueryReply("ListStackResources", named, o.listResources),
		wire.QueryReply("GetTemplate", func(ctx context.Context, in templateInput) wire.Target {
			return o.onSet(ctx, setInput{in.ChangeSetName, in.StackName})
		}, o.getTemplate),
		wire.QueryReply("GetTemplateSummary", func(ctx context.Context, in summaryInput) wire.Target { return o.on(ctx, in.StackName) }, o.getSummary),
		wire.QueryReply("ValidateTemplate", onAll[stack.TemplateInput], o.validateTemplate),
		wire.QueryReply("ListExports", onAll[emptyInput], o.listExports),
		wire.QueryReply("ListImports", onAll[exportInput], func(ctx context.Context, in exportInput) (importsOutput, error) {
			names, err := o.Importers(ctx, in.Name)
			return importsOutput{names}, err
		}),
	}
}

func (o *operations) describeStacks(ctx context.Context, in stackInput) (stacksOutput, error) {
	stacks, err := o.Stacks(ctx, in.StackName)
	out := stacksOutput{Stacks: make([]stackShape, len(stacks))}
	for i, s := range stacks {
		out.Stacks[i] = shapeOf(o.Described(s))
	}
	return out, err
}

type summariesOutput struct {
	Summaries []stackSummary `aws:"StackSummaries,keep"`
}

func (o *operations) listStacks(ctx context.Context, in statusInput) (summariesOutput, error) {
	stacks, err := o.List(ctx, in.Statuses)
	out := summariesOutput{Summaries: make([]stackSummary, len(stacks))}
	for i, s := range stacks {
		out.Summaries[i] = stackSummary{
			s.ID, s.Name, s.Description, stamp(s.Created), stamp(s.Updated), stamp(s.Deleted), s.Status, s.StatusReason, s.ParentID, s.RootID, driftOf(s),
		}
	}
	return out, err
}

type eventsOutput struct {
	Events []eventShape `aws:"StackEvents,keep"`
}

// describeEvents returns the newest first.
func (o *operations) describeEvents(ctx context.Context, in stackInput) (eventsOutput, error) {
	s, err := o.Stack(ctx, in.StackName)
	if err != nil {
		return eventsOutput{}, err
	}
	out := eventsOutput{Events: make([]eventShape, 0, len(s.Events))}
	for i := len(s.Events) - 1; i >= 0; i-- {
		e := s.Events[i]
		out.Events = append(out.Events, eventShape{s.ID, e.ID, s.Name, e.OperationID, e.LogicalID, e.PhysicalID, e.Type, stamp(e.At), e.Status, e.Reason, e.Token})
	}
	return out, nil
}

type resourceOutput struct {
	Detail resourceDetail `aws:"StackResourceDetail"`
}

func (o *operations) describeResource(ctx context.Context, in oneResourceInput) (resourceOutput, error) {
	s, resources, err := o.Resources(ctx, in.StackName, in.LogicalID, "")
	if err != nil {
		return resourceOutput{}, err
	}
	r := resources[0]
	return resourceOutput{resourceDetail{s.Name, s.ID, r.LogicalID, r.ID, r.Type, stamp(r.Updated), r.Status, r.StatusReason, r.MetadataText(), resourceDriftOf(s, r.LogicalID)}}, nil
}

type resourcesOutput struct {
	Resources []resourceShape `aws:"StackResources,keep"`
}

func (o *operations) describeResources(ctx context.Context, in resourceInput) (resourcesOutput, error) {
	s, resources, err := o.Resources(ctx, in.StackName, in.LogicalID, in.PhysicalID)
	out := resourcesOutput{Resources: make([]resourceShape, len(resources))}
	for i, r := range resources {
		out.Resources[i] = resourceShape{s.Name, s.ID, r.LogicalID, r.ID, r.Type, stamp(r.Updated), r.Status, r.StatusReason, resourceDriftOf(s, r.LogicalID)}
	}
	return out, err
}

type resourceSummariesOutput struct {
	Summaries []resourceSummary `aws:"StackResourceSummaries,keep"`
}

func (o *operations) listResources(ctx context.Context, in stackInput) (resourceSummariesOutput, error) {
	s, resources, err := o.Resources(ctx, in.StackName, "", "")
	out := resourceSummariesOutput{Summaries: make([]resourceSummary, len(resources))}
	for i, r := range resources {
		out.Summaries[i] = resourceSummary{r.LogicalID, r.ID, r.Type, stamp(r.Updated), r.Status, r.StatusReason, resourceDriftOf(s, r.LogicalID)}
	}
	return out, err
}

func (o *operations) getTemplate(ctx context.Context, in templateInput) (templateOutput, error) {
	body, err := o.TemplateOf(ctx, in.StackName, in.ChangeSetName, in.Stage == "Processed")
	return templateOutput{body, []string{"Original", "Processed"}}, err
}

func (o *operations) getSummary(ctx context.Context, in summaryInput) (summaryOutput, error) {
	who, err := caller(ctx)
	if err != nil {
		return summaryOutput{}, err
	}
	summary, err := o.Summary(ctx, who, in.Template, in.StackName)
	return summaryShape(summary), err
}

func (o *operations) validateTemplate(ctx context.Context, in stack.TemplateInput) (validationOutput, error) {
	who, err := caller(ctx)
	if err != nil {
		return validationOutput{}, err
	}
	summary, err := o.Summary(ctx, who, in, "")
	return validationShape(summary), err
}

func (o *operations) listExports(ctx context.Context, _ emptyInput) (exportsOutput, error) {
	exports, err := o.Exports(ctx)
	out := exportsOutput{Exports: make([]exportShape, len(exports))}
	for i, e := range exports {
		out.Exports[i] = exportShape{e.StackID, e.Name, e.Value}
	}
	return out, err
}
