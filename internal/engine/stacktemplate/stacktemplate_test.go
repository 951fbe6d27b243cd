package stacktemplate_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

func TestParse(t *testing.T) {
	tests := []struct{ name, text, want, fault string }{
		{"short forms", "A: !Ref B\nC: !GetAtt D.E.F\nG: !Sub '${H}'\nI: !Join ['', [a, !Ref B]]\nJ: !If [K, 1, 2]\nL: !Condition M", `{"A":{"Ref":"B"},"C":{"Fn::GetAtt":["D","E.F"]},"G":{"Fn::Sub":"${H}"},"I":{"Fn::Join":["",["a",{"Ref":"B"}]]},"J":{"Fn::If":["K",1,2]},"L":{"Condition":"M"}}`, ""},
		{"literals", "A: 1.10\nB: 012\nC: 2010-09-09\nD: true\nE: 'true'\nF: ~\nG: 0x1f\nH: yes\nI: .inf\nJ: !Sub 5", `{"A":1.10,"B":"012","C":"2010-09-09","D":true,"E":"true","F":null,"G":"0x1f","H":"yes","I":".inf","J":{"Fn::Sub":"5"}}`, ""},
		{"aliases", "A: &a [1]\nB: *a\nC:\n  <<: {X: 1, Y: 2}\n  X: 3", `{"A":[1],"B":[1],"C":{"X":3,"Y":2}}`, ""},
		{"JSON", `{"A": {"Ref": "B"}, "C": 1.10}`, `{"A":{"Ref":"B"},"C":1.10}`, ""},
		{"key twice", "A: 1\nA: 2", "", `Template format error: YAML not well-formed. (line 2: the key "A" is there twice)`},
		{"key twice in JSON", `{"A":1,"A":2}`, "", `Template format error: JSON not well-formed. (line 1, column 11): the key "A" is there twice`},
		{"strange tag", "A: !Foo x", "", "Template format error: YAML not well-formed. (line 1: the tag !Foo is no function of templates)"},
		{"no YAML", "A: [", "", "Template format error: YAML not well-formed. (line 1: did not find expected node content)"},
		{"JSON cut", "{\n \"A\": [1", "", "Template format error: JSON not well-formed. (line 2, column 9): it ends in the middle"},
		{"list", "- a", "", "Template format error: unsupported structure."},
		{"alias inside itself", "A: &a [*a]", "", "Template format error: YAML not well-formed. (line 1: the alias *a contains itself)"},
		{"deep", strings.Repeat("[", 200) + strings.Repeat("]", 200), "", "Template format error: YAML not well-formed. (line 1: values nest deeper than 100)"},
		{"many", "A: &a [" + strings.Repeat("1,", 100) + "]\nB: &b [" + strings.Repeat("*a,", 100) + "]\nC: [" + strings.Repeat("*b,", 100) + "]", "", "Template format error: YAML not well-formed. (line 1: more than 200000 values, aliases counted each time)"},
		{"long texts used again", "A: &a " + strings.Repeat("x", 1<<19) + "\nB: [" + strings.Repeat("*a,", 10) + "]", "", "Template format error: YAML not well-formed. (line 1: texts of more than 4194304 bytes, aliases counted each time)"},
		{"long keys used again", "A: &a {" + strings.Repeat("x", 1000) + ": 1}\nB: [" + strings.Repeat("*a,", 5000) + "]", "", "Template format error: YAML not well-formed. (line 1: texts of more than 4194304 bytes, aliases counted each time)"},
		{"long", strings.Repeat(" ", 1<<20+1), "", "Template format error: the template has 1048577 bytes, at most 1048576 are allowed."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v, err := stacktemplate.Parse(test.text)
			if test.fault != "" {
				if err == nil || err.Error() != test.fault {
					t.Errorf("got %v, want %s", err, test.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text, _ := json.Marshal(v)
			if d := cmp.Diff(test.want, string(text)); d != "" {
				t.Error(d)
			}
		})
	}
}

func read(t *testing.T, text string) *stacktemplate.Template {
	t.Helper()
	top, err := stacktemplate.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	template, err := stacktemplate.Read(top)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func TestRead(t *testing.T) {
	tests := []struct{ name, text, fault string }{
		{"nothing", "Description: x", "Template format error: At least one Resources member must be defined."},
		{"no type", "Resources: {A: {Properties: {}}}", "Template format error: [/Resources/A] Every Resources object must contain a Type member."},
		{"strange section", "Resource: {}\nResources: {A: {Type: T}}", "Template format error: Invalid template property or properties [Resource]"},
		{"strange attribute", "Resources: {A: {Type: T, Propertis: {}}}", "Invalid template resource property 'Propertis' of A"},
		{"name", "Resources: {A-b: {Type: T}}", "Template format error: Resource name A-b is non alphanumeric."},
		{"unresolved", "Resources: {A: {Type: T, Properties: {X: !Ref B, Y: !GetAtt C.D, Z: !Sub '${E}${!F}${G}${AWS::Region}'}, DependsOn: H}}", "Template format error: Unresolved resource dependencies [B, C, E, G, H] in the Resources block of the template"},
		{"own variable", "Resources: {A: {Type: T, Properties: {X: !Sub ['${V}', {V: 1}]}}}", ""},
		{"unresolved in outputs", "Resources: {A: {Type: T}}\nOutputs: {O: {Value: !Ref B}}", "Unresolved resource dependencies [B] in the Outputs block of the template"},
		{"output without value", "Resources: {A: {Type: T}}\nOutputs: {O: {Description: B}}", "Template format error: Every Outputs member must contain a Value object"},
		{"null", "Resources: {A: {Type: T, Properties: {X: [1, ~]}}}", "Template format error: [/Resources/A/Properties/X/1] 'null' values are not allowed in templates"},
		{"condition", "Resources: {A: {Type: T, Properties: {X: !If [C, 1, 2]}}}", "Template error: unresolved condition dependency C in Fn::If (in A)"},
		{"resource in a condition", "Conditions: {C: !Equals [!Ref A, 1]}\nResources: {A: {Type: T}}", "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template"},
		{"policy", "Resources: {A: {Type: T, DeletionPolicy: Keep}}", "Template format error: Unrecognized DeletionPolicy Keep for resource A"},
		{"version", "AWSTemplateFormatVersion: 2010-09-10\nResources: {A: {Type: T}}", "Template format error: unsupported value for AWSTemplateFormatVersion."},
		{"parameter", "Parameters: {P: {Type: Text}}\nResources: {A: {Type: T}}", "Template format error: Unrecognized parameter type: Text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			top, err := stacktemplate.Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			_, err = stacktemplate.Read(top)
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || err.Error() != test.fault) {
				t.Errorf("got %v, want %s", err, test.fault)
			}
		})
	}
}

func scope() *stacktemplate.Scope {
	return &stacktemplate.Scope{
		Values:     map[string]any{"P": "p", "L": []any{"x", "y"}, "AWS::Region": "us-east-1"},
		Conditions: map[string]bool{"Yes": true, "No": false},
		Mappings:   map[string]any{"M": map[string]any{"k": map[string]any{"v": "found"}}},
		Resource: func(name, attribute string) (any, bool, error) {
			return name + "/" + attribute, name == "Made", nil
		},
		Import:   func(name string) (string, error) { return "imported " + name, nil },
		Extended: true,
	}
}

func TestReduce(t *testing.T) {
	tests := []struct{ text, want, fault string }{
		{"!Ref P", `"p"`, ""},
		{"!Ref L", `["x","y"]`, ""},
		{"[!Ref AWS::NoValue, 1]", `[1]`, ""},
		{"{A: !If [No, 1, !Ref AWS::NoValue], B: 2}", `{"B":2}`, ""},
		{"!Ref Made", `"Made/"`, ""},
		{"!GetAtt Made.Arn", `"Made/Arn"`, ""},
		{"!GetAtt Later.Arn", `{"Fn::GetAtt":["Later","Arn"]}`, ""},
		{"!Sub '${P}-${!P}-${Made.Arn}-${AWS::Region}'", `"p-${P}-Made/Arn-us-east-1"`, ""},
		{"!Sub ['${V}-${Later}', {V: !Ref P}]", `{"Fn::Sub":["${V}-${Later}",{"V":"p"}]}`, ""},
		{"!Sub '${L}'", "", "Template error: variable L in Fn::Sub expression does not resolve to a string"},
		{"!Join ['-', !Ref L]", `"x-y"`, ""},
		{"!Join ['', [a, !Ref Later, !Ref P]]", `{"Fn::Join":["",["a",{"Ref":"Later"},"p"]]}`, ""},
		{"!Join [1, a]", "", "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."},
		{"!Select [1, !Split [',', 'a,b']]", `"b"`, ""},
		{"!Select [0, [a, !Ref Later]]", `"a"`, ""},
		{"!Select [1, [a, !Ref Later]]", `{"Fn::Select":[1,["a",{"Ref":"Later"}]]}`, ""},
		{"!Select ['9', !Ref L]", "", "Template error: Fn::Select cannot select nonexistent value at index 9"},
		{"!Select [x, !Ref L]", "", "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"},
		{"!FindInMap [M, k, v]", `"found"`, ""},
		{"!FindInMap [M, k, w]", "", "Template error: Unable to get mapping for M::k::w"},
		{"!FindInMap [M, k, w, {DefaultValue: d}]", `"d"`, ""},
		{"!Base64 p", `"cA=="`, ""},
		{"!ImportValue n", `"imported n"`, ""},
		{"!GetAZs ''", `["us-east-1a","us-east-1b","us-east-1c"]`, ""},
		{"!Cidr [10.0.0.0/16, 3, 8]", `["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"]`, ""},
		{"!Cidr [10.0.0.0/24, 3, 8]", "", "Template error: Fn::Cidr cannot cut 10.0.0.0/24 into 3 blocks of 8 bits"},
		{"Fn::Length: !Ref L", `2`, ""},
		{"Fn::ToJsonString: {b: !Ref P, a: '<'}", `"{\"a\":\"<\",\"b\":\"p\"}"`, ""},
		{"Fn::Transform: {Name: X}", "", "Template error: the macro X of Fn::Transform is not there; this server has no macros"},
		{"{Fn::Foo: 1}", "", "Template error: there is no function Fn::Foo in this place"},
		{"{Fn::Join: ['', []], A: 1}", "", "Template error: Fn::Join must be the only member of its object"},
		{"{Condition: {StringEquals: {a: !Ref P}}}", `{"Condition":{"StringEquals":{"a":"p"}}}`, ""},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			top, err := stacktemplate.Parse("V: " + strings.ReplaceAll(test.text, "Fn::Length:", "{Fn::Length:") + closing(test.text))
			if err != nil {
				top, err = stacktemplate.Parse("V:\n  " + test.text)
			}
			if err != nil {
				t.Fatal(err)
			}
			v, err := scope().Reduce(top["V"])
			if test.fault != "" {
				if err == nil || err.Error() != test.fault {
					t.Errorf("got %v, %v", v, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			encoder := json.NewEncoder(&b)
			encoder.SetEscapeHTML(false)
			_ = encoder.Encode(v)
			if d := cmp.Diff(test.want, strings.TrimSpace(b.String())); d != "" {
				t.Error(d)
			}
		})
	}
}

func closing(text string) string {
	if strings.HasPrefix(text, "Fn::Length:") {
		return "}"
	}
	return ""
}

func TestFunctionsMakeNoEndlessTexts(t *testing.T) {
	text := any(strings.Repeat("a", 1<<19))
	v := map[string]any{"Fn::Join": []any{"", []any{text, text, text}}}
	if _, err := scope().Reduce(v); err == nil || !strings.Contains(err.Error(), "at most 1048576 are allowed") {
		t.Errorf("got %v", err)
	}
}

func TestValuesOfManyFunctionsAreBounded(t *testing.T) {
	long := strings.Repeat("a,", 1<<18)
	tests := []struct {
		name  string
		one   map[string]any
		times int
		fault string
	}{
		{"a text in each", map[string]any{"Fn::Join": []any{"", []any{long, "b"}}}, 100, "Template error: the functions make more than 16777216 bytes of one value"},
		{"a list in each", map[string]any{"Fn::Split": []any{",", long[:200_000]}}, 100, "Template error: the functions make more than 16777216 bytes of one value"},
		{"a row of a mapping in each", map[string]any{"Fn::FindInMap": []any{"M", "k", "long"}}, 100, "Template error: the functions make more than 16777216 bytes of one value"},
		{"one text of many variables", map[string]any{"Fn::Sub": []any{strings.Repeat("${V}", 1000), map[string]any{"V": long}}}, 1, "Template error: a function makes a text of 1572864 bytes, at most 1048576 are allowed"},
		{"few", map[string]any{"Fn::Join": []any{"", []any{long, "b"}}}, 10, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := scope()
			s.Mappings["M"].(map[string]any)["k"].(map[string]any)["long"] = long
			values := make([]any, test.times)
			for i := range values {
				values[i] = test.one
			}
			_, err := s.Reduce(values)
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || err.Error() != test.fault) {
				t.Errorf("got %v, want %s", err, test.fault)
			}
		})
	}
}

func TestLoopsAreBounded(t *testing.T) {
	long := strings.Repeat("a", 1<<18)
	tests := []struct {
		name  string
		body  any
		fault string
	}{
		{"one text", strings.Repeat("${X}", 1000), "Template error: Fn::ForEach makes a text of more than 1048576 bytes"},
		{"letters alone", strings.Repeat("&{X}", 1000), "Template error: Fn::ForEach makes a text of more than 1048576 bytes"},
		{"many texts", slices.Repeat([]any{"${X}"}, 100), "Template error: Fn::ForEach makes texts of more than 4194304 bytes"},
		{"many references", slices.Repeat([]any{map[string]any{"Ref": "X"}}, 100), "Template error: Fn::ForEach makes texts of more than 4194304 bytes"},
		{"few", "${X}", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			top := map[string]any{"Fn::ForEach::L": []any{"X", []any{long}, map[string]any{"A": test.body}}}
			_, err := stacktemplate.Unroll(top, scope())
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || err.Error() != test.fault) {
				t.Errorf("got %v, want %s", err, test.fault)
			}
		})
	}
}

func TestLanguageExtensionsAreAskedFor(t *testing.T) {
	s := scope()
	s.Extended = false
	want := "Template error: Fn::Length needs the line Transform: AWS::LanguageExtensions in the template"
	if _, err := s.Reduce(map[string]any{"Fn::Length": []any{}}); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestConditionsAndRules(t *testing.T) {
	template := read(t, `
Parameters: {Env: {Type: String}, List: {Type: CommaDelimitedList}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  NotProd: !Not [!Condition Prod]
  Both: !And [!Condition Prod, !Condition NotProd]
  Either: !Or [!Condition Prod, !Condition NotProd]
Rules:
  Version:
    RuleCondition: !Equals [!Ref Env, prod]
    Assertions:
      - {Assert: !Not [{'Fn::Contains': [[a, b], !Ref Env]}], AssertDescription: no letters}
      - {Assert: {'Fn::EachMemberIn': [!Ref List, [x, y]]}, AssertDescription: only x and y}
Resources: {A: {Type: T}}`)
	s := &stacktemplate.Scope{Values: map[string]any{"Env": "prod", "List": []any{"x"}}}
	if err := template.Decide(s); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]bool{"Prod": true, "NotProd": false, "Both": false, "Either": true}, s.Conditions); d != "" {
		t.Error(d)
	}
	if err := template.Assert(s); err != nil {
		t.Error(err)
	}
	s.Values["List"] = []any{"x", "z"}
	if err := template.Assert(s); err == nil || err.Error() != "Rule Version failed: only x and y" {
		t.Errorf("got %v", err)
	}
	circular := read(t, "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\nResources: {R: {Type: T}}")
	if err := circular.Decide(s); err == nil || err.Error() != "Template format error: Circular dependencies for conditions: [A]" {
		t.Errorf("got %v", err)
	}
}

func TestParameters(t *testing.T) {
	template := read(t, `
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod], NoEcho: true}
  Count: {Type: Number, Default: 5, MinValue: 1, MaxValue: 10}
  Name: {Type: String, AllowedPattern: '[a-z]+', MaxLength: 5, ConstraintDescription: small letters}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>', Default: 'a, b'}
  Version: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /cdk/version}
Resources: {A: {Type: T}}`)
	tests := []struct {
		given map[string]string
		fault string
	}{
		{map[string]string{"Name": "abc"}, ""},
		{map[string]string{}, "Parameters: [Name] must have values"},
		{map[string]string{"Name": "abc", "Other": "x"}, "Parameters: [Other] do not exist in the template"},
		{map[string]string{"Name": "ABC"}, "Parameter 'Name' failed to satisfy constraint: small letters"},
		{map[string]string{"Name": "abc", "Env": "x"}, "Parameter 'Env' must be one of AllowedValues"},
		{map[string]string{"Name": "abc", "Count": "x"}, "Parameter 'Count' must be a number."},
		{map[string]string{"Name": "abc", "Count": "11"}, "Parameter 'Count' must be a number not greater than 10"},
	}
	for _, test := range tests {
		texts, err := template.Texts(test.given)
		if test.fault != "" {
			if err == nil || err.Error() != test.fault {
				t.Errorf("%v: %v", test.given, err)
			}
			continue
		}
		if d := cmp.Diff(map[string]string{"Env": "dev", "Count": "5", "Name": "abc", "Subnets": "a, b", "Version": "/cdk/version"}, texts); d != "" || err != nil {
			t.Error(err, d)
		}
	}
	if d := cmp.Diff([]any{"a", "b"}, template.Parameters["Subnets"].Value("a, b")); d != "" {
		t.Error(d)
	}
	if kind, ok := template.Parameters["Version"].SSMType(); kind != "String" || !ok {
		t.Errorf("got %q, %t", kind, ok)
	}
}

func TestLoops(t *testing.T) {
	top, err := stacktemplate.Parse(`
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Routes:
    - Name
    - !Ref Names
    - Route&{Name}:
        Type: T
        Properties: {Key: !Ref Name, Text: !Sub 'is ${Name} ${AWS::Region}'}`)
	if err != nil {
		t.Fatal(err)
	}
	unrolled, err := stacktemplate.Unroll(top, &stacktemplate.Scope{Values: map[string]any{"Names": []any{"a-1", "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(unrolled["Resources"])
	want := `{"Routea1":{"Properties":{"Key":"a-1","Text":{"Fn::Sub":"is a-1 ${AWS::Region}"}},"Type":"T"},"Routeb":{"Properties":{"Key":"b","Text":{"Fn::Sub":"is b ${AWS::Region}"}},"Type":"T"}}`
	if d := cmp.Diff(want, string(text)); d != "" {
		t.Error(d)
	}
}
