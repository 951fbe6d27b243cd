package wire_test

import (
	"strings"
	"testing"
)

func TestNamesAreExact(t *testing.T) {
	s := start(t)
	for body, want := range map[string]string{
		`{"name":"x","unknown":{"a":1,"a":2}}`:        "",
		`{"map":{"Name":"x","name":"y"}}`:             "",
		`{"n\u0061me":"x"}`:                           "",
		` {"settings":{"burst":1}} `:                  "",
		`{"Name":"x"}`:                                "Invalid member 'Name': its name is spelled name.",
		`{"name":"x","name":"y"}`:                     "Invalid member 'name': it is given twice.",
		`{"name":"x","n\u0061me":"y"}`:                "Invalid member 'name': it is given twice.",
		`{"settings":{"Burst":1}}`:                    "Invalid member 'settings.Burst': its name is spelled burst.",
		`{"settings":{"burst":1,"burst":1}}`:          "Invalid member 'settings.burst': it is given twice.",
		`{"map":{"a":"b","a":"c"}}`:                   "Invalid member 'map.a': it is given twice.",
		`{"tag` + "\u017f" + `":{"a":"b"},"on":true}`: "Invalid member 'tag" + "\u017f" + "': its name is spelled tags.",
	} {
		before := s.calls
		response, text := s.call(t, "POST", "/v2/things", body)
		if want == "" && (response.StatusCode != 201 || s.calls != before+1) || want != "" && (response.StatusCode != 400 || !strings.Contains(text, want) || s.calls != before) {
			t.Errorf("%s: %d %s", body, response.StatusCode, text)
		}
	}
}
