package types

import "strings"

// upper is a name of the wire as CloudFormation spells it.
func upper(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// lower is a name of CloudFormation's as the rest-json protocol spells it.
func lower(name string) string { return strings.ToLower(name[:1]) + name[1:] }
