package extension_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
)

func TestCheckPolicySaysWhere(t *testing.T) {
	cases := []struct {
		name, kind, document string
		line, column         int // 0: no fault
	}{
		{"fine", "identity", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}`, 0, 0},
		{"not JSON", "identity", "{\n  \"Version\": \"2012-10-17\",\n  Statement: []\n}", 3, 3},
		{"cut off", "identity", "{\n\"Version\"", 2, 9},
		{"nothing", "identity", "", 1, 1},
		{
			"the second statement", "identity",
			"{\"Version\":\"2012-10-17\",\"Statement\":[\n {\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"*\"},\n {\"Effect\":\"Allow\",\"Action\":\"iam\",\"Resource\":\"*\"}]}", 3, 2,
		},
		{
			"a single statement", "trust",
			"{\"Version\":\"2012-10-17\",\n\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"apigateway.amazonaws.com\"},\"Action\":\"sts:AssumeRole\",\"Resource\":\"*\"}}", 2, 13,
		},
		{"the version", "identity", `{"Version":"2020-01-01","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}`, 1, 1},
		{"no statement", "identity", `{"Version":"2012-10-17"}`, 1, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			faults, err := extension.CheckPolicy(t.Context(), c.kind, c.document)
			if err != nil {
				t.Fatal(err)
			}
			if c.line == 0 {
				if len(faults) != 0 {
					t.Errorf("got %+v", faults)
				}
				return
			}
			if len(faults) != 1 || faults[0].Line != c.line || faults[0].Column != c.column {
				t.Errorf("got %+v, want a fault at %d:%d", faults, c.line, c.column)
			}
		})
	}
}
