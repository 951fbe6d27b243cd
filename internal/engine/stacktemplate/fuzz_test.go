package stacktemplate_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// FuzzTemplate reads any text as a template and evaluates it: nothing panics, values
// of JSON survive encoding, and reducing twice gives the same as reducing once.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		"Resources: {A: {Type: T, Properties: {X: !Ref B}}, B: {Type: U}}\nOutputs: {O: {Value: !GetAtt A.B, Export: {Name: !Sub '${AWS::StackName}-x'}}}",
		`{"Parameters":{"P":{"Type":"CommaDelimitedList","Default":"a,b"}},"Conditions":{"C":{"Fn::Equals":[{"Fn::Join":["",{"Ref":"P"}]},"ab"]}},"Resources":{"A":{"Type":"T","Condition":"C","Properties":{"X":{"Fn::Select":["0",{"Ref":"P"}]}}}}}`,
		"Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::X: [V, [a, b], {'R${V}': {Type: T, Properties: {A: !Cidr [10.0.0.0/8, 2]}}}]",
		"A: &a [*a]", "a: &x {<<: *x}", "Mappings: {M: {a: {b: c}}}\nResources: {A: {Type: T, Properties: {X: !FindInMap [M, a, b], Y: !Split [a, bab], Z: !Base64 x}}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		top, err := stacktemplate.Parse(text)
		if err != nil {
			return
		}
		s := &stacktemplate.Scope{Values: map[string]any{"AWS::Region": "us-east-1", "P": []any{"a", "b"}}, Extended: true}
		if top, err = stacktemplate.Unroll(top, s); err != nil {
			return
		}
		if _, err := json.Marshal(top); err != nil {
			t.Fatalf("what was read does not encode: %v", err)
		}
		template, err := stacktemplate.Read(top)
		if err != nil {
			return
		}
		s.Mappings = template.Mappings
		if template.Decide(s) != nil || template.Assert(s) != nil {
			return
		}
		for _, resource := range template.Resources {
			once, err := s.Reduce(resource.Properties)
			if err != nil {
				continue
			}
			twice, err := s.Reduce(once)
			if err == nil {
				if d := cmp.Diff(once, twice); d != "" && stacktemplate.Known(once) {
					t.Fatalf("reducing again changes:\n%s", d)
				}
			}
		}
	})
}
