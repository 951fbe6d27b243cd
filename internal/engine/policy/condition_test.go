package policy_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

func TestConditions(t *testing.T) {
	keys := keysOf(map[string][]string{
		"s": {"Abc"}, "n": {"10"}, "b": {"true"}, "ip": {"10.1.2.3"}, "ip6": {"2001:db8::1"}, "mapped": {"::ffff:10.1.2.3"},
		"arn": {"arn:aws:iam::123456789012:role/p/r:x"}, "t": {"2026-11-24T02:00:00Z"}, "e": {"1795485600"},
		"tags": {"a", "b"}, "empty": {}, "blob": {"aG9sYQ=="}, "word": {"hola"}, "nan": {"NaN"}, "big": {"9007199254740993"}, "kelvin": {"\u212a"}, "longs": {"\u017f"}, "umlaut": {"\u00e4"}, "user": {"Abc"},
	})
	tests := []struct {
		name, condition string
		want            bool
	}{
		{"StringEquals", `{"StringEquals":{"S":"Abc"}}`, true},
		{"StringEquals case", `{"StringEquals":{"s":"abc"}}`, false},
		{"StringEquals star is a star", `{"StringEquals":{"s":"A*"}}`, false},
		{"StringEquals or", `{"StringEquals":{"s":["x","Abc"]}}`, true},
		{"StringEquals variable", `{"StringEquals":{"s":"${user}"}}`, true},
		{"StringEquals variable missing", `{"StringEquals":{"s":"${nobody}"}}`, false},
		{"StringNotEquals", `{"StringNotEquals":{"s":"x"}}`, true},
		{"StringNotEquals none may fit", `{"StringNotEquals":{"s":["x","Abc"]}}`, false},
		{"StringNotEquals missing", `{"StringNotEquals":{"z":"x"}}`, true},
		{"StringEquals missing", `{"StringEquals":{"z":"x"}}`, false},
		{"StringEquals empty", `{"StringEquals":{"empty":"x"}}`, false},
		{"IfExists missing", `{"StringEqualsIfExists":{"z":"x"}}`, true},
		{"IfExists there", `{"StringEqualsIfExists":{"s":"x"}}`, false},
		{"IgnoreCase", `{"StringEqualsIgnoreCase":{"s":"aBC"}}`, true},
		{"NotIgnoreCase", `{"StringNotEqualsIgnoreCase":{"s":"aBC"}}`, false},
		{"StringLike", `{"StringLike":{"s":"?b*"}}`, true},
		{"StringNotLike", `{"StringNotLike":{"s":"?b*"}}`, false},
		{"all keys must hold", `{"StringEquals":{"s":"Abc","n":"11"}}`, false},
		{"all operators must hold", `{"StringEquals":{"s":"Abc"},"NumericEquals":{"n":"11"}}`, false},
		{"NumericEquals", `{"NumericEquals":{"n":"1e1"}}`, true},
		{"NumericNotEquals", `{"NumericNotEquals":{"n":"10.0"}}`, false},
		{"NumericLessThan", `{"NumericLessThan":{"n":10}}`, false},
		{"NumericLessThanEquals", `{"NumericLessThanEquals":{"n":10}}`, true},
		{"NumericGreaterThan", `{"NumericGreaterThan":{"n":"9.5"}}`, true},
		{"NumericGreaterThanEquals", `{"NumericGreaterThanEquals":{"n":"10.5"}}`, false},
		{"Numeric NaN", `{"NumericLessThan":{"nan":"5"}}`, false},
		{"Numeric NaN wanted", `{"NumericLessThan":{"n":"NaN"}}`, false},
		{"Numeric hexadecimal", `{"NumericEquals":{"n":"0xAp0"}}`, false},
		{"Numeric infinity", `{"NumericLessThan":{"n":"Inf"}}`, false},
		{"Numeric underscore", `{"NumericLessThan":{"n":"1_000"}}`, false},
		{"Numeric beyond 53 bits", `{"NumericEquals":{"big":"9007199254740992"}}`, false},
		{"Numeric order beyond 53 bits", `{"NumericGreaterThan":{"big":"9007199254740992"}}`, true},
		{"Numeric negative", `{"NumericLessThan":{"n":"-1e3"},"NumericGreaterThan":{"n":"-0.0"}}`, false},
		{"Kelvin is no K", `{"StringEqualsIgnoreCase":{"kelvin":"k"}}`, false},
		{"long s is no s", `{"StringEqualsIgnoreCase":{"longs":"s"}}`, false},
		{"letters beyond ASCII have their case", `{"StringEqualsIgnoreCase":{"umlaut":"\u00c4"}}`, false},
		{"not a number", `{"NumericGreaterThan":{"s":"0"}}`, false},
		{"Date", `{"DateGreaterThan":{"t":"2026-11-24T01:59:59Z"},"DateLessThan":{"t":"2026-11-25"}}`, true},
		{"Date zone", `{"DateEquals":{"t":"2026-11-24T03:00:00+01:00"}}`, true},
		{"Date epoch", `{"DateLessThanEquals":{"e":"2026-11-24T02:00:00Z"},"DateGreaterThanEquals":{"e":"1795485600"}}`, true},
		{"DateNotEquals", `{"DateNotEquals":{"t":"2026-11-24T02:00:00Z"}}`, false},
		{"Date that cannot be compared", `{"DateGreaterThan":{"t":"01T"}}`, false},
		{"Bool", `{"Bool":{"b":true}}`, true},
		{"Bool text", `{"Bool":{"b":"False"}}`, false},
		{"BinaryEquals", `{"BinaryEquals":{"blob":"aG9sYQ=="}}`, true},
		{"IpAddress", `{"IpAddress":{"ip":["192.168.0.0/16","10.0.0.0/8"]}}`, true},
		{"IpAddress single", `{"IpAddress":{"ip":"10.1.2.3"}}`, true},
		{"IpAddress with host bits", `{"IpAddress":{"ip":"10.1.9.9/16"}}`, true},
		{"IpAddress other", `{"IpAddress":{"ip":"10.2.0.0/16"}}`, false},
		{"IpAddress v6", `{"IpAddress":{"ip6":"2001:db8::/32"}}`, true},
		{"IpAddress v4 in v6", `{"IpAddress":{"mapped":"10.0.0.0/8"}}`, true},
		{"NotIpAddress", `{"NotIpAddress":{"ip":"10.0.0.0/8"}}`, false},
		{"IpAddress of text", `{"IpAddress":{"s":"10.0.0.0/8"}}`, false},
		{"ArnEquals is like", `{"ArnEquals":{"arn":"arn:aws:iam::*:role/*"}}`, true},
		{"ArnLike keeps the colons of the resource", `{"ArnLike":{"arn":"arn:aws:iam::123456789012:role/?/*:x"}}`, true},
		{"ArnLike star stays in its field", `{"ArnLike":{"arn":"arn:aws:*:role/p/r:x"}}`, false},
		{"ArnNotLike", `{"ArnNotLike":{"arn":"arn:aws:iam::*:user/*"}}`, true},
		{"Arn of text", `{"ArnLike":{"s":"arn:aws:iam::*:user/*"}}`, false},
		{"Null of what is missing", `{"Null":{"z":"true"}}`, true},
		{"Null of what is there", `{"Null":{"s":"true"}}`, false},
		{"Null false", `{"Null":{"s":false}}`, true},
		{"ForAnyValue", `{"ForAnyValue:StringEquals":{"tags":["b","c"]}}`, true},
		{"ForAnyValue none", `{"ForAnyValue:StringEquals":{"tags":"c"}}`, false},
		{"ForAnyValue missing", `{"ForAnyValue:StringEquals":{"z":"c"}}`, false},
		{"ForAnyValue negated", `{"ForAnyValue:StringNotEquals":{"tags":"a"}}`, true},
		{"ForAnyValue negated, all fit", `{"ForAnyValue:StringNotEquals":{"tags":["a","b"]}}`, false},
		{"ForAnyValue negated missing", `{"ForAnyValue:StringNotEquals":{"z":"a"}}`, false},
		{"ForAllValues", `{"ForAllValues:StringEquals":{"tags":["a","b","c"]}}`, true},
		{"ForAllValues not all", `{"ForAllValues:StringEquals":{"tags":["a"]}}`, false},
		{"ForAllValues missing", `{"ForAllValues:StringEquals":{"z":["a"]}}`, true},
		{"ForAllValues empty", `{"ForAllValues:StringEquals":{"empty":["a"]}}`, true},
		{"ForAllValues negated", `{"ForAllValues:StringNotLike":{"tags":["c*"]}}`, true},
		{"no values", `{"StringEquals":{"s":[]}}`, false},
		{"no operators", `{}`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := parse(t, statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":`+test.condition), policy.Identity)
			v, _ := d.Evaluate(&policy.Request{Action: "a:b", Resource: "*", Keys: keys})
			if (v == policy.Allowed) != test.want {
				t.Errorf("%s: got %v, want %v", test.condition, v, test.want)
			}
		})
	}
}

func TestConditionsWithoutKeys(t *testing.T) {
	d := parse(t, statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`), policy.Identity)
	if v, _ := d.Evaluate(&policy.Request{Action: "a:b", Resource: "*"}); v != policy.ImplicitDeny {
		t.Error("a request without keys meets no condition")
	}
}
