// Package samples holds the report definitions that work with nothing set up:
// they read the sample shop.
package samples

import "embed"

// Files are the definitions, one YAML file a report type.
//
//go:embed *.yaml
var Files embed.FS
