package backup

import (
	"go.yaml.in/yaml/v3"
)

// Nothing says of a file that it has only what a first start makes: the account, and roles of
// AWS's own services. It is false for what cannot be read.
func Nothing(text []byte) bool {
	text, _ = cutData(text)
	var parts map[string]any
	if yaml.Unmarshal(text, &parts) != nil || parts == nil {
		return false
	}
	for name, part := range parts {
		switch part := part.(type) {
		case []any:
			if len(part) > 0 {
				return false
			}
		case map[string]any:
			if name != "identity" && len(part) > 0 || !nothingOf(part) {
				return false
			}
		}
	}
	return true
}

// nothingOf is Nothing of the identities.
func nothingOf(identity map[string]any) bool {
	for name, part := range identity {
		all, _ := part.([]any)
		if name == "account" {
			continue
		}
		for _, one := range all {
			if role, _ := one.(map[string]any); name != "roles" || role["ServiceLinkedTo"] == nil {
				return false
			}
		}
	}
	return true
}
