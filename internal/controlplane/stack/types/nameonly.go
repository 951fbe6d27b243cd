package types

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// nameOnlyTypes are types of which nothing but a name is kept.
func nameOnlyTypes() []resource.Type {
	return []resource.Type{logGroup(), metadata(), nested(), waitConditionHandle()}
}

// logGroup is a name under which stages and functions write. A log group here begins to
// exist with its first line, so there is nothing to create, and the lines outlive the
// stack: `pasarela logs` reads them.
func logGroup() resource.Type {
	properties := resource.Properties{
		"LogGroupName":                     resource.Text().Replaces(),
		"RetentionInDays":                  resource.Integer().Noted("logs are bounded by size."),
		"KmsKeyId":                         resource.Text().Noted("there are no keys of KMS; logs lie in the data directory."),
		"LogGroupClass":                    resource.OneOf("STANDARD", "INFREQUENT_ACCESS", "DELIVERY").Replaces().Noted("there is one class."),
		"DataProtectionPolicy":             resource.Refused("nothing in a log is hidden or found by such a policy."),
		"FieldIndexPolicies":               resource.Refused("there are no indexes of logs."),
		"ResourcePolicyDocument":           resource.Refused("log groups have no policies of their own."),
		"DeletionProtectionEnabled":        resource.Boolean().Noted("the lines of a log group outlive its stack anyway."),
		"BearerTokenAuthenticationEnabled": resource.Boolean().Noted("nobody writes log lines over HTTP."),
		"Tags":                             resource.TagList().Noted("log groups have no tags."),
	}
	state := func(r *resource.Request, name string) resource.State {
		arn := "arn:aws:logs:" + r.RegionAccount.Region + ":" + r.RegionAccount.AccountID + ":log-group:" + name + ":*"
		return resource.State{PhysicalID: name, Attributes: map[string]any{"Arn": arn}}
	}
	return resource.Type{
		Name: "AWS::Logs::LogGroup", Properties: properties, Attributes: []string{"Arn"},
		Create: func(_ context.Context, r *resource.Request) (resource.State, error) {
			name := r.Text("LogGroupName")
			if name == "" {
				name = r.Name(128) // a part of a log group's name has no more here
			}
			return state(r, name), nil
		},
		Update: func(_ context.Context, r *resource.Request) (resource.State, error) {
			return state(r, r.PhysicalID), nil
		},
	}
}

// metadata is what the CDK tells AWS of itself.
func metadata() resource.Type {
	named := func(_ context.Context, r *resource.Request) (resource.State, error) {
		if r.PhysicalID != "" {
			return resource.State{PhysicalID: r.PhysicalID}, nil
		}
		return resource.State{PhysicalID: r.Name(128)}, nil
	}
	return resource.Type{
		Name: "AWS::CDK::Metadata", Properties: resource.Properties{"Analytics": resource.Text(), "Modules": resource.Text()},
		Create: named, Update: named,
	}
}

// waitConditionHandle returns a URL that no WaitCondition waits for; templates use it
// to have a resource that does nothing.
func waitConditionHandle() resource.Type {
	return resource.Type{
		Name: "AWS::CloudFormation::WaitConditionHandle", Properties: resource.Properties{},
		Create: func(_ context.Context, r *resource.Request) (resource.State, error) {
			return resource.State{PhysicalID: "https://cloudformation-waitcondition-" + r.RegionAccount.Region + ".s3.amazonaws.com/" + r.StackID + "/" + r.LogicalID}, nil
		},
	}
}
