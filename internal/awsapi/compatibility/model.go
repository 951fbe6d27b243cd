// Package compatibility compares what is served with AWS's own service models, operation
// by operation and member by member, and writes docs/compatibility.md from the result: a
// member that has no effect must be listed there.
package compatibility

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
)

//go:embed models/*.json.gz
var models embed.FS

// Model is an AWS service model in botocore's form.
type Model struct {
	Operations map[string]ModelOperation `json:"operations"`
	Shapes     map[string]Shape          `json:"shapes"`
}

// ModelOperation is one operation of a [Model].
type ModelOperation struct {
	HTTP struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode"`
	} `json:"http"`
	Input  *ShapeRef `json:"input"`
	Output *ShapeRef `json:"output"`
}

// Shape is one type of a [Model].
type Shape struct {
	Type    string              `json:"type"`
	Members map[string]ShapeRef `json:"members"`
	Member  *ShapeRef           `json:"member"`
	Value   *ShapeRef           `json:"value"`
	Payload string              `json:"payload"`
}

// ShapeRef names a [Shape]; LocationName is a member's name on the wire.
type ShapeRef struct {
	Shape        string `json:"shape"`
	Location     string `json:"location"`
	LocationName string `json:"locationName"`
}

// Load reads one of the models that the program carries: apigatewayv2,
// apigateway-keys, apigatewaymanagementapi, iam or sts.
func Load(name string) (*Model, error) {
	data, err := models.ReadFile("models/" + name + ".json.gz")
	if err != nil {
		return nil, err
	}
	text, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(text)
	if err != nil {
		return nil, err
	}
	model := new(Model)
	if err := json.Unmarshal(body, model); err != nil {
		return nil, fmt.Errorf("model %s: %w", name, err)
	}
	return model, nil
}

// Names are the operations of a model, sorted.
func (m *Model) Names() []string {
	names := make([]string, 0, len(m.Operations))
	for name := range m.Operations {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Members are the paths of all members below a shape by their wire names, sorted:
// accessLogSettings, accessLogSettings.format, routeSettings.*.loggingLevel.
func (m *Model) Members(ref *ShapeRef) []string {
	var paths []string
	if ref != nil {
		m.walk(ref.Shape, "", nil, &paths)
	}
	sort.Strings(paths)
	return paths
}

// walk adds the paths of all members below a shape, once where shapes contain themselves.
func (m *Model) walk(name, prefix string, above []string, paths *[]string) {
	if slices.Contains(above, name) {
		return // a shape inside itself
	}
	above = append(above, name)
	shape := m.Shapes[name]
	switch shape.Type {
	case "structure":
		for member, ref := range shape.Members {
			if ref.Location == "statusCode" {
				continue // the status of the response itself
			}
			if member == shape.Payload && m.Shapes[ref.Shape].Type == "blob" {
				member = "body"
			}
			if ref.LocationName != "" {
				member = ref.LocationName
			}
			*paths = append(*paths, prefix+member)
			m.walk(ref.Shape, prefix+member+".", above, paths)
		}
	case "list":
		m.walk(shape.Member.Shape, prefix, above, paths)
	case "map":
		m.walk(shape.Value.Shape, prefix+"*.", above, paths)
	}
}

// saysStatus says whether one of the members of a response is its status, which varies.
func (m *Model) saysStatus(ref *ShapeRef) bool {
	if ref == nil {
		return false
	}
	for _, member := range m.Shapes[ref.Shape].Members {
		if member.Location == "statusCode" {
			return true
		}
	}
	return false
}
