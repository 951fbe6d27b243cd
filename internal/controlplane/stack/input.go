package stack

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// Tag is a tag on the wire.
type Tag struct {
	Key   string `aws:"Key,keep"`
	Value string `aws:"Value,keep"`
}

// Parameter is a parameter on the wire.
type Parameter struct {
	Key              string  `aws:"ParameterKey"`
	Value            *string `aws:"ParameterValue"`
	UsePreviousValue bool    `aws:"UsePreviousValue"`
}

// TemplateInput is where a template comes from.
type TemplateInput struct {
	TemplateBody string `aws:"TemplateBody"`
	TemplateURL  string `aws:"TemplateURL"`
}

// DesiredInput is what a stack shall be, as a client says it.
type DesiredInput struct {
	StackName        string        `aws:"StackName"`
	Template         TemplateInput `aws:"*"`
	Parameters       []Parameter   `aws:"Parameters"`
	Capabilities     []string      `aws:"Capabilities"`
	RoleARN          string        `aws:"RoleARN"`
	NotificationARNs []string      `aws:"NotificationARNs"`
	Tags             []Tag         `aws:"Tags"`
	ClientToken      string        `aws:"ClientRequestToken"`
}

// ChangedInput is what a stack that is there shall be.
type ChangedInput struct {
	DesiredInput
	UsePreviousTemplate bool `aws:"UsePreviousTemplate"`

	notKnown []string   // parameters without a value, of a nested stack in a change set
	set      *ChangeSet // of a nested stack, executed with that of the stack above it
}

var stackName = regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`)

func checkName(name string) error {
	if stackName.MatchString(name) {
		return nil
	}
	return invalid("1 validation error detected: Value '%s' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*", name)
}

// template is the text of a template, read from S3 where a URL names it.
func (s *Service) template(ctx context.Context, in TemplateInput, services resource.Services) (string, error) {
	switch {
	case in.TemplateBody != "" && in.TemplateURL != "":
		return "", invalid("Only one of TemplateBody or TemplateUrl can be specified.")
	case in.TemplateBody != "":
		return in.TemplateBody, nil
	case in.TemplateURL == "":
		return "", invalid("Either Template URL or Template Body must be specified.")
	}
	bucket, key, ok := objectOf(in.TemplateURL)
	if !ok {
		return "", invalid("TemplateURL must be a supported URL.")
	}
	response, err := services.Call(ctx, "s3", "GetObject", map[string]any{"Bucket": bucket, "Key": key})
	if isUnavailable(err) {
		return "", err
	}
	if err != nil {
		return "", invalid("S3 error: %s (TemplateURL %s)", pasarela.MessageOf(err), in.TemplateURL)
	}
	body, _ := response["Body"].(string)
	return body, nil
}

// objectOf parses a URL of S3: {bucket}.s3.{region}.{suffix}/{key}, or any host with
// /{bucket}/{key}, such as this server's own.
func objectOf(text string) (bucket, key string, ok bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", "", false
	}
	path := strings.TrimPrefix(u.Path, "/")
	if bucket, _, hosted := strings.Cut(u.Hostname(), ".s3."); hosted {
		return bucket, path, path != ""
	}
	if bucket, _, hosted := strings.Cut(u.Hostname(), ".s3-"); hosted {
		return bucket, path, path != ""
	}
	bucket, key, ok = strings.Cut(path, "/")
	return bucket, key, ok && bucket != "" && key != ""
}

// desired makes an [Input] from a client's input; before is the stack's present one, nil
// for a new stack.
func (s *Service) desired(ctx context.Context, in ChangedInput, before *Stack, services resource.Services) (Input, error) {
	made := Input{NotKnown: in.notKnown, Capabilities: in.Capabilities, RoleARN: in.RoleARN, NotificationARNs: in.NotificationARNs, Parameters: map[string]string{}}
	if before != nil {
		made.RoleARN = orText(made.RoleARN, before.Input.RoleARN)
		if made.NotificationARNs == nil {
			made.NotificationARNs = before.Input.NotificationARNs
		}
	}
	var err error
	switch {
	case in.UsePreviousTemplate && before == nil:
		return made, invalid("UsePreviousTemplate needs a stack that has a template.")
	case in.UsePreviousTemplate:
		made.Template = before.Input.Template
	default:
		if made.Template, err = s.template(ctx, in.Template, services); err != nil {
			return made, err
		}
	}
	if made.Tags, err = tags(in.Tags, before); err != nil {
		return made, err
	}
	for _, p := range in.Parameters {
		switch {
		case p.UsePreviousValue && before != nil:
			if value, there := before.Input.Parameters[p.Key]; there {
				made.Parameters[p.Key] = value
			} // else its default is meant again
		case p.UsePreviousValue:
			return made, invalid("Invalid input for parameter key %s. Cannot specify usePreviousValue as true for a parameter key not in the previous template", p.Key)
		case p.Value != nil:
			made.Parameters[p.Key] = *p.Value
		}
	}
	made.Resolved, err = resolveParameters(ctx, made, services)
	return made, validation(err)
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func tags(given []Tag, before *Stack) (map[string]string, error) {
	if len(given) == 0 && before != nil {
		return maps.Clone(before.Input.Tags), nil
	}
	if len(given) > 50 {
		return nil, invalid("1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")
	}
	made := make(map[string]string, len(given))
	for _, tag := range given {
		if strings.HasPrefix(tag.Key, "aws:") {
			return nil, invalid("aws: prefixed tag key names are not allowed for external use.")
		}
		made[tag.Key] = tag.Value
	}
	return made, nil
}

// templateOf parses the template of an input: the whole, what is known before its transforms,
// and the texts of its parameters by name.
func templateOf(in Input) (top map[string]any, head *stacktemplate.Template, texts map[string]string, err error) {
	if top, err = stacktemplate.Parse(in.Template); err != nil {
		return nil, nil, nil, err
	}
	if head, err = stacktemplate.ReadParameters(top); err != nil {
		return nil, nil, nil, err
	}
	for _, name := range in.NotKnown {
		delete(head.Parameters, name)
	}
	texts, err = head.Texts(in.Parameters)
	return top, head, texts, err
}

// resolveParameters reads the parameters that are names of parameters of Systems Manager.
func resolveParameters(ctx context.Context, in Input, services resource.Services) (map[string]string, error) {
	_, head, texts, err := templateOf(in)
	if err != nil {
		return nil, err
	}
	resolved := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(head.Parameters)) {
		if _, named := head.Parameters[name].SSMType(); !named {
			continue
		}
		if resolved[name], err = parameterStore(ctx, services, texts[name]); isUnavailable(err) {
			return nil, err
		} else if err != nil {
			return nil, sentence("Unable to fetch parameters [%s] from parameter store for this account. (%s)", texts[name], pasarela.MessageOf(err))
		}
	}
	return resolved, nil
}
