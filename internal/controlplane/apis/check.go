package apis

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela"
)

// check collects the first thing wrong with an input. Its methods take pointers
// so that members which were not given pass.
type check struct{ err error }

func (c *check) fail(format string, args ...any) {
	if c.err == nil {
		c.err = bad(format, args...)
	}
}

// required refuses a member that a create cannot do without.
func (c *check) required(member string, v *string) {
	if v == nil || *v == "" {
		c.fail("Invalid member '%s': it is required.", member)
	}
}

// notEmptied refuses to clear a member that its resource cannot do without.
func (c *check) notEmptied(member string, v *string) {
	if v != nil && *v == "" {
		c.fail("Invalid member '%s': it cannot be empty.", member)
	}
}

// atMost checks the maximum lengths of the service model, in characters; counts are not
// limited (A-APIS-14). Their minimum is 1 where there is one, but "" is how an update
// clears (aws-controlplane §3.10).
func (c *check) atMost(member string, v *string, limit int) {
	if v != nil && utf8.RuneCountInString(*v) > limit {
		c.fail("Invalid member '%s': it has %d characters, at most %d are allowed.", member, utf8.RuneCountInString(*v), limit)
	}
}

func (c *check) oneOf(member string, v *string, allowed ...string) {
	if v != nil && *v != "" && !slices.Contains(allowed, *v) {
		c.fail("Invalid member '%s': %q is none of [%s].", member, *v, strings.Join(allowed, ", "))
	}
}

func (c *check) between(member string, v *int, least, most int) {
	if v != nil && (*v < least || *v > most) {
		c.fail("Invalid member '%s': %d is not between %d and %d.", member, *v, least, most)
	}
}

// values checks the length of every value of a map.
func (c *check) values(member string, m map[string]string, limit int) {
	for key, value := range m {
		c.atMost(member+"."+key, &value, limit)
	}
}

// tags checks AWS's rules for tags (aws-controlplane §3.11).
func (c *check) tags(tags map[string]string) {
	if len(tags) > 50 {
		c.fail("Invalid member 'tags': %d tags, at most 50 are allowed.", len(tags))
	}
	for key, value := range tags {
		if key == "" {
			c.fail("Invalid member 'tags': a key is empty.")
		}
		if strings.HasPrefix(key, "aws:") && !strings.HasPrefix(key, "aws:cloudformation:") {
			c.fail("Invalid member 'tags': %q begins with aws:, which is reserved.", key)
		}
		c.atMost("tags", &key, 128)
		c.atMost("tags."+key, &value, 256)
	}
}

// ownTags refuses pasarela's own tags on resources where they have no effect.
func (c *check) ownTags(tags map[string]string, where string) {
	for key := range tags {
		if strings.HasPrefix(key, pasarela.TagPrefix) {
			c.fail("Invalid member 'tags': %s does nothing on %s; settings of connections are tags of a stage, and %s is one of a VPC link.", key, where, tagTarget)
		}
	}
}

// tagTarget says where a VPC link leads (A-APIS-12).
const tagTarget = pasarela.TagPrefix + "target"

// linkTags checks the one setting of a VPC link.
func (c *check) linkTags(tags map[string]string) {
	for key, value := range tags {
		switch {
		case key == tagTarget && !isHTTP(value):
			c.fail("Invalid member 'tags': %s must be a base URL such as http://10.0.0.5:8080, got %q.", tagTarget, value)
		case key != tagTarget && strings.HasPrefix(key, pasarela.TagPrefix):
			c.fail("Invalid member 'tags': %s does nothing on a VPC link; there is %s.", key, tagTarget)
		}
	}
}

// set copies a member that was given.
func set[T any](place *T, given *T) {
	if given != nil {
		*place = *given
	}
}

// isID says whether text could be an identifier that the service made; any other names
// nothing and must not become part of a key.
func isID(text string) bool {
	if text == "" || len(text) > 64 {
		return false
	}
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// find is the index of the part whose identifier is id, -1 when there is none.
func find[T any](parts []T, id string, of func(*T) string) int {
	for i := range parts {
		if of(&parts[i]) == id {
			return i
		}
	}
	return -1
}

// fresh makes an identifier that none of parts has.
func fresh[T any](parts []T, make func() string, of func(*T) string) string {
	for {
		if id := make(); find(parts, id, of) < 0 {
			return id
		}
	}
}
