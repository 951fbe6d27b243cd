package pasarela_test

import (
	"regexp"
	"testing"

	"github.com/pasarela-ws/pasarela"
)

func TestIdentifiersHaveAWSShapes(t *testing.T) {
	cases := []struct {
		name string
		make func() string
		want string
	}{
		{"api", pasarela.NewAPIID, `^[a-z0-9]{10}$`},
		{"route", pasarela.NewLongID, `^[a-z0-9]{7}$`},
		{"deployment", pasarela.NewShortID, `^[a-z0-9]{6}$`},
		{"request", pasarela.NewUUID, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			shape := regexp.MustCompile(c.want)
			seen := map[string]bool{}
			for range 1000 {
				id := c.make()
				if !shape.MatchString(id) {
					t.Fatalf("%q does not match %s", id, c.want)
				}
				if seen[id] && len(id) > 6 {
					t.Fatalf("%q came twice in 1000", id)
				}
				seen[id] = true
			}
		})
	}
}

func TestEscapeKeyIsInjectiveAndPlain(t *testing.T) {
	cases := map[string]string{
		"abc-1_2":       "abc-1_2",
		"a.b":           "a=2Eb",
		"a=2Eb":         "a=3D2Eb",
		"*.example.com": "=2A=2Eexample=2Ecom",
		"ñ":             "=C3=B1",
		"":              "",
	}
	for text, want := range cases {
		if got := pasarela.EscapeKey(text); got != want {
			t.Errorf("EscapeKey(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestARNs(t *testing.T) {
	place := pasarela.RegionAccount{Region: "eu-west-1", AccountID: "123456789012"}
	cases := []struct{ got, want string }{
		{place.ExecuteAPIARN("abcdef1234", "prod", "$connect"), "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/$connect"},
		{place.ConnectionsARN("abcdef1234", "prod", "POST", "L0SM9cOFvHcCIhw="), "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/POST/@connections/L0SM9cOFvHcCIhw="},
		{place.APIGatewayARN("/apis/abcdef1234"), "arn:aws:apigateway:eu-west-1::/apis/abcdef1234"},
		{place.IAMARN("role/APIGatewayInvokeHTTPRole"), "arn:aws:iam::123456789012:role/APIGatewayInvokeHTTPRole"},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestRouteKnowsItsIntegrationAndWhetherItAnswers(t *testing.T) {
	cases := []struct {
		name   string
		route  pasarela.Route
		id     string
		twoWay bool
	}{
		{"bare", pasarela.Route{}, "", false},
		{"target", pasarela.Route{Target: "integrations/abc1234"}, "abc1234", false},
		{"target of another kind", pasarela.Route{Target: "mock"}, "", false},
		{"two-way", pasarela.Route{Responses: []pasarela.RouteResponse{{RouteResponseKey: "$default"}}}, "", true},
	}
	for _, c := range cases {
		if got := c.route.IntegrationID(); got != c.id {
			t.Errorf("%s: IntegrationID = %q, want %q", c.name, got, c.id)
		}
		if got := c.route.TwoWay(); got != c.twoWay {
			t.Errorf("%s: TwoWay = %v, want %v", c.name, got, c.twoWay)
		}
	}
}
