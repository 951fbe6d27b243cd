package types

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

func domainTypes() []resource.Type {
	return []resource.Type{domainName(), apiMapping(), vpcLink()}
}

func domainName() resource.Type {
	configuration := resource.Object(resource.Properties{
		"CertificateArn":                      resource.Text(),
		"CertificateName":                     resource.Text(),
		"EndpointType":                        resource.Text(),
		"IpAddressType":                       resource.Text(),
		"OwnershipVerificationCertificateArn": resource.Text(),
		"SecurityPolicy":                      resource.Text(),
	})
	properties := resource.Properties{
		"DomainName":               resource.Text().Required().Replaces(),
		"DomainNameConfigurations": resource.ListOf(configuration),
		"MutualTlsAuthentication": resource.Object(resource.Properties{
			"TruststoreUri": resource.Text(), "TruststoreVersion": resource.Text(),
		}).Absent(map[string]any{"TruststoreUri": ""}),
		"RoutingMode": resource.Text().Absent("API_MAPPING_ONLY"),
		"Tags":        resource.MapOf(resource.Text()),
	}
	state := func(response map[string]any) resource.State {
		name, _ := response["domainName"].(string)
		attributes := map[string]any{"DomainNameArn": response["domainNameArn"]}
		configurations, _ := response["domainNameConfigurations"].([]any)
		if len(configurations) > 0 {
			first, _ := configurations[0].(map[string]any)
			attributes["RegionalDomainName"], attributes["RegionalHostedZoneId"] = first["apiGatewayDomainName"], first["hostedZoneId"]
		}
		return resource.State{PhysicalID: name, Attributes: attributes}
	}
	named := func(r *resource.Request) map[string]any {
		return map[string]any{"domainName": r.Properties["DomainName"]}
	}
	return resource.Type{
		Name: "AWS::ApiGatewayV2::DomainName", Properties: properties,
		Attributes: []string{"RegionalDomainName", "RegionalHostedZoneId", "DomainNameArn"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := properties.ToWire(r.Properties)
			members["tags"] = r.TagMap()
			response, err := r.Call(ctx, v2, "CreateDomainName", members)
			return state(response), err
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			if err := retag(ctx, r, v2, "/domainnames/"+r.PhysicalID); err != nil {
				return resource.State{}, err
			}
			members := properties.Changes(r, "DomainName")
			delete(members, "tags")
			response, err := r.Call(ctx, v2, "UpdateDomainName", members)
			return state(response), err
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, v2, "DeleteDomainName", named(r))
			return err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, v2, "GetDomainName", named(r))
			if resource.IsGone(err) {
				return resource.State{}, false, nil
			}
			_, ours := tagged(r, []any{response})
			return state(response), ours, err
		},
	}
}

func apiMapping() resource.Type {
	return part(child{"ApiMapping", "apiMappingId", []string{"DomainName", "ApiId"}, pasarela.DerivedShortID}, resource.Properties{
		"ApiId":         resource.Text().Required().Absent(nil),
		"DomainName":    resource.Text().Required().Replaces(),
		"Stage":         resource.Text().Required().Absent(nil),
		"ApiMappingKey": resource.Text(),
	})
}

func vpcLink() resource.Type {
	properties := resource.Properties{
		"Name":             resource.Text().Required().Absent(nil),
		"SubnetIds":        resource.ListOf(resource.Text()).Required().Replaces(),
		"SecurityGroupIds": resource.ListOf(resource.Text()).Replaces(),
		"Tags":             resource.MapOf(resource.Text()),
	}
	state := func(response map[string]any) resource.State {
		id, _ := response["vpcLinkId"].(string)
		return resource.State{PhysicalID: id, Attributes: map[string]any{"VpcLinkId": id}}
	}
	return resource.Type{
		Name: "AWS::ApiGatewayV2::VpcLink", Properties: properties, Attributes: []string{"VpcLinkId"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := properties.ToWire(r.Properties)
			members["tags"] = r.TagMap()
			response, err := r.Call(ctx, v2, "CreateVpcLink", members)
			return state(response), err
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			if err := retag(ctx, r, v2, "/vpclinks/"+r.PhysicalID); err != nil {
				return resource.State{}, err
			}
			response, err := r.Call(ctx, v2, "UpdateVpcLink", map[string]any{"vpcLinkId": r.PhysicalID, "name": r.Properties["Name"]})
			return state(response), err
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, v2, "DeleteVpcLink", map[string]any{"vpcLinkId": r.PhysicalID})
			return err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, v2, "GetVpcLink", map[string]any{"vpcLinkId": pasarela.DerivedShortID(r.CreationToken)})
			return state(response), err == nil, ignoreGone(err)
		},
	}
}
