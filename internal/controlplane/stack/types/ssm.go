package types

import (
	"context"
	"maps"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// parameterService is the signing name of Systems Manager.
const parameterService = "ssm"

// parameterTypes are the types of Systems Manager.
func parameterTypes() []resource.Type { return []resource.Type{parameter()} }

// parameterProperties are the members of PutParameter.
var parameterProperties = []string{"AllowedPattern", "DataType", "Description", "Tier", "Type", "Value"}

func parameter() resource.Type {
	return resource.Type{
		Name: "AWS::SSM::Parameter", Attributes: []string{"Type", "Value"},
		Properties: resource.Properties{
			"Name": resource.Text().Replaces(), "Type": resource.OneOf("String", "StringList").Required().Replaces(), "Value": resource.Text().Required(),
			"Description": resource.Text(), "AllowedPattern": resource.Text(), "DataType": resource.OneOf("text").Replaces(),
			"Tier":     resource.OneOf("Standard", "Advanced", "Intelligent-Tiering"),
			"Tags":     resource.MapOf(resource.Text()),
			"Policies": resource.Refused("parameters do not expire and notify nobody."),
		},
		Create: createParameter, Update: updateParameter, Find: findParameter, Read: readParameter,
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, parameterService, "DeleteParameter", map[string]any{"Name": r.PhysicalID})
			return err
		},
	}
}

func parameterName(r *resource.Request) string {
	if name := r.Text("Name"); name != "" {
		return name
	}
	return r.Name(1011)
}

func parameterState(r *resource.Request, name string) resource.State {
	return resource.State{PhysicalID: name, Attributes: map[string]any{"Type": r.Text("Type"), "Value": r.Text("Value")}}
}

func createParameter(ctx context.Context, r *resource.Request) (resource.State, error) {
	members := given(r, parameterProperties...)
	members["Name"], members["Tags"] = parameterName(r), r.TagList()
	if _, err := r.Call(ctx, parameterService, "PutParameter", members); err != nil {
		return resource.State{}, err
	}
	return parameterState(r, parameterName(r)), nil
}

func updateParameter(ctx context.Context, r *resource.Request) (resource.State, error) {
	if changed := r.Changed(); strings.Join(changed, "") != "Tags" && len(changed) > 0 {
		members := given(r, parameterProperties...)
		for _, name := range []string{"AllowedPattern", "Description"} {
			if _, there := members[name]; !there {
				members[name] = ""
			}
		}
		members["Name"], members["Overwrite"] = r.PhysicalID, true
		if _, err := r.Call(ctx, parameterService, "PutParameter", members); err != nil {
			return resource.State{}, err
		}
	}
	set, removed := r.TagChanges()
	about := func(name string, value any) map[string]any {
		return map[string]any{"ResourceType": "Parameter", "ResourceId": r.PhysicalID, name: value}
	}
	if len(set) > 0 {
		if _, err := r.Call(ctx, parameterService, "AddTagsToResource", about("Tags", resource.TagPairs(set))); err != nil {
			return resource.State{}, err
		}
	}
	if len(removed) > 0 {
		if _, err := r.Call(ctx, parameterService, "RemoveTagsFromResource", about("TagKeys", removed)); err != nil {
			return resource.State{}, err
		}
	}
	return parameterState(r, r.PhysicalID), nil
}

// findParameter looks for a parameter that carries this stack's tags.
func findParameter(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
	name := parameterName(r)
	response, err := r.Call(ctx, parameterService, "ListTagsForResource", map[string]any{"ResourceType": "Parameter", "ResourceId": name})
	if pasarela.CodeOf(err) == "InvalidResourceId" {
		return resource.State{}, false, nil
	}
	if err != nil {
		return resource.State{}, false, err
	}
	tags := map[string]any{}
	list, _ := response["TagList"].([]any)
	for _, each := range list {
		tag, _ := each.(map[string]any)
		key, _ := tag["Key"].(string)
		tags[key] = tag["Value"]
	}
	if tags[TagStackID] != r.StackID || tags[TagLogicalID] != r.LogicalID {
		return resource.State{}, false, nil
	}
	return parameterState(r, name), true, nil
}

// readParameter reads what GetParameter returns of a parameter; its description and tags
// are read by other operations.
func readParameter(ctx context.Context, r *resource.Request) (map[string]any, error) {
	response, err := r.Call(ctx, parameterService, "GetParameter", map[string]any{"Name": r.PhysicalID})
	if err != nil {
		return nil, err
	}
	parameter, _ := response["Parameter"].(map[string]any)
	live := maps.Clone(r.Properties)
	for _, name := range []string{"Name", "Type", "Value"} {
		if _, given := r.Properties[name]; given {
			live[name] = parameter[name]
		}
	}
	return live, nil
}
