package backup

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

// Actions of a [Change].
const (
	Create = "create"
	Update = "update"
	Delete = "delete"
)

// Change is one resource that applying a file would touch.
type Change struct {
	Action   string       `json:"action"`
	Resource string       `json:"resource"`       // apis[abcdefghij]
	Name     string       `json:"name,omitempty"` // what people call it, where that is not in Resource
	Members  []Difference `json:"members,omitempty"`
}

// Difference is one member of an updated resource; "" is a member that is not there.
type Difference struct {
	Member string `json:"member"` // integrations[abc1234].timeoutInMillis
	// Name is what people call the entry of a list in Member: "POST http://backend/hello".
	Name   string `json:"name,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Plan is what applying a file would do, in the order of the file.
type Plan struct {
	Changes []Change `json:"changes"`
	// Omitted are the names of what was too long for the file and is not brought back.
	Omitted []string `json:"omitted,omitempty"`
}

// Empty says that nothing would change.
func (p Plan) Empty() bool { return len(p.Changes) == 0 }

// String writes the plan for people.
func (p Plan) String() string {
	if p.Empty() {
		return "Nothing would change.\n"
	}
	sign := map[string]string{Create: "+", Update: "~", Delete: "-"}
	counts := map[string]int{}
	var b strings.Builder
	for _, c := range p.Changes {
		counts[c.Action]++
		fmt.Fprintf(&b, "%s %s\n", sign[c.Action], c.Resource)
		for _, d := range c.Members {
			fmt.Fprintf(&b, "    %s: %s -> %s\n", d.Member, orAbsent(d.Before), orAbsent(d.After))
		}
	}
	for _, name := range p.Omitted {
		fmt.Fprintf(&b, "! %s\n", name)
	}
	fmt.Fprintf(&b, "%d to create, %d to update, %d to delete.\n", counts[Create], counts[Update], counts[Delete])
	return b.String()
}

func orAbsent(text string) string {
	if text == "" {
		return "(absent)"
	}
	return text
}

// compare tells resources apart: the entries of every list at the top of the
// file, and of every list in its identity part. Other members are resources of
// their own.
func compare(now, then File, prune bool) (Plan, error) {
	omitted := then.Omitted
	now, then = comparable(now, then)
	before, err := resources(now)
	if err != nil {
		return Plan{}, err
	}
	after, err := resources(then)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Changes: []Change{}}
	for _, o := range omitted {
		plan.Omitted = append(plan.Omitted, o.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		was, exists := before[name]
		if !exists {
			plan.Changes = append(plan.Changes, Change{Action: Create, Resource: name, Name: nameOf(after[name])})
		} else if members := differences(was, after[name]); len(members) > 0 {
			hideSecrets(name, members)
			plan.Changes = append(plan.Changes, Change{Action: Update, Resource: name, Name: nameOf(was), Members: members})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, kept := after[name]; !kept && prune && strings.Contains(name, "[") {
			plan.Changes = append(plan.Changes, Change{Action: Delete, Resource: name, Name: nameOf(before[name])})
		}
	}
	return plan, nil
}

// comparable takes out what is no difference: parts that the file does not have, and the
// names of bytes, which objects have an ETag for.
func comparable(now, then File) (File, File) {
	now.Data, then.Data, now.Omitted, then.Omitted = nil, nil, nil, nil
	if then.Parameters == nil {
		now.Parameters = nil
	}
	if then.Functions == nil {
		now.Functions = nil
	}
	if then.Stacks == nil {
		now.Stacks = nil
	}
	if then.Buckets == nil {
		now.Buckets = nil
		return now, then
	}
	listed := map[string]bool{}
	then.Buckets = slices.Clone(then.Buckets)
	for i := range then.Buckets {
		bucket := &then.Buckets[i]
		listed[bucket.Name] = bucket.Objects != nil
		bucket.Objects = slices.Clone(bucket.Objects)
		for n := range bucket.Objects {
			bucket.Objects[n].SHA256 = ""
		}
	}
	now.Buckets = slices.Clone(now.Buckets)
	for i := range now.Buckets {
		if !listed[now.Buckets[i].Name] {
			now.Buckets[i].Objects = nil
		}
	}
	return now, then
}

// hideSecrets hides values that are secret by the member that they belong to.
func hideSecrets(resource string, members []Difference) {
	kind, _, _ := strings.Cut(resource, "[")
	for i := range members {
		m := &members[i]
		if kind == "parameters" && ssm.IsSecret(m.Member) || kind == "stacks" && stack.IsSecret(m.Member) || kind == "functions" && strings.Contains(m.Member, "nvironment.") {
			m.Before, m.After = hide(m.Before), hide(m.After)
		}
	}
}

// resources are the parts of a file by name.
func resources(file File) (map[string]any, error) {
	text, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, err
	}
	for _, place := range [...]string{"pasarela", "accountId", "region"} {
		delete(whole, place)
	}
	out := map[string]any{}
	split(out, "", whole)
	return out, nil
}

func split(out map[string]any, prefix string, parts map[string]any) {
	for name, part := range parts {
		switch v := part.(type) {
		case []any:
			for i, item := range v {
				out[prefix+name+"["+identifier(item, i)+"]"] = item
			}
		case map[string]any:
			if name == "identity" {
				split(out, "identity.", v)
				continue
			}
			out[prefix+name] = v
		default:
			out[prefix+name] = v
		}
	}
}

// identifiers are the members that name an entry of a list, the first that is
// there.
var identifiers = [...]string{
	"api.apiId", "apiId", "routeId", "integrationId", "integrationResponseId", "routeResponseId", "modelId", "authorizerId",
	"deploymentId", "stageName", "domainName", "apiMappingId", "vpcLinkId", "clientCertificateId", "id",
	"UserName", "GroupName", "RoleName", "PolicyName", "InstanceProfileName", "PolicyARN", "AccessKeyID", "VersionID", "Key", "key", "name",
}

func identifier(item any, index int) string {
	members, _ := item.(map[string]any)
	for _, name := range identifiers {
		at := members
		outer, inner, nested := strings.Cut(name, ".")
		if nested {
			at, _ = members[outer].(map[string]any)
			name = inner
		}
		if text, ok := at[name].(string); ok && text != "" {
			return text
		}
	}
	return fmt.Sprint(index)
}

// nameOf is what people call an entry that has an id; empty where the id is its name, or it
// has none.
func nameOf(item any) string {
	members, _ := item.(map[string]any)
	if api, ok := members["api"].(map[string]any); ok {
		members = api
	}
	text := func(name string) string {
		text, _ := members[name].(string)
		return text
	}
	if uri := text("integrationUri"); uri != "" {
		return strings.TrimSpace(text("integrationMethod") + " " + uri)
	}
	for _, name := range [...]string{"apiMappingKey", "integrationResponseKey", "routeResponseKey", "routeKey", "integrationType", "name"} {
		if found := text(name); found != "" && found != identifier(members, 0) {
			return found
		}
	}
	return ""
}

// differences lists the members that differ between two values of JSON.
func differences(before, after any) []Difference {
	was, is := map[string]string{}, map[string]string{}
	names := map[string]string{}
	flatten(is, names, "", after)
	flatten(was, names, "", before)
	var list []Difference
	for _, member := range slices.Sorted(maps.Keys(union(was, is))) {
		if was[member] == is[member] {
			continue
		}
		d := Difference{Member: member, Before: was[member], After: is[member]}
		if end := strings.LastIndex(member, "]"); end >= 0 {
			d.Name = names[member[:end+1]]
		}
		if secret(member) {
			d.Before, d.After = hide(d.Before), hide(d.After)
		}
		list = append(list, d)
	}
	return list
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// secret says whether a member must not be shown.
func secret(member string) bool {
	last := member[strings.LastIndexAny(member, ".]")+1:]
	return member == "value" || last == "pemEncodedPrivateKey" || last == "SealKey" || strings.Contains(strings.ToLower(last), "secret")
}

func hide(text string) string {
	if text == "" {
		return ""
	}
	return "(secret)"
}

// flatten writes a value as paths and JSON texts; items of a list are named by their
// identifier, so that an insertion does not change the rest. names gets what people call them.
func flatten(out, names map[string]string, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, part := range v {
			next := name
			if path != "" {
				next = path + "." + name
			}
			flatten(out, names, next, part)
		}
	case []any:
		for i, part := range v {
			item := fmt.Sprintf("%s[%s]", path, identifier(part, i))
			if name := nameOf(part); name != "" {
				names[item] = name
			}
			flatten(out, names, item, part)
		}
	default:
		text, _ := json.Marshal(v) // what was JSON encodes
		out[path] = string(text)
	}
}
