package ssm

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// GetParameterInput names a parameter.
type GetParameterInput struct {
	Name           string `json:"Name"`
	WithDecryption bool   `json:"WithDecryption"`
}

// Parameter is a parameter as responses have it.
type Parameter struct {
	Name             string  `json:"Name"`
	Type             string  `json:"Type"`
	Value            string  `json:"Value"`
	Version          int64   `json:"Version"`
	Selector         string  `json:"Selector,omitempty"`
	LastModifiedDate float64 `json:"LastModifiedDate"` // seconds since 1970
	ARN              string  `json:"ARN"`
	DataType         string  `json:"DataType"`
}

// GetParameterOutput is the answer of GetParameter.
type GetParameterOutput struct {
	Parameter Parameter `json:"Parameter"`
}

// GetParametersOutput is the answer of GetParameters.
type GetParametersOutput struct {
	Parameters []Parameter `json:"Parameters"`
	Invalid    []string    `json:"InvalidParameters"`
}

func stamp(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

// shown is the value as it is answered.
func (v *version) shown(kind string, decrypted bool) string {
	if kind == typeSecure && !decrypted {
		return v.Opaque
	}
	return v.Value
}

func (s *Service) shape(p *parameter, v *version, selector string, decrypted bool) Parameter {
	return Parameter{p.Name, p.Type, v.shown(p.Type, decrypted), v.Number, selector, stamp(v.At), s.ARN(p.Name), "text"}
}

// GetParameter reads a parameter, or one of its versions: name:3.
func (s *Service) GetParameter(ctx context.Context, in GetParameterInput) (GetParameterOutput, error) {
	p, v, r, err := s.find(ctx, in.Name)
	if err != nil {
		return GetParameterOutput{}, err
	}
	return GetParameterOutput{s.shape(p, v, r.selector, in.WithDecryption)}, nil
}

// GetParameters reads parameters and says which there are not.
func (s *Service) GetParameters(ctx context.Context, in NamesInput) (GetParametersOutput, error) {
	out := GetParametersOutput{[]Parameter{}, []string{}}
	if err := in.check(); err != nil {
		return out, err
	}
	for _, name := range in.Names {
		p, v, r, err := s.find(ctx, name)
		switch code := pasarela.CodeOf(err); {
		case code == CodeNotFound || code == CodeVersionNotFound:
			out.Invalid = append(out.Invalid, name)
		case err != nil:
			return out, err
		default:
			out.Parameters = append(out.Parameters, s.shape(p, v, r.selector, in.WithDecryption))
		}
	}
	return out, nil
}

// all are all parameters, sorted by name.
func (s *Service) all(ctx context.Context) ([]*parameter, error) {
	found, err := s.parameters.List(ctx, prefix)
	if err != nil {
		return nil, err
	}
	all := document.Values(found)
	slices.SortFunc(all, func(a, b *parameter) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// ByPathInput is the input of GetParametersByPath.
type ByPathInput struct {
	Path             string   `json:"Path"`
	Recursive        bool     `json:"Recursive"`
	WithDecryption   bool     `json:"WithDecryption"`
	ParameterFilters []Filter `json:"ParameterFilters"`
	Page
}

// ByPathOutput is the answer of GetParametersByPath.
type ByPathOutput struct {
	Parameters []Parameter `json:"Parameters"`
	NextToken  string      `json:"NextToken,omitempty"`
}

// below says whether a name lies below a path.
func below(name, path string, recursive bool) bool {
	rest, is := strings.CutPrefix(name, strings.TrimSuffix(path, "/")+"/")
	return is && (recursive || !strings.Contains(rest, "/"))
}

// GetParametersByPath reads the parameters below a path.
func (s *Service) GetParametersByPath(ctx context.Context, in ByPathInput) (ByPathOutput, error) {
	out := ByPathOutput{Parameters: []Parameter{}}
	if !strings.HasPrefix(in.Path, "/") {
		return out, invalid(`The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive).`)
	}
	for _, f := range in.ParameterFilters {
		if f.Key == "Name" || f.Key == "Path" || strings.HasPrefix(f.Key, "tag:") {
			return out, pasarela.Errorf(CodeFilterKey, "The filter key %s is not valid for GetParametersByPath.", f.Key)
		}
	}
	page, next, err := s.list(ctx, in.ParameterFilters, in.Page, 10, func(p *parameter) bool { return below(p.Name, in.Path, in.Recursive) })
	if err != nil {
		return out, err
	}
	for _, p := range page {
		out.Parameters = append(out.Parameters, s.shape(p, p.latest(), "", in.WithDecryption))
	}
	out.NextToken = next
	return out, nil
}

// Metadata is a parameter without its value.
type Metadata struct {
	Name             string  `json:"Name"`
	ARN              string  `json:"ARN,omitempty"`
	Type             string  `json:"Type"`
	KeyID            string  `json:"KeyId,omitempty"`
	LastModifiedDate float64 `json:"LastModifiedDate"`
	LastModifiedUser string  `json:"LastModifiedUser,omitempty"`
	Description      string  `json:"Description,omitempty"`
	AllowedPattern   string  `json:"AllowedPattern,omitempty"`
	Version          int64   `json:"Version"`
	Tier             string  `json:"Tier"`
	Policies         []any   `json:"Policies"`
	DataType         string  `json:"DataType"`
}

func (s *Service) metadata(p *parameter, v *version) Metadata {
	m := Metadata{
		Name: p.Name, ARN: s.ARN(p.Name), Type: p.Type, LastModifiedDate: stamp(v.At), LastModifiedUser: v.By, Description: v.Description,
		AllowedPattern: v.Pattern, Version: v.Number, Tier: v.Tier, Policies: []any{}, DataType: "text",
	}
	if p.Type == typeSecure {
		m.KeyID = ManagedKey
	}
	return m
}

// DescribeInput is the input of DescribeParameters.
type DescribeInput struct {
	Filters          []Filter `json:"Filters"`
	ParameterFilters []Filter `json:"ParameterFilters"`
	Page
}

// DescribeOutput is the answer of DescribeParameters.
type DescribeOutput struct {
	Parameters []Metadata `json:"Parameters"`
	NextToken  string     `json:"NextToken,omitempty"`
}

// DescribeParameters lists parameters without their values.
func (s *Service) DescribeParameters(ctx context.Context, in DescribeInput) (DescribeOutput, error) {
	out := DescribeOutput{Parameters: []Metadata{}}
	if len(in.Filters) > 0 && len(in.ParameterFilters) > 0 {
		return out, invalid("You can use either Filters or ParameterFilters in a single request.")
	}
	for i := range in.Filters { // the older form: names begin with the value
		if in.Filters[i].Option = "Equals"; in.Filters[i].Key == "Name" {
			in.Filters[i].Option = "BeginsWith"
		}
	}
	page, next, err := s.list(ctx, append(in.Filters, in.ParameterFilters...), in.Page, 50, nil)
	if err != nil {
		return out, err
	}
	for _, p := range page {
		out.Parameters = append(out.Parameters, s.metadata(p, p.latest()))
	}
	out.NextToken = next
	return out, nil
}

// HistoryInput is the input of GetParameterHistory.
type HistoryInput struct {
	Name           string `json:"Name"`
	WithDecryption bool   `json:"WithDecryption"`
	Page
}

// Past is a version of a parameter.
type Past struct {
	Metadata
	Value  string   `json:"Value"`
	Labels []string `json:"Labels"`
}

// HistoryOutput is the answer of GetParameterHistory.
type HistoryOutput struct {
	Parameters []Past `json:"Parameters"`
	NextToken  string `json:"NextToken,omitempty"`
}

// GetParameterHistory reads the versions of a parameter, the oldest first.
func (s *Service) GetParameterHistory(ctx context.Context, in HistoryInput) (HistoryOutput, error) {
	out := HistoryOutput{Parameters: []Past{}}
	p, _, _, err := s.find(ctx, in.Name)
	if err != nil {
		return out, err
	}
	page, next, err := paged(p.Versions, in.Page, 50, func(v version) string { return tokenOf(v.Number) })
	if err != nil {
		return out, err
	}
	for i := range page {
		m := s.metadata(p, &page[i])
		m.ARN = "" // AWS returns it of the parameter alone
		out.Parameters = append(out.Parameters, Past{m, page[i].shown(p.Type, in.WithDecryption), []string{}})
	}
	out.NextToken = next
	return out, nil
}
