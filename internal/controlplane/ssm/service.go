package ssm

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Error codes of Systems Manager.
const (
	CodeNotFound        pasarela.ErrorCode = "ParameterNotFound"
	CodeVersionNotFound pasarela.ErrorCode = "ParameterVersionNotFound"
	CodeExists          pasarela.ErrorCode = "ParameterAlreadyExists"
	CodeValidation      pasarela.ErrorCode = "ValidationException"
	CodeTypeMismatch    pasarela.ErrorCode = "HierarchyTypeMismatchException"
	CodeLevels          pasarela.ErrorCode = "HierarchyLevelLimitExceededException"
	CodePattern         pasarela.ErrorCode = "InvalidAllowedPatternException"
	CodeMismatch        pasarela.ErrorCode = "ParameterPatternMismatchException"
	CodeType            pasarela.ErrorCode = "UnsupportedParameterType"
	CodeKey             pasarela.ErrorCode = "InvalidKeyId"
	CodeToken           pasarela.ErrorCode = "InvalidNextToken"
	CodeFilterKey       pasarela.ErrorCode = "InvalidFilterKey"
	CodeFilterOption    pasarela.ErrorCode = "InvalidFilterOption"
	CodeResourceType    pasarela.ErrorCode = "InvalidResourceType"
	CodeResourceID      pasarela.ErrorCode = "InvalidResourceId"
	CodeTooManyTags     pasarela.ErrorCode = "TooManyTagsError"
)

// prefix is that of the keys of parameters in the store.
const prefix = "parameter/"

// Types of parameters.
const (
	typeString = "String"
	typeList   = "StringList"
	typeSecure = "SecureString"
)

// ManagedKey is the key of SecureStrings: there is no KMS here, so there is no other.
const ManagedKey = "alias/aws/ssm"

// Options of a [Service].
type Options struct {
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	// Bootstrapped returns the version of the CDK's bootstrap where none was deployed, so
	// that no bootstrap is needed (A-SSM-4).
	Bootstrapped bool
	Now          func() time.Time // nil: time.Now
}

// Service does the operations. Make one with [New]; it is safe for concurrent use.
type Service struct {
	options    Options
	parameters *document.Store[parameter]
}

// New makes the service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{options: o, parameters: document.NewStore[parameter](o.Bucket)}
}

// parameter is what the store has of one.
type parameter struct {
	Name     string            `json:"name"`
	Type     string            `json:"type"`
	Versions []version         `json:"versions"` // the oldest first; at most maxVersions
	Tags     map[string]string `json:"tags,omitempty"`
}

type version struct {
	Number      int64     `json:"number"`
	Value       string    `json:"value"`
	Opaque      string    `json:"opaque,omitempty"` // of a SecureString: what is answered in place of the value
	Description string    `json:"description,omitempty"`
	Pattern     string    `json:"pattern,omitempty"`
	Tier        string    `json:"tier"`
	By          string    `json:"by,omitempty"` // ARN
	At          time.Time `json:"at"`
}

func (p *parameter) latest() *version { return &p.Versions[len(p.Versions)-1] }

func invalid(format string, args ...any) error {
	return pasarela.Errorf(CodeValidation, format, args...)
}

func notFound(name string) error {
	return pasarela.Errorf(CodeNotFound, "Parameter %s not found.", name)
}

func key(name string) string { return prefix + pasarela.EscapeKey(name) }

// mayBe says whether there may be a parameter of that name: the store takes no other keys.
func mayBe(name string) bool { return name != "" && len(name) <= maxName }

// ARN is the ARN of a parameter: the slash that a path begins with is not doubled.
func (s *Service) ARN(name string) string {
	place := s.options.RegionAccount
	return "arn:aws:ssm:" + place.Region + ":" + place.AccountID + ":parameter/" + strings.TrimPrefix(name, "/")
}

// reference is a parameter as a call names it.
type reference struct{ name, selector string } // selector: "" or :3

// refer reads a name, an ARN, and the version behind either.
func (s *Service) refer(ctx context.Context, text string) (reference, error) {
	arn := s.ARN("")
	if rest, is := strings.CutPrefix(text, arn); is {
		name, selector := cutSelector(rest)
		if strings.Contains(name, "/") {
			return reference{"/" + name, selector}, nil
		}
		if _, err := s.get(ctx, "/"+name); err == nil {
			return reference{"/" + name, selector}, nil
		} else if !errors.Is(err, pasarela.ErrNotFound) {
			return reference{}, err
		}
		return reference{name, selector}, nil
	}
	if strings.HasPrefix(text, "arn:") {
		return reference{}, invalid("The ARN %s names no parameter of this region and account: they begin with %s", text, arn)
	}
	name, selector := cutSelector(text)
	return reference{name, selector}, nil
}

func cutSelector(text string) (name, selector string) {
	if i := strings.IndexByte(text, ':'); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// bootstrapVersion is what templates of the CDK ask for, and more: they want 6 at least, and
// newer ones a higher number.
const bootstrapVersion = "1000"

var bootstrapName = regexp.MustCompile("^/cdk-bootstrap/[a-z0-9]{1,10}/version$")

// get reads a parameter, or returns [pasarela.ErrNotFound].
func (s *Service) get(ctx context.Context, name string) (*parameter, error) {
	if !mayBe(name) {
		return nil, pasarela.ErrNotFound
	}
	found, err := s.parameters.Get(ctx, key(name))
	if errors.Is(err, pasarela.ErrNotFound) && s.options.Bootstrapped && bootstrapName.MatchString(name) {
		return &parameter{Name: name, Type: typeString, Versions: []version{{Number: 1, Value: bootstrapVersion, Tier: "Standard"}}}, nil
	}
	if err != nil {
		return nil, err
	}
	return found.Value, nil
}

// find reads the version that a call names.
func (s *Service) find(ctx context.Context, text string) (*parameter, *version, reference, error) {
	if text == "" {
		return nil, nil, reference{}, invalid("1 validation error detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	r, err := s.refer(ctx, text)
	if err != nil {
		return nil, nil, r, err
	}
	p, err := s.get(ctx, r.name)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, nil, r, notFound(r.name)
	}
	if err != nil {
		return nil, nil, r, err
	}
	if r.selector == "" {
		return p, p.latest(), r, nil
	}
	number, err := strconv.ParseInt(r.selector[1:], 10, 64)
	for i := range p.Versions {
		if err == nil && p.Versions[i].Number == number {
			return p, &p.Versions[i], r, nil
		}
	}
	return nil, nil, r, pasarela.Errorf(CodeVersionNotFound, "Systems Manager could not find version %s of %s. Verify the version and try again.", r.selector[1:], r.name)
}

// TagsOf returns the tags of a parameter for decisions; none for one that is not there.
func (s *Service) TagsOf(ctx context.Context, name string) (map[string]string, error) {
	p, err := s.get(ctx, name)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return p.Tags, nil
}

// Named is the name of the parameter that a call names by name or ARN, with or without a
// version.
func (s *Service) Named(ctx context.Context, text string) (string, error) {
	r, err := s.refer(ctx, text)
	return r.name, err
}
