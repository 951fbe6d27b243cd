package types

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

var routeSettings = resource.Object(resource.Properties{
	"DataTraceEnabled":       resource.Boolean(),
	"DetailedMetricsEnabled": resource.Boolean(),
	"LoggingLevel":           resource.Text().Absent("OFF"),
	"ThrottlingBurstLimit":   resource.Integer(),
	"ThrottlingRateLimit":    resource.Number(),
}).Merged()

// updateStage calls the operations that together make an update of a stage: one for its
// tags, those that remove settings, and UpdateStage if anything else has changed.
func updateStage(ctx context.Context, r *resource.Request, properties resource.Properties, named map[string]any) error {
	if err := retag(ctx, r, v2, "/apis/"+r.Text("ApiId")+"/stages/"+r.Text("StageName")); err != nil {
		return err
	}
	if err := removeSettings(ctx, r, named); err != nil {
		return err
	}
	members := properties.Changes(r, "ApiId", "StageName")
	delete(members, "tags")
	if len(members) <= len(named) { // nothing but the stage's name
		return nil
	}
	_, err := r.Call(ctx, v2, "UpdateStage", members)
	return err
}

// stage is AWS::ApiGatewayV2::Stage.
func stage() resource.Type {
	properties := resource.Properties{
		"ApiId":               resource.Text().Required().Replaces(),
		"StageName":           resource.Text().Required().Replaces(),
		"AccessLogSettings":   resource.Object(resource.Properties{"DestinationArn": resource.Text(), "Format": resource.Text()}).Absent(nil),
		"AutoDeploy":          resource.Boolean(),
		"ClientCertificateId": resource.Text(),
		"DefaultRouteSettings": routeSettings.Absent(map[string]any{
			"LoggingLevel": "OFF", "DataTraceEnabled": false, "DetailedMetricsEnabled": false,
		}),
		"DeploymentId":   resource.Text().Absent(nil),
		"Description":    resource.Text().Absent(nil), // AWS keeps the description when it is emptied (aws-controlplane §3.10)
		"RouteSettings":  resource.MapOf(routeSettings).Merged(),
		"StageVariables": resource.MapOf(resource.Text()).Merged(),
		"Tags":           resource.MapOf(resource.Text()),
		"AccessPolicyId": resource.Refused("AWS documents that it is not supported."),
	}
	state := func(name string) resource.State { return resource.State{PhysicalID: name} }
	named := func(r *resource.Request) map[string]any {
		return map[string]any{"apiId": r.Properties["ApiId"], "stageName": r.Properties["StageName"]}
	}
	return resource.Type{
		Name: "AWS::ApiGatewayV2::Stage", Properties: properties,
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := properties.ToWire(r.Properties)
			members["tags"] = r.TagMap()
			_, err := r.Call(ctx, v2, "CreateStage", members)
			if err != nil {
				return resource.State{}, err
			}
			return state(r.Text("StageName")), nil
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			return state(r.PhysicalID), updateStage(ctx, r, properties, named(r))
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, v2, "DeleteStage", named(r))
			return err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, v2, "GetStage", named(r))
			if resource.IsGone(err) {
				return resource.State{}, false, nil
			}
			_, ours := tagged(r, []any{response})
			return state(r.Text("StageName")), ours, err
		},
		Read: func(ctx context.Context, r *resource.Request) (map[string]any, error) {
			response, err := r.Call(ctx, v2, "GetStage", named(r))
			live := properties.FromWire(response)
			live["ApiId"] = r.Properties["ApiId"]
			return live, err
		},
	}
}

// removeSettings does what an update of a stage cannot say: settings that a template
// gives no longer have operations of their own.
func removeSettings(ctx context.Context, r *resource.Request, named map[string]any) error {
	_, had := r.Previous["AccessLogSettings"]
	if _, has := r.Properties["AccessLogSettings"]; had && !has {
		if _, err := r.Call(ctx, v2, "DeleteAccessLogSettings", named); err != nil {
			return err
		}
	}
	before, _ := r.Previous["RouteSettings"].(map[string]any)
	after, _ := r.Properties["RouteSettings"].(map[string]any)
	for key := range before {
		if _, kept := after[key]; kept {
			continue
		}
		_, err := r.Call(ctx, v2, "DeleteRouteSettings", map[string]any{"apiId": named["apiId"], "stageName": named["stageName"], "routeKey": key})
		if err != nil && !resource.IsGone(err) {
			return err
		}
	}
	return nil
}

func deployment() resource.Type {
	properties := resource.Properties{
		"ApiId":       resource.Text().Required().Replaces(),
		"Description": resource.Text(),
		"StageName":   resource.Text().Replaces(), // AWS: Some interruptions; a deployment does not change
	}
	return part(child{"Deployment", "deploymentId", []string{"ApiId"}, pasarela.DerivedShortID}, properties)
}
