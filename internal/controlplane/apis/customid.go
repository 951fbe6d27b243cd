package apis

import (
	"regexp"
	"slices"
)

// customIDForm is the form of generated ids, with other lengths allowed.
var customIDForm = regexp.MustCompile(`^[a-z0-9]{3,32}$`)

// takenIDs are first path segments that this server uses itself.
var takenIDs = []string{
	"account", "apikeys", "clientcertificates", "console", "metrics", "pasarela", "ping", "ready", "readyz", "sping", "tags", "usageplans",
}

// customID is the id that a tag asks for; "" for none (A-NODE-22).
func (s *Service) customID(c *check, tags map[string]string) (id string) {
	for _, name := range s.CustomIDTags {
		value, given := tags[name]
		switch {
		case !given:
		case !customIDForm.MatchString(value) || slices.Contains(takenIDs, value):
			c.fail("Invalid member 'tags': %s must be 3 to 32 of a-z and 0-9, and no path of this server, got %q.", name, value)
		case id == "":
			id = value
		}
	}
	return id
}
