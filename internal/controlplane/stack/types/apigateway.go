package types

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// v1 is the service of API Gateway's first API.
const v1 = "apigateway"

func keyTypes() []resource.Type {
	return []resource.Type{apiKey(), usagePlan(), usagePlanKey(), account()}
}

// patches are operations of a PATCH of API Gateway's first API, in order.
type patches []any

func (p *patches) add(op, path string, value any) {
	*p = append(*p, map[string]any{"op": op, "path": path, "value": fmt.Sprint(value)})
}

// fields adds a replacement for each of those properties that differ and are texts,
// numbers or truth values; one that is given no longer is emptied.
func (p *patches) fields(r *resource.Request, paths map[string]string, absent map[string]any) {
	for _, name := range r.Changed() {
		path, ok := paths[name]
		if !ok {
			continue
		}
		value, given := r.Properties[name]
		if !given {
			value = absent[name]
		}
		if value == nil {
			value = ""
		}
		p.add("replace", path, value)
	}
}

func apiKey() resource.Type {
	properties := resource.Properties{
		"Name":               resource.Text().Replaces(),
		"Value":              resource.Text().Replaces(),
		"GenerateDistinctId": resource.Boolean().Replaces().Noted("the identifier always differs from the value."),
		"CustomerId":         resource.Text(),
		"Description":        resource.Text(),
		"Enabled":            resource.Boolean(),
		"StageKeys":          resource.Refused("AWS has replaced it by usage plans; use AWS::ApiGateway::UsagePlanKey."),
		"Tags":               resource.TagList(),
	}
	state := func(response map[string]any) resource.State {
		id, _ := response["id"].(string)
		return resource.State{PhysicalID: id, Attributes: map[string]any{"APIKeyId": id}}
	}
	return resource.Type{
		Name: "AWS::ApiGateway::ApiKey", Properties: properties, Attributes: []string{"APIKeyId"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := properties.ToWire(r.Properties)
			delete(members, "generateDistinctId")
			if r.Text("Name") == "" {
				members["name"] = r.Name(128)
			}
			members["tags"] = r.TagMap()
			response, err := r.Call(ctx, v1, "CreateApiKey", members)
			return state(response), err
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			if err := retag(ctx, r, v1, "/apikeys/"+r.PhysicalID); err != nil {
				return resource.State{}, err
			}
			var p patches
			p.fields(r, map[string]string{"CustomerId": "/customerId", "Description": "/description", "Enabled": "/enabled"}, map[string]any{"Enabled": false})
			if len(p) > 0 {
				if _, err := r.Call(ctx, v1, "UpdateApiKey", map[string]any{"api_Key": r.PhysicalID, "patchOperations": []any(p)}); err != nil {
					return resource.State{}, err
				}
			}
			return state(map[string]any{"id": r.PhysicalID}), nil
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, v1, "DeleteApiKey", map[string]any{"api_Key": r.PhysicalID})
			return err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, v1, "GetApiKey", map[string]any{"api_Key": pasarela.DerivedAPIID(r.CreationToken)})
			return state(response), err == nil, ignoreGone(err)
		},
	}
}

func usagePlan() resource.Type {
	limits := resource.Object(resource.Properties{"BurstLimit": resource.Integer(), "RateLimit": resource.Number()})
	properties := resource.Properties{
		"ApiStages": resource.ListOf(resource.Object(resource.Properties{
			"ApiId": resource.Text(), "Stage": resource.Text(), "Throttle": resource.MapOf(limits),
		})),
		"Description":   resource.Text(),
		"Quota":         resource.Object(resource.Properties{"Limit": resource.Integer(), "Offset": resource.Integer(), "Period": resource.Text()}),
		"Tags":          resource.TagList(),
		"Throttle":      limits,
		"UsagePlanName": resource.Text().As("name"),
	}
	state := func(response map[string]any) resource.State {
		id, _ := response["id"].(string)
		return resource.State{PhysicalID: id, Attributes: map[string]any{"Id": id}}
	}
	return resource.Type{
		Name: "AWS::ApiGateway::UsagePlan", Properties: properties, Attributes: []string{"Id"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := properties.ToWire(r.Properties)
			if r.Text("UsagePlanName") == "" {
				members["name"] = r.Name(128)
			}
			members["tags"] = r.TagMap()
			response, err := r.Call(ctx, v1, "CreateUsagePlan", members)
			return state(response), err
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			if err := retag(ctx, r, v1, "/usageplans/"+r.PhysicalID); err != nil {
				return resource.State{}, err
			}
			present, err := currentStages(ctx, r)
			if err != nil {
				return resource.State{}, err
			}
			if p := planPatches(r, present); len(p) > 0 {
				if _, err := r.Call(ctx, v1, "UpdateUsagePlan", map[string]any{"usageplanId": r.PhysicalID, "patchOperations": []any(p)}); err != nil {
					return resource.State{}, err
				}
			}
			return state(map[string]any{"id": r.PhysicalID}), nil
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			// A plan is not removed while stages are in it; the stack means the plan whole.
			var p patches
			present, err := currentStages(ctx, r)
			if err != nil {
				return err
			}
			for _, stage := range present {
				p.add("remove", "/apiStages", stage)
			}
			if len(p) > 0 {
				_, err := r.Call(ctx, v1, "UpdateUsagePlan", map[string]any{"usageplanId": r.PhysicalID, "patchOperations": []any(p)})
				if err != nil && !resource.IsGone(err) {
					return err
				}
			}
			_, err = r.Call(ctx, v1, "DeleteUsagePlan", map[string]any{"usageplanId": r.PhysicalID})
			return err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, v1, "GetUsagePlan", map[string]any{"usageplanId": pasarela.DerivedShortID(r.CreationToken)})
			return state(response), err == nil, ignoreGone(err)
		},
	}
}

// currentStages are the stages that a plan has, as planStages has them: an update that is done
// again after its program ended finds the plan changed already.
func currentStages(ctx context.Context, r *resource.Request) ([]string, error) {
	response, err := r.Call(ctx, v1, "GetUsagePlan", map[string]any{"usageplanId": r.PhysicalID})
	return planStages(response["apiStages"], "apiId", "stage"), err
}

// planStages are the stages of a plan as apiId:stage, each once.
func planStages(stages any, api, name string) []string {
	var names []string
	list, _ := stages.([]any)
	for _, item := range list {
		stage, _ := item.(map[string]any)
		name := fmt.Sprint(stage[api], ":", stage[name])
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func planPatches(r *resource.Request, present []string) patches {
	var p patches
	p.fields(r, map[string]string{"Description": "/description"}, nil)
	if r.Text("UsagePlanName") != "" {
		p.fields(r, map[string]string{"UsagePlanName": "/name"}, nil)
	}
	for _, name := range r.Changed() {
		switch name {
		case "Throttle":
			p.object(r, name, "/throttle")
		case "Quota":
			p.object(r, name, "/quota")
		case "ApiStages":
			p.stages(r, present)
		}
	}
	return p
}

// object replaces the members of an object, or removes it.
func (p *patches) object(r *resource.Request, name, path string) {
	members, _ := r.Properties[name].(map[string]any)
	if _, had := r.Previous[name]; had {
		p.add("remove", path, "")
	}
	for _, member := range slices.Sorted(maps.Keys(members)) {
		p.add("replace", path+"/"+lower(member), members[member])
	}
}

// stages moves a plan from the stages that it has to those that it shall have. Throttles of
// single routes are set again.
func (p *patches) stages(r *resource.Request, before []string) {
	after := planStages(r.Properties["ApiStages"], "ApiId", "Stage")
	for _, name := range before {
		if !slices.Contains(after, name) {
			p.add("remove", "/apiStages", name)
		}
	}
	for _, name := range after {
		if !slices.Contains(before, name) {
			p.add("add", "/apiStages", name)
		}
	}
	list, _ := r.Properties["ApiStages"].([]any)
	for _, item := range list {
		stage, _ := item.(map[string]any)
		path := fmt.Sprint("/apiStages/", stage["ApiId"], ":", stage["Stage"], "/throttle")
		if slices.Contains(before, fmt.Sprint(stage["ApiId"], ":", stage["Stage"])) {
			p.add("remove", path, "")
		}
		throttles, _ := stage["Throttle"].(map[string]any)
		for _, route := range slices.Sorted(maps.Keys(throttles)) {
			limits, _ := throttles[route].(map[string]any)
			for _, member := range slices.Sorted(maps.Keys(limits)) {
				p.add("replace", path+"/"+strings.ReplaceAll(route, "/", "~1")+"/"+lower(member), limits[member])
			}
		}
	}
}

func usagePlanKey() resource.Type {
	properties := resource.Properties{
		"KeyId":       resource.Text().Required().Replaces(),
		"KeyType":     resource.OneOf("API_KEY").Required().Replaces(),
		"UsagePlanId": resource.Text().Required().Replaces(),
	}
	state := func(r *resource.Request) resource.State {
		id := r.Text("KeyId") + ":" + r.Text("UsagePlanId")
		return resource.State{PhysicalID: id, Attributes: map[string]any{"Id": id}}
	}
	named := func(r *resource.Request) map[string]any {
		return map[string]any{"usageplanId": r.Properties["UsagePlanId"], "keyId": r.Properties["KeyId"]}
	}
	return resource.Type{
		Name: "AWS::ApiGateway::UsagePlanKey", Properties: properties, Attributes: []string{"Id"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := named(r)
			members["keyType"] = r.Properties["KeyType"]
			if _, err := r.Call(ctx, v1, "CreateUsagePlanKey", members); err != nil {
				return resource.State{}, err
			}
			return state(r), nil
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, v1, "DeleteUsagePlanKey", named(r))
			return err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			_, err := r.Call(ctx, v1, "GetUsagePlanKey", named(r))
			if resource.IsGone(err) {
				return resource.State{}, false, nil
			}
			return state(r), err == nil, err
		},
	}
}

// account is the account's settings. They are there before and after every stack, so
// deleting the resource leaves them, as on AWS.
func account() resource.Type {
	set := func(ctx context.Context, r *resource.Request) (resource.State, error) {
		id := r.PhysicalID
		if id == "" {
			id = r.Name(64)
		}
		patch := map[string]any{"op": "replace", "path": "/cloudwatchRoleArn", "value": r.Text("CloudWatchRoleArn")}
		_, err := r.Call(ctx, v1, "UpdateAccount", map[string]any{"patchOperations": []any{patch}})
		if err != nil {
			return resource.State{}, err
		}
		return resource.State{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
	}
	return resource.Type{
		Name: "AWS::ApiGateway::Account", Properties: resource.Properties{"CloudWatchRoleArn": resource.Text()}, Attributes: []string{"Id"},
		Create: set, Update: set,
	}
}
