package web

import (
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// reportType is one type of report as GET /api/reports/types returns it.
type reportType struct {
	Type        string      `json:"type"`
	Title       locale.Text `json:"title"`
	Description locale.Text `json:"description,omitempty"`
	Language    string      `json:"language"`
	Format      string      `json:"format"`
	Parameters  []parameter `json:"parameters"`
}

type parameter struct {
	Name      string      `json:"name"`
	Title     locale.Text `json:"title"`
	Type      string      `json:"type"`
	Required  bool        `json:"required"`
	List      bool        `json:"list,omitempty"`
	Default   string      `json:"default,omitempty"`
	NoneIsAll bool        `json:"noneIsAll,omitempty"`
	Minimum   *float64    `json:"minimum,omitempty"`
	Maximum   *float64    `json:"maximum,omitempty"`
	Earliest  string      `json:"earliest,omitempty"`
	Latest    string      `json:"latest,omitempty"`
	NotBefore string      `json:"notBefore,omitempty"`
	Pattern   string      `json:"pattern,omitempty"`
	Values    []value     `json:"values,omitempty"`
}

type value struct {
	Value string      `json:"value"`
	Title locale.Text `json:"title"`
}

// types lists the types that the client may request: with a capability those that its
// client may, without one the public ones, as operator all or, with ?caller=, those of
// that caller.
func (s *server) types(w http.ResponseWriter, r *http.Request) {
	who, list := s.identify(r), []reportType{}
	caller := who.client
	if who.role == operator {
		caller = r.URL.Query().Get("caller")
	}
	for _, d := range s.intake.Catalogue.All() {
		_, attributes := d.AllowsAttributes(nil)
		if who.role == operator && (caller == "" || d.Allows(caller)) || d.Allows(caller) && attributes {
			list = append(list, describe(d))
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"types": list})
}

func describe(d *definition.Definition) reportType {
	described := reportType{Type: d.Type, Title: d.Title, Description: d.Description, Language: string(d.Language), Format: string(d.Format), Parameters: []parameter{}}
	for i := range d.Parameters {
		p := &d.Parameters[i]
		shown := parameter{
			Name: p.Name, Title: p.Title, Type: string(p.Kind), Required: p.Required, List: p.List, Default: d.Preset(p), NoneIsAll: p.NoneIsAll,
			Minimum: p.Minimum, Maximum: p.Maximum, Earliest: p.Earliest, Latest: p.Latest, NotBefore: p.NotBefore,
		}
		if p.Pattern != nil {
			shown.Pattern = p.Pattern.String()
		}
		for _, choice := range p.Values {
			shown.Values = append(shown.Values, value{choice.Value, choice.Title})
		}
		described.Parameters = append(described.Parameters, shown)
	}
	return described
}
