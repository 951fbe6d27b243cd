package stage_test

import (
	"strings"
	"testing"
)

// Each way of missing a stage has a sentence of its own, which names what there is.
func TestWhyAURLIsNotServed(t *testing.T) {
	const byHost = apiID + ".execute-api.us-east-1.example.test"
	for _, c := range []struct{ host, path, api, want string }{
		{"127.0.0.1:4566", "/" + apiID + "/none", apiID, `has no stage "none": it has `},
		{"127.0.0.1:4566", "/" + apiID + "/none", apiID, "prod"},
		{"127.0.0.1:4566", "/" + apiID + "/Prod", apiID, `"Prod", upper and lower case count: it is prod`},
		{"127.0.0.1:4566", "/" + apiID, apiID, "no stage: append /STAGE; it has "},
		{"127.0.0.1:4566", "/" + apiID + "/", apiID, "no stage: append /STAGE"},
		{"127.0.0.1:4566", "/" + strings.ToUpper(apiID) + "/prod", apiID, "upper and lower case count: it is " + apiID},
		{"127.0.0.1:4566", "/stageless0/prod", "stageless0", `has no stage "prod": it has no stage yet: create one`},
		{"127.0.0.1:4566", "/stageless0", "stageless0", "append /STAGE; it has no stage yet"},
		{"127.0.0.1:4566", "/zzzzzzzzzz/prod", "", `there is no API "zzzzzzzzzz"`},
		{"127.0.0.1:4566", "/prod", apiID, "begins with a stage, and the API comes before it, /" + apiID + "/prod"},
		{"127.0.0.1:4566", "/", "", "names no API and no stage"},
		{"127.0.0.1:4566", "/" + apiID + "/prod/more", apiID, "goes on after stage prod"},
		{byHost, "/none", apiID, `has no stage "none"`},
		{byHost, "/", apiID, "no stage: append /STAGE"},
		{"none.execute-api.us-east-1.example.test", "/prod", "", `there is no API "none"`},
		{"ws.example.com", "/ordersx", "", "no API mapping for"},
		{"lost.example.com", "/", "lostapi123", "which does not exist"},
	} {
		why := world(t).Directory.WhyUnserved(c.host, c.path)
		if !strings.Contains(why.Why.Error(), c.want) || why.APIID != c.api && c.host != "lost.example.com" {
			t.Errorf("%s%s: %+v, want %q", c.host, c.path, why, c.want)
		}
	}
}
