package node

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"

	"github.com/google/go-cmp/cmp"
)

func TestEgressIsReadFromOneList(t *testing.T) {
	cases := []struct {
		text    string
		want    backend.Egress
		refused string
	}{
		{"", backend.Egress{}, ""},
		{"api.example.com,10.0.0.0/8", backend.Egress{Allow: []string{"api.example.com", "10.0.0.0/8"}}, ""},
		{"!10.1.0.0/16,link-local", backend.Egress{Deny: []string{"10.1.0.0/16"}, AllowLinkLocal: true}, ""},
		{"http://api.example.com", backend.Egress{Allow: []string{"http://api.example.com"}}, "--egress"},
		{" a.example.com , own,", backend.Egress{Allow: []string{"a.example.com"}, AllowOwn: true}, ""},
		{"!!!", backend.Egress{Deny: []string{"!!"}}, "--egress"},
		{"!", backend.Egress{Deny: []string{""}}, "--egress"},
		{"!link-local", backend.Egress{Deny: []string{"link-local"}}, "--egress"},
		{"!own", backend.Egress{Deny: []string{"own"}}, "--egress"},
		{"10.0.0", backend.Egress{Allow: []string{"10.0.0"}}, "--egress"},
		{"!10.0.0.0/99", backend.Egress{Deny: []string{"10.0.0.0/99"}}, "--egress"},
	}
	for _, c := range cases {
		s := Settings{Egress: c.text}
		if diff := cmp.Diff(c.want, s.egress()); diff != "" {
			t.Errorf("%q: -want +got\n%s", c.text, diff)
		}
		err := s.checkEgress()
		if (err != nil) != (c.refused != "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%q: error %v, want %q", c.text, err, c.refused)
		}
	}
}

func TestDescriptorsAreLeftForAnswers(t *testing.T) {
	if got := maxConnections(); got < 0 {
		t.Errorf("maxConnections() = %d", got)
	}
}
