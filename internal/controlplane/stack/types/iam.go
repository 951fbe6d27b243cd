package types

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

func identityTypes() []resource.Type {
	return []resource.Type{
		role(), user(), group(), managedPolicy(), policy(), accessKey(), instanceProfile(), userToGroup(),
		inlinePolicy("Role"), inlinePolicy("User"), inlinePolicy("Group"),
	}
}

// holder is a kind of entity that has policies: Role, User or Group.
type holder string

// call does an IAM operation on one entity of the kind: call(ctx, r, "Put%sPolicy", name, ...).
func (h holder) call(ctx context.Context, r *resource.Request, operation, name string, members map[string]any) error {
	all := map[string]any{string(h) + "Name": name}
	for member, value := range members {
		all[member] = value
	}
	if document, ok := all["PolicyDocument"].(string); ok {
		all["PolicyDocument"] = versioned(document)
	}
	_, err := r.Call(ctx, "iam", fmt.Sprintf(operation, h), all)
	return err
}

// versioned is an inline policy with the version that templates of SAM leave out
// (A-STACK-16).
func versioned(document string) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(document), &members); err != nil || members == nil {
		return document // the service says what is wrong with it
	}
	if _, given := members["Version"]; given {
		return document
	}
	members["Version"] = json.RawMessage(`"2012-10-17"`)
	text, err := json.Marshal(members)
	if err != nil {
		return document
	}
	return string(text)
}

// inline are the properties of the policies that lie in an entity.
var inline = resource.ListOf(resource.Object(resource.Properties{
	"PolicyName": resource.Text().Required(), "PolicyDocument": resource.Document().Required(),
}))

// policies are the inline policies by name, as documents.
func policies(properties map[string]any) map[string]any {
	list, _ := properties["Policies"].([]any)
	byName := make(map[string]any, len(list))
	for _, item := range list {
		each, _ := item.(map[string]any)
		byName[fmt.Sprint(each["PolicyName"])] = each["PolicyDocument"]
	}
	return byName
}

// texts are the items of a list of texts, each once.
func texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, item := range list {
		if text := fmt.Sprint(item); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// attach brings policies of an entity from what it had to what it shall have.
func (h holder) attach(ctx context.Context, r *resource.Request, name string) error {
	before, after := policies(r.Previous), policies(r.Properties)
	for policy, document := range after {
		if was, there := before[policy]; there && was == document {
			continue
		}
		if err := h.call(ctx, r, "Put%sPolicy", name, map[string]any{"PolicyName": policy, "PolicyDocument": document}); err != nil {
			return err
		}
	}
	for policy := range before {
		if _, kept := after[policy]; kept {
			continue
		}
		if err := h.call(ctx, r, "Delete%sPolicy", name, map[string]any{"PolicyName": policy}); err != nil && !resource.IsGone(err) {
			return err
		}
	}
	return eachChange(texts(r.Previous["ManagedPolicyArns"]), texts(r.Properties["ManagedPolicyArns"]),
		func(arn string) error {
			return h.call(ctx, r, "Attach%sPolicy", name, map[string]any{"PolicyArn": arn})
		},
		func(arn string) error {
			return h.call(ctx, r, "Detach%sPolicy", name, map[string]any{"PolicyArn": arn})
		})
}

// eachChange adds what only after has and removes what only before has; removing what
// does not exist is no error.
func eachChange(before, after []string, add, remove func(string) error) error {
	for _, item := range after {
		if !slices.Contains(before, item) {
			if err := add(item); err != nil {
				return err
			}
		}
	}
	for _, item := range before {
		if slices.Contains(after, item) {
			continue
		}
		if err := remove(item); err != nil && !resource.IsGone(err) {
			return err
		}
	}
	return nil
}

// empty removes what a stack has attached to an entity, so that the entity can be
// deleted.
func (h holder) empty(ctx context.Context, r *resource.Request, name string) error {
	nothing := *r
	nothing.Previous, nothing.Properties = r.Properties, nil
	return h.attach(ctx, &nothing, name)
}

// bound sets or removes the permissions boundary.
func (h holder) bound(ctx context.Context, r *resource.Request, name string) error {
	after := r.Text("PermissionsBoundary")
	before, _ := r.Previous["PermissionsBoundary"].(string)
	switch {
	case before == after:
		return nil
	case after == "":
		return h.call(ctx, r, "Delete%sPermissionsBoundary", name, nil)
	}
	return h.call(ctx, r, "Put%sPermissionsBoundary", name, map[string]any{"PermissionsBoundary": after})
}

// retag changes the tags of an entity.
func (h holder) retag(ctx context.Context, r *resource.Request, name string) error {
	set, removed := r.TagChanges()
	if len(removed) > 0 {
		if err := h.call(ctx, r, "Untag%s", name, map[string]any{"TagKeys": removed}); err != nil {
			return err
		}
	}
	if len(set) == 0 {
		return nil
	}
	return h.call(ctx, r, "Tag%s", name, map[string]any{"Tags": resource.TagPairs(set)})
}

// given are those of the properties that a template gives, by their own names.
func given(r *resource.Request, names ...string) map[string]any {
	members := map[string]any{}
	for _, name := range names {
		if value, there := r.Properties[name]; there {
			members[name] = value
		}
	}
	return members
}

// createdBy says whether an identifier of IAM was made by the creation that r is, or by an
// attempt at it before: the last letters are derived from its token.
func createdBy(r *resource.Request, id any) bool {
	text, _ := id.(string)
	const letters, account = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 13 // prefix, account, and a letter that is both
	return len(text) > account && text[account:] == pasarela.DerivedText(r.CreationToken, letters, len(text)-account+1)[1:]
}

// ignoreGone is nil for an error that says that something is not there.
func ignoreGone(err error) error {
	if resource.IsGone(err) {
		return nil
	}
	return err
}

// tagsOfIAM are the tags that IAM takes: it refuses those that begin with aws:.
func tagsOfIAM(r *resource.Request) *resource.Request {
	own := *r
	own.Tags, own.PreviousTags = callersTags(r.Tags), callersTags(r.PreviousTags)
	return &own
}

func callersTags(tags map[string]string) map[string]string {
	own := map[string]string{}
	for key, value := range tags {
		if key != TagStackID && key != TagStackName && key != TagLogicalID {
			own[key] = value
		}
	}
	return own
}

// inlinePolicy is one inline policy of one entity: AWS::IAM::RolePolicy.
func inlinePolicy(kind holder) resource.Type {
	entity := string(kind) + "Name"
	properties := resource.Properties{
		"PolicyName":     resource.Text().Required().Replaces(),
		entity:           resource.Text().Required().Replaces(),
		"PolicyDocument": resource.Document(),
	}
	put := func(ctx context.Context, r *resource.Request) (resource.State, error) {
		err := kind.call(ctx, r, "Put%sPolicy", r.Text(entity), given(r, "PolicyName", "PolicyDocument"))
		if err != nil {
			return resource.State{}, err
		}
		return resource.State{PhysicalID: r.Text("PolicyName") + "|" + r.Text(entity)}, nil
	}
	return resource.Type{
		Name: "AWS::IAM::" + string(kind) + "Policy", Properties: properties, Create: put, Update: put,
		Delete: func(ctx context.Context, r *resource.Request) error {
			return kind.call(ctx, r, "Delete%sPolicy", r.Text(entity), given(r, "PolicyName"))
		},
	}
}

// policy is one document put into several entities: AWS::IAM::Policy.
func policy() resource.Type {
	properties := resource.Properties{
		"PolicyName":     resource.Text().Required().Absent(nil),
		"PolicyDocument": resource.Document().Required(),
		"Roles":          resource.ListOf(resource.Text()),
		"Users":          resource.ListOf(resource.Text()),
		"Groups":         resource.ListOf(resource.Text()),
	}
	place := func(ctx context.Context, r *resource.Request, before, after map[string]any) error {
		for _, kind := range []holder{"Role", "User", "Group"} {
			had, has := texts(before[string(kind)+"s"]), texts(after[string(kind)+"s"])
			same := before["PolicyName"] == after["PolicyName"]
			for _, name := range has {
				err := kind.call(ctx, r, "Put%sPolicy", name, map[string]any{"PolicyName": after["PolicyName"], "PolicyDocument": after["PolicyDocument"]})
				if err != nil {
					return err
				}
			}
			for _, name := range had {
				if same && slices.Contains(has, name) {
					continue
				}
				err := kind.call(ctx, r, "Delete%sPolicy", name, map[string]any{"PolicyName": before["PolicyName"]})
				if err != nil && !resource.IsGone(err) {
					return err
				}
			}
		}
		return nil
	}
	state := func(r *resource.Request) resource.State {
		id := r.PhysicalID
		if id == "" {
			id = r.Name(64)
		}
		return resource.State{PhysicalID: id, Attributes: map[string]any{"Id": id}}
	}
	return resource.Type{
		Name: "AWS::IAM::Policy", Properties: properties, Attributes: []string{"Id"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			return state(r), place(ctx, r, nil, r.Properties)
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			return state(r), place(ctx, r, r.Previous, r.Properties)
		},
		Delete: func(ctx context.Context, r *resource.Request) error { return place(ctx, r, r.Properties, nil) },
		Check: func(properties map[string]any) error {
			if len(texts(properties["Roles"]))+len(texts(properties["Users"]))+len(texts(properties["Groups"])) == 0 {
				return fmt.Errorf("#: at least one of [Groups, Roles, Users] must name something")
			}
			return nil
		},
	}
}
