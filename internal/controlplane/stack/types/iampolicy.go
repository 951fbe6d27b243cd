package types

import (
	"context"
	"fmt"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// managedPolicy is a policy with an ARN; its changes are versions, of which IAM keeps five.
func managedPolicy() resource.Type {
	properties := resource.Properties{
		"ManagedPolicyName": resource.Text().Replaces(),
		"Description":       resource.Text().Replaces(),
		"Path":              resource.Text().Replaces(),
		"PolicyDocument":    resource.Document().Required(),
		"Roles":             resource.ListOf(resource.Text()),
		"Users":             resource.ListOf(resource.Text()),
		"Groups":            resource.ListOf(resource.Text()),
	}
	return resource.Type{
		Name: "AWS::IAM::ManagedPolicy", Properties: properties,
		Attributes: []string{"PolicyArn", "PolicyId", "DefaultVersionId", "AttachmentCount", "CreateDate", "IsAttachable", "PermissionsBoundaryUsageCount", "UpdateDate"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := given(r, "Description", "Path", "PolicyDocument")
			members["PolicyName"] = policyName(r)
			response, err := r.Call(ctx, "iam", "CreatePolicy", members)
			if err != nil {
				return resource.State{}, err
			}
			state := policyState(response)
			return state, attachPolicy(ctx, r, state.PhysicalID, nil, r.Properties)
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			if r.Previous["PolicyDocument"] != r.Properties["PolicyDocument"] {
				if err := newVersion(ctx, r); err != nil {
					return resource.State{}, err
				}
			}
			if err := attachPolicy(ctx, r, r.PhysicalID, r.Previous, r.Properties); err != nil {
				return resource.State{}, err
			}
			response, err := r.Call(ctx, "iam", "GetPolicy", map[string]any{"PolicyArn": r.PhysicalID})
			return policyState(response), err
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			if err := attachPolicy(ctx, r, r.PhysicalID, r.Properties, nil); err != nil {
				return err
			}
			if err := forgetVersions(ctx, r, 1); err != nil {
				return err
			}
			_, err := r.Call(ctx, "iam", "DeletePolicy", map[string]any{"PolicyArn": r.PhysicalID})
			return err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			path := r.Text("Path")
			if path == "" {
				path = "/"
			}
			arn := "arn:aws:iam::" + r.RegionAccount.AccountID + ":policy" + path + policyName(r)
			response, err := r.Call(ctx, "iam", "GetPolicy", map[string]any{"PolicyArn": arn})
			if resource.IsGone(err) {
				return resource.State{}, false, nil
			}
			state := policyState(response)
			if err != nil || !createdBy(r, state.Attributes["PolicyId"]) {
				return resource.State{}, false, err
			}
			err = attachPolicy(ctx, r, arn, nil, r.Properties)
			return state, err == nil, err
		},
	}
}

func policyName(r *resource.Request) string {
	if name := r.Text("ManagedPolicyName"); name != "" {
		return name
	}
	return r.Name(128)
}

func policyState(response map[string]any) resource.State {
	members, _ := response["Policy"].(map[string]any)
	arn, _ := members["Arn"].(string)
	attributes := map[string]any{"PolicyArn": arn}
	for _, name := range []string{"PolicyId", "DefaultVersionId", "AttachmentCount", "CreateDate", "IsAttachable", "PermissionsBoundaryUsageCount", "UpdateDate"} {
		if value, there := members[name]; there {
			attributes[name] = fmt.Sprint(value)
		}
	}
	return resource.State{PhysicalID: arn, Attributes: attributes}
}

// attachPolicy attaches a policy to what only after names and detaches it from what
// only before does.
func attachPolicy(ctx context.Context, r *resource.Request, arn string, before, after map[string]any) error {
	for _, kind := range []holder{"Role", "User", "Group"} {
		err := eachChange(texts(before[string(kind)+"s"]), texts(after[string(kind)+"s"]),
			func(name string) error {
				return kind.call(ctx, r, "Attach%sPolicy", name, map[string]any{"PolicyArn": arn})
			},
			func(name string) error {
				return kind.call(ctx, r, "Detach%sPolicy", name, map[string]any{"PolicyArn": arn})
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// keptVersions is how many versions of a policy there may be (aws-controlplane §6).
const keptVersions = 5

func newVersion(ctx context.Context, r *resource.Request) error {
	if err := forgetVersions(ctx, r, keptVersions-1); err != nil {
		return err
	}
	_, err := r.Call(ctx, "iam", "CreatePolicyVersion", map[string]any{
		"PolicyArn": r.PhysicalID, "PolicyDocument": r.Properties["PolicyDocument"], "SetAsDefault": true,
	})
	return err
}

// forgetVersions removes the oldest versions of a policy until so many are left; the
// default one stays.
func forgetVersions(ctx context.Context, r *resource.Request, keep int) error {
	response, err := r.Call(ctx, "iam", "ListPolicyVersions", map[string]any{"PolicyArn": r.PhysicalID})
	if err != nil {
		return err
	}
	versions, _ := response["Versions"].([]any)
	for i := len(versions) - 1; i >= 0 && len(versions) > keep; i-- { // the newest is first
		version, _ := versions[i].(map[string]any)
		if version["IsDefaultVersion"] == true {
			continue
		}
		if _, err := r.Call(ctx, "iam", "DeletePolicyVersion", map[string]any{"PolicyArn": r.PhysicalID, "VersionId": version["VersionId"]}); err != nil {
			return err
		}
		versions = append(versions[:i], versions[i+1:]...)
	}
	return nil
}

func instanceProfile() resource.Type {
	properties := resource.Properties{
		"InstanceProfileName": resource.Text().Replaces(),
		"Path":                resource.Text().Replaces(),
		"Roles":               resource.ListOf(resource.Text()).Required(),
	}
	name := func(r *resource.Request) string {
		if name := r.Text("InstanceProfileName"); name != "" {
			return name
		}
		return r.Name(128)
	}
	roles := func(ctx context.Context, r *resource.Request, name string, before, after map[string]any) error {
		move := func(operation string) func(string) error {
			return func(role string) error {
				_, err := r.Call(ctx, "iam", operation, map[string]any{"InstanceProfileName": name, "RoleName": role})
				return err
			}
		}
		// A profile holds one role: the old one goes first.
		if err := eachChange(texts(before["Roles"]), texts(after["Roles"]), func(string) error { return nil }, move("RemoveRoleFromInstanceProfile")); err != nil {
			return err
		}
		return eachChange(texts(before["Roles"]), texts(after["Roles"]), move("AddRoleToInstanceProfile"), func(string) error { return nil })
	}
	return resource.Type{
		Name: "AWS::IAM::InstanceProfile", Properties: properties, Attributes: []string{"Arn"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := given(r, "Path")
			members["InstanceProfileName"] = name(r)
			response, err := r.Call(ctx, "iam", "CreateInstanceProfile", members)
			if err != nil {
				return resource.State{}, err
			}
			profile, _ := response["InstanceProfile"].(map[string]any)
			state := resource.State{PhysicalID: name(r), Attributes: map[string]any{"Arn": profile["Arn"]}}
			return state, roles(ctx, r, state.PhysicalID, nil, r.Properties)
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, "iam", "GetInstanceProfile", map[string]any{"InstanceProfileName": name(r)})
			profile, _ := response["InstanceProfile"].(map[string]any)
			if err != nil || !createdBy(r, profile["InstanceProfileId"]) {
				return resource.State{}, false, ignoreGone(err)
			}
			before := map[string]any{"Roles": []any{}}
			if held, _ := profile["Roles"].([]any); len(held) > 0 {
				before = r.Properties // it holds one role
			}
			state := resource.State{PhysicalID: name(r), Attributes: map[string]any{"Arn": profile["Arn"]}}
			err = roles(ctx, r, state.PhysicalID, before, r.Properties)
			return state, err == nil, err
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			return resource.State{PhysicalID: r.PhysicalID, Attributes: r.Attributes}, roles(ctx, r, r.PhysicalID, r.Previous, r.Properties)
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			if err := roles(ctx, r, r.PhysicalID, r.Properties, nil); err != nil {
				return err
			}
			_, err := r.Call(ctx, "iam", "DeleteInstanceProfile", map[string]any{"InstanceProfileName": r.PhysicalID})
			return err
		},
	}
}
