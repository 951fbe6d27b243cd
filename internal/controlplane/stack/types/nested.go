package types

import "github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"

// nested is the type of stacks in stacks. What makes them is the service of stacks itself.
func nested() resource.Type {
	return resource.Type{
		Name: "AWS::CloudFormation::Stack",
		Properties: resource.Properties{
			"TemplateURL":      resource.Text().Required(),
			"Parameters":       resource.MapOf(resource.Text()),
			"NotificationARNs": resource.ListOf(resource.Text()).Noted("there is no SNS here."),
			"TimeoutInMinutes": resource.Integer(),
			"Tags":             resource.TagList(),
		},
		Attributes: []string{"Outputs.*"},
	}
}
