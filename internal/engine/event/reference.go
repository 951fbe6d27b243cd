package event

// Reference is a `$context` variable that a format, a parameter mapping or an
// identity source names, resolved once. The zero value is always absent.
type Reference struct {
	variable *Variable
	key      string // authorizer.<key>
}

// Resolve finds the variable of a path, such as stage, identity.sourceIp or
// authorizer.level. ok is false for one that may not be used there or that no event
// of a WebSocket API has: it is always absent.
func Resolve(path string, use Use) (r Reference, ok bool) {
	prefix, name := splitPath(path)
	if g := groups[prefix]; g != nil {
		if v := g.Find(name, use); v != nil && v.Absent == "" {
			return Reference{variable: v}, true
		}
	}
	if prefix == authorizer && name != "" && use&InIdentitySource == 0 {
		return Reference{key: name}, true
	}
	return Reference{}, false
}

// authorizer is the group whose members are those that an authorizer gives.
const authorizer = "authorizer"

// Append appends the value as text; ok is false where the event has none. A value
// that an authorizer gave may be empty.
func (r Reference) Append(dst []byte, e *Event) (out []byte, ok bool) {
	if r.variable != nil {
		return r.variable.Append(dst, e)
	}
	text, ok := r.Text(e)
	return append(dst, text...), ok
}

// Text is the value as text, as [Reference.Append] writes it.
func (r Reference) Text(e *Event) (text string, ok bool) {
	switch {
	case r.variable == nil && r.key == "":
		return "", false
	case r.variable == nil:
		return Last(e.Authorizer, r.key)
	case r.variable.text != nil:
		text = r.variable.text(e)
		return text, text != ""
	}
	var buf [len(TimeFormat)]byte
	out, ok := r.variable.Append(buf[:0], e)
	return string(out), ok
}

// Kind is the form of the value.
func (r Reference) Kind() Kind {
	if r.variable == nil {
		return Text
	}
	return r.variable.Kind
}

// Known says whether AWS has a $context variable of that path for that use.
// True also for variables that are always absent here, for the groups
// themselves, and for every member of the authorizer's context.
func Known(use Use, path ...string) bool {
	switch {
	case len(path) == 0 || path[0] == authorizer:
		return true
	case len(path) > 1:
		g := groups[path[0]]
		return g != nil && g.Find(path[1], use) != nil || ContextMembers.Find(path[0], use) != nil
	}
	return groups[path[0]] != nil && path[0] != "" && groups[path[0]].any(use) || ContextMembers.Find(path[0], use) != nil
}

// any says whether the group has variables for a use.
func (g *Group) any(use Use) bool {
	for _, v := range g.all {
		if v.In(use) {
			return true
		}
	}
	return false
}
