package types

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// entity is a type of IAM that has a name, a path and policies.
type entity struct {
	kind       holder
	properties resource.Properties
	nameLimit  int
	bounded    bool // has a permissions boundary
	tagged     bool
	create     []string // properties that Create{kind} takes, besides name and tags
	update     func(ctx context.Context, r *resource.Request) error
	more       func(ctx context.Context, r *resource.Request, name string) error // groups of a user
}

func (e entity) nameProperty() string { return string(e.kind) + "Name" }

func (e entity) state(response map[string]any) resource.State {
	members, _ := response[string(e.kind)].(map[string]any)
	name, _ := members[e.nameProperty()].(string)
	attributes := map[string]any{"Arn": members["Arn"]}
	if e.kind == "Role" {
		attributes["RoleId"] = members["RoleId"]
	}
	return resource.State{PhysicalID: name, Attributes: attributes}
}

func (e entity) attributes() []string {
	if e.kind == "Role" {
		return []string{"Arn", "RoleId"}
	}
	return []string{"Arn"}
}

func (e entity) get(ctx context.Context, r *resource.Request, name string) (resource.State, error) {
	response, err := r.Call(ctx, "iam", "Get"+string(e.kind), map[string]any{e.nameProperty(): name})
	return e.state(response), err
}

func (e entity) name(r *resource.Request) string {
	if name := r.Text(e.nameProperty()); name != "" {
		return name
	}
	return r.Name(e.nameLimit)
}

func (e entity) made(ctx context.Context, r *resource.Request) (resource.State, error) {
	name := e.name(r)
	members := given(r, e.create...)
	members[e.nameProperty()] = name
	if tags := r.TagList(); e.tagged && len(tags) > 0 {
		members["Tags"] = tags
	}
	response, err := r.Call(ctx, "iam", "Create"+string(e.kind), members)
	if err != nil {
		return resource.State{}, err
	}
	return e.state(response), e.fill(ctx, r, name)
}

// fill gives an entity its policies.
func (e entity) fill(ctx context.Context, r *resource.Request, name string) error {
	if err := e.kind.attach(ctx, r, name); err != nil || e.more == nil {
		return err
	}
	return e.more(ctx, r, name)
}

func (e entity) changed(ctx context.Context, r *resource.Request) (resource.State, error) {
	name := r.PhysicalID
	if e.bounded {
		if err := e.kind.bound(ctx, r, name); err != nil {
			return resource.State{}, err
		}
	}
	if e.tagged {
		if err := e.kind.retag(ctx, r, name); err != nil {
			return resource.State{}, err
		}
	}
	if err := e.update(ctx, r); err != nil {
		return resource.State{}, err
	}
	if err := e.fill(ctx, r, name); err != nil {
		return resource.State{}, err
	}
	return e.get(ctx, r, name)
}

func (e entity) remove(ctx context.Context, r *resource.Request) error {
	if err := e.kind.empty(ctx, r, r.PhysicalID); err != nil {
		return err
	}
	if e.more != nil {
		nothing := *r
		nothing.Previous, nothing.Properties = r.Properties, nil
		if err := e.more(ctx, &nothing, r.PhysicalID); err != nil {
			return err
		}
	}
	return e.kind.call(ctx, r, "Delete%s", r.PhysicalID, nil)
}

func (e entity) row() resource.Type {
	own := func(act func(context.Context, *resource.Request) (resource.State, error)) func(context.Context, *resource.Request) (resource.State, error) {
		return func(ctx context.Context, r *resource.Request) (resource.State, error) { return act(ctx, tagsOfIAM(r)) }
	}
	t := resource.Type{
		Name: "AWS::IAM::" + string(e.kind), Properties: e.properties, Attributes: e.attributes(),
		Create: own(e.made), Update: own(e.changed), Delete: e.remove,
	}
	t.Find = func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
		response, err := r.Call(ctx, "iam", "Get"+string(e.kind), map[string]any{e.nameProperty(): e.name(r)})
		if resource.IsGone(err) {
			return resource.State{}, false, nil
		}
		members, _ := response[string(e.kind)].(map[string]any)
		if err != nil || !createdBy(r, members[string(e.kind)+"Id"]) {
			return resource.State{}, false, err
		}
		state := e.state(response)
		err = e.fill(ctx, tagsOfIAM(r), state.PhysicalID)
		return state, err == nil, err
	}
	return t
}

func role() resource.Type {
	return entity{
		kind: "Role", nameLimit: 64, bounded: true, tagged: true,
		create: []string{"AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "Path", "PermissionsBoundary"},
		properties: resource.Properties{
			"RoleName":                 resource.Text().Replaces(),
			"Path":                     resource.Text().Replaces(),
			"AssumeRolePolicyDocument": resource.Document().Required(),
			"Description":              resource.Text(),
			"ManagedPolicyArns":        resource.ListOf(resource.Text()),
			"MaxSessionDuration":       resource.Integer(),
			"PermissionsBoundary":      resource.Text(),
			"Policies":                 inline,
			"Tags":                     resource.TagList(),
		},
		update: func(ctx context.Context, r *resource.Request) error {
			if r.Previous["AssumeRolePolicyDocument"] != r.Properties["AssumeRolePolicyDocument"] {
				_, err := r.Call(ctx, "iam", "UpdateAssumeRolePolicy", map[string]any{"RoleName": r.PhysicalID, "PolicyDocument": r.Properties["AssumeRolePolicyDocument"]})
				if err != nil {
					return err
				}
			}
			members := given(r, "MaxSessionDuration")
			members["RoleName"], members["Description"] = r.PhysicalID, r.Text("Description")
			_, err := r.Call(ctx, "iam", "UpdateRole", members)
			return err
		},
	}.row()
}

func user() resource.Type {
	return entity{
		kind: "User", nameLimit: 64, bounded: true, tagged: true, create: []string{"Path", "PermissionsBoundary"},
		properties: resource.Properties{
			"UserName":            resource.Text().Replaces(),
			"Path":                resource.Text(),
			"Groups":              resource.ListOf(resource.Text()),
			"LoginProfile":        resource.Refused("there are no passwords here; users sign in with access keys."),
			"ManagedPolicyArns":   resource.ListOf(resource.Text()),
			"PermissionsBoundary": resource.Text(),
			"Policies":            inline,
			"Tags":                resource.TagList(),
		},
		update: holder("User").move,
		more: func(ctx context.Context, r *resource.Request, name string) error {
			return eachChange(texts(r.Previous["Groups"]), texts(r.Properties["Groups"]),
				func(group string) error {
					return holder("User").call(ctx, r, "Add%sToGroup", name, map[string]any{"GroupName": group})
				},
				func(group string) error {
					return holder("User").call(ctx, r, "Remove%sFromGroup", name, map[string]any{"GroupName": group})
				})
		},
	}.row()
}

func group() resource.Type {
	return entity{
		kind: "Group", nameLimit: 128, create: []string{"Path"},
		properties: resource.Properties{
			"GroupName":         resource.Text().Replaces(),
			"Path":              resource.Text(),
			"ManagedPolicyArns": resource.ListOf(resource.Text()),
			"Policies":          inline,
		},
		update: holder("Group").move,
	}.row()
}

// move gives a user or group another path.
func (h holder) move(ctx context.Context, r *resource.Request) error {
	path := r.Text("Path")
	if path == "" {
		path = "/"
	}
	if before, _ := r.Previous["Path"].(string); before == r.Text("Path") {
		return nil
	}
	return h.call(ctx, r, "Update%s", r.PhysicalID, map[string]any{"NewPath": path})
}

func accessKey() resource.Type {
	properties := resource.Properties{
		"UserName": resource.Text().Required().Replaces(),
		"Serial":   resource.Integer().Replaces(),
		"Status":   resource.OneOf("Active", "Inactive").Absent("Active"),
	}
	status := func(ctx context.Context, r *resource.Request, key string) error {
		wanted := r.Text("Status")
		if wanted == "" {
			wanted = "Active"
		}
		_, err := r.Call(ctx, "iam", "UpdateAccessKey", map[string]any{"UserName": r.Properties["UserName"], "AccessKeyId": key, "Status": wanted})
		return err
	}
	remove := func(ctx context.Context, r *resource.Request, key string) error {
		_, err := r.Call(ctx, "iam", "DeleteAccessKey", map[string]any{"UserName": r.Properties["UserName"], "AccessKeyId": key})
		return err
	}
	return resource.Type{
		Name: "AWS::IAM::AccessKey", Properties: properties, Attributes: []string{"SecretAccessKey"},
		// An access key that an earlier attempt made has a secret that is not known any
		// more, so it is deleted.
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, "iam", "ListAccessKeys", given(r, "UserName"))
			if err != nil {
				return resource.State{}, false, ignoreGone(err)
			}
			keys, _ := response["AccessKeyMetadata"].([]any)
			for _, each := range keys {
				members, _ := each.(map[string]any)
				if id, _ := members["AccessKeyId"].(string); createdBy(r, id) {
					return resource.State{}, false, remove(ctx, r, id)
				}
			}
			return resource.State{}, false, nil
		},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			response, err := r.Call(ctx, "iam", "CreateAccessKey", given(r, "UserName"))
			if err != nil {
				return resource.State{}, err
			}
			members, _ := response["AccessKey"].(map[string]any)
			id, _ := members["AccessKeyId"].(string)
			state := resource.State{PhysicalID: id, Attributes: map[string]any{"SecretAccessKey": members["SecretAccessKey"]}}
			if r.Text("Status") == "Inactive" {
				err = status(ctx, r, id)
			}
			return state, err
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			return resource.State{PhysicalID: r.PhysicalID, Attributes: r.Attributes}, status(ctx, r, r.PhysicalID)
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			return remove(ctx, r, r.PhysicalID)
		},
	}
}

func userToGroup() resource.Type {
	properties := resource.Properties{"GroupName": resource.Text().Required().Absent(nil), "Users": resource.ListOf(resource.Text()).Required()}
	place := func(ctx context.Context, r *resource.Request, before, after map[string]any) error {
		move := func(operation string, group any) func(string) error {
			return func(user string) error {
				return holder("User").call(ctx, r, operation, user, map[string]any{"GroupName": group})
			}
		}
		had := texts(before["Users"])
		if before["GroupName"] != after["GroupName"] {
			if err := eachChange(nil, texts(after["Users"]), move("Add%sToGroup", after["GroupName"]), nil); err != nil {
				return err
			}
			return eachChange(had, nil, nil, move("Remove%sFromGroup", before["GroupName"]))
		}
		return eachChange(had, texts(after["Users"]), move("Add%sToGroup", after["GroupName"]), move("Remove%sFromGroup", after["GroupName"]))
	}
	state := func(r *resource.Request) resource.State {
		if r.PhysicalID != "" {
			return resource.State{PhysicalID: r.PhysicalID}
		}
		return resource.State{PhysicalID: r.Name(128)}
	}
	return resource.Type{
		Name: "AWS::IAM::UserToGroupAddition", Properties: properties,
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			return state(r), place(ctx, r, nil, r.Properties)
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			return state(r), place(ctx, r, r.Previous, r.Properties)
		},
		Delete: func(ctx context.Context, r *resource.Request) error { return place(ctx, r, r.Properties, nil) },
	}
}
