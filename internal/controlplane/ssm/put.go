package ssm

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela"
)

// Limits of Parameter Store.
const (
	maxVersions       = 100
	maxName           = 1011 // with the rest of the ARN
	maxLevels         = 15
	maxStandard       = 4096 // characters of a value
	maxAdvanced       = 8192
	maxDescription    = 1024
	maxTags           = 50
	maxAllowedPattern = 1024
	tierStandard      = "Standard"
	tierAdvanced      = "Advanced"
	tierIntelligent   = "Intelligent-Tiering"
	namingRequirement = `Parameter name: can't be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; ` +
		`each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_`
)

// PutParameterInput is the input of PutParameter.
type PutParameterInput struct {
	Name           string  `json:"Name"`
	Description    *string `json:"Description"`
	Value          string  `json:"Value"`
	Type           string  `json:"Type"`
	KeyID          string  `json:"KeyId"`
	Overwrite      bool    `json:"Overwrite"`
	AllowedPattern *string `json:"AllowedPattern"`
	Tags           []Tag   `json:"Tags"`
	Tier           string  `json:"Tier"`
	DataType       string  `json:"DataType"`
}

// Tag is a tag as the API has it.
type Tag struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// PutParameterOutput is the answer.
type PutParameterOutput struct {
	Version int64  `json:"Version"`
	Tier    string `json:"Tier"`
}

var nameForm = regexp.MustCompile(`^/?[a-zA-Z0-9_.-]+(/[a-zA-Z0-9_.-]+)*$`)

// checkName checks a parameter's name; the sentences are AWS's.
func checkName(name string) error {
	first, _, _ := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	first = strings.ToLower(first)
	levels := strings.Count(name, "/")
	switch {
	case !nameForm.MatchString(name) || len(name) > maxName || levels > 0 && name[0] != '/':
		if levels > 0 && name[0] != '/' {
			return invalid("Parameter name must be a fully qualified name: one with / in it begins with /.")
		}
		return invalid("%s", namingRequirement)
	case strings.HasPrefix(first, "ssm"):
		return invalid("%s", namingRequirement)
	case strings.HasPrefix(first, "aws"):
		return pasarela.Errorf(pasarela.CodeAccessDenied, "No access to reserved parameter name: %s.", name)
	case levels > maxLevels:
		return pasarela.Errorf(CodeLevels, "A hierarchy can have a maximum of 15 levels. For more information, see Requirements and constraints for parameter names.")
	}
	return nil
}

// check reads what can be said of a call without the store, and the tier of its version.
func (in *PutParameterInput) check() (tier string, err error) {
	if err := checkName(in.Name); err != nil {
		return "", err
	}
	size, tier := utf8.RuneCountInString(in.Value), in.Tier
	if tier == "" {
		tier = tierStandard
	}
	if tier == tierIntelligent {
		if tier = tierStandard; size > maxStandard {
			tier = tierAdvanced
		}
	}
	switch {
	case in.Value == "":
		return "", invalid("1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.")
	case tier != tierStandard && tier != tierAdvanced:
		return "", invalid("1 validation error detected: Value '%s' at 'tier' failed to satisfy constraint: Member must satisfy enum value set: [Standard, Advanced, Intelligent-Tiering]", in.Tier)
	case tier == tierStandard && size > maxStandard:
		return "", invalid("Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.")
	case size > maxAdvanced:
		return "", invalid("Advanced tier parameters support a maximum parameter value of 8192 characters.")
	case in.Type != "" && in.Type != typeString && in.Type != typeList && in.Type != typeSecure:
		return "", pasarela.Errorf(CodeType, "The parameter type %s is not supported: String, StringList and SecureString are.", in.Type)
	case in.DataType != "" && in.DataType != "text":
		return "", invalid("The data type %s is not supported here: only text is, since there are no images and integrations that a value could be held against.", in.DataType)
	case in.KeyID != "" && in.KeyID != ManagedKey:
		return "", pasarela.Errorf(CodeKey, "There is no KMS here: the only key is %s, which is used where none is named.", ManagedKey)
	case in.KeyID != "" && in.Type != typeSecure:
		return "", invalid("KeyId is for parameters of type SecureString only.")
	case in.Overwrite && len(in.Tags) > 0:
		return "", invalid("Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.")
	case in.Description != nil && utf8.RuneCountInString(*in.Description) > maxDescription:
		return "", invalid("1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1024")
	}
	return tier, nil
}

// matches holds a value against the AllowedPattern of its version.
func (v *version) matches() error {
	if v.Pattern == "" {
		return nil
	}
	if len(v.Pattern) > maxAllowedPattern {
		return invalid("1 validation error detected: Value at 'allowedPattern' failed to satisfy constraint: Member must have length less than or equal to 1024")
	}
	pattern, err := regexp.Compile(`^(?:` + v.Pattern + `)$`)
	if err != nil {
		return pasarela.Errorf(CodePattern, "The AllowedPattern %s is no regular expression that is understood here: %v", v.Pattern, err)
	}
	if !pattern.MatchString(v.Value) {
		return pasarela.Errorf(CodeMismatch, "Parameter value, cannot be validated against allowedPattern: %s", v.Pattern)
	}
	return nil
}

// next makes the version that a call adds to what is there; p is empty for a new one.
func (s *Service) next(p *parameter, in *PutParameterInput, tier, by string) (version, error) {
	v := version{Number: 1, Value: in.Value, Tier: tier, By: by, At: s.options.Now().UTC()}
	if len(p.Versions) > 0 {
		last := p.latest()
		v.Number, v.Description, v.Pattern = last.Number+1, last.Description, last.Pattern
		if last.Tier == tierAdvanced {
			if in.Tier == tierStandard {
				return v, invalid("This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.")
			}
			v.Tier = tierAdvanced
		}
	}
	if in.Description != nil {
		v.Description = *in.Description
	}
	if in.AllowedPattern != nil {
		v.Pattern = *in.AllowedPattern
	}
	if p.Type == typeSecure {
		v.Opaque = opaque()
	}
	return v, v.matches()
}

// opaque stands for the value of a SecureString where it is asked for without decryption.
// It is random: it says nothing of the value (A-SSM-1).
func opaque() string {
	text := make([]byte, 96)
	_, _ = rand.Read(text) // never fails
	return base64.StdEncoding.EncodeToString(text)
}

// PutParameter makes a parameter, or with Overwrite its next version. by is who does it.
func (s *Service) PutParameter(ctx context.Context, in PutParameterInput, by string) (PutParameterOutput, error) {
	tier, err := in.check()
	if err != nil {
		return PutParameterOutput{}, err
	}
	var added version
	change := func(p *parameter) error {
		switch {
		case len(p.Versions) > 0 && !in.Overwrite:
			return pasarela.Errorf(CodeExists, "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
		case len(p.Versions) > 0 && in.Type != "" && in.Type != p.Type:
			return pasarela.Errorf(CodeTypeMismatch, "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.")
		case len(p.Versions) == 0 && in.Type == "":
			return invalid("A parameter type is required when you create a parameter.")
		case len(p.Versions) == 0:
			p.Name, p.Type = in.Name, in.Type
			if err := p.tag(in.Tags); err != nil {
				return err
			}
		}
		if added, err = s.next(p, &in, tier, by); err != nil {
			return err
		}
		p.Versions = append(p.Versions, added)
		p.Versions = p.Versions[max(0, len(p.Versions)-maxVersions):]
		return nil
	}
	if _, err := s.parameters.Upsert(ctx, key(in.Name), change); err != nil {
		return PutParameterOutput{}, err
	}
	return PutParameterOutput{added.Number, added.Tier}, nil
}

// tag adds tags.
func (p *parameter) tag(tags []Tag) error {
	for _, tag := range tags {
		if tag.Key == "" || utf8.RuneCountInString(tag.Key) > 128 || utf8.RuneCountInString(tag.Value) > 256 {
			return invalid("Tags have keys of 1 to 128 characters and values of at most 256.")
		}
		if p.Tags == nil {
			p.Tags = map[string]string{}
		}
		p.Tags[tag.Key] = tag.Value
	}
	if len(p.Tags) > maxTags {
		return pasarela.Errorf(CodeTooManyTags, "A parameter has at most %d tags.", maxTags)
	}
	return nil
}

// NamesInput names parameters.
type NamesInput struct {
	Names          []string `json:"Names"`
	WithDecryption bool     `json:"WithDecryption"`
}

// DeleteParametersOutput is the answer of DeleteParameters.
type DeleteParametersOutput struct {
	Deleted []string `json:"DeletedParameters"`
	Invalid []string `json:"InvalidParameters"`
}

// Nothing is an answer without members.
type Nothing struct{}

// DeleteParameter removes a parameter with all its versions.
func (s *Service) DeleteParameter(ctx context.Context, in GetParameterInput) (Nothing, error) {
	err := s.remove(ctx, in.Name)
	if errors.Is(err, pasarela.ErrNotFound) {
		return Nothing{}, notFound(in.Name)
	}
	return Nothing{}, err
}

func (s *Service) remove(ctx context.Context, name string) error {
	if !mayBe(name) {
		return pasarela.ErrNotFound
	}
	return s.parameters.Delete(ctx, key(name), nil)
}

// DeleteParameters removes parameters and says which there were.
func (s *Service) DeleteParameters(ctx context.Context, in NamesInput) (DeleteParametersOutput, error) {
	out := DeleteParametersOutput{[]string{}, []string{}}
	if err := in.check(); err != nil {
		return out, err
	}
	for _, name := range in.Names {
		err := s.remove(ctx, name)
		switch {
		case errors.Is(err, pasarela.ErrNotFound):
			out.Invalid = append(out.Invalid, name)
		case err != nil:
			return out, err
		default:
			out.Deleted = append(out.Deleted, name)
		}
	}
	return out, nil
}

func (in NamesInput) check() error {
	if len(in.Names) == 0 || len(in.Names) > 10 {
		return invalid("1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length from 1 to 10")
	}
	return nil
}
