package lambda

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// maxPolicy bounds a resource policy, in bytes (aws-lambda §6).
const maxPolicy = 20 << 10

var (
	statementForm  = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,100}$`)
	accountForm    = regexp.MustCompile(`^\d{12}$`)
	permissionForm = regexp.MustCompile(`^(lambda:[*]|lambda:[a-zA-Z]+|[*])$`)
)

// statement is a permission as a statement of a policy document.
type statement struct {
	SID       string                       `json:"Sid"`
	Effect    string                       `json:"Effect"`
	Principal any                          `json:"Principal"`
	Action    string                       `json:"Action"`
	Resource  string                       `json:"Resource"`
	Condition map[string]map[string]string `json:"Condition,omitempty"`
}

// AddPermission adds a statement to the policy of a function, a version or an alias.
func (s *Service) AddPermission(ctx context.Context, in AddPermissionInput) (Permission, error) {
	r, err := s.Refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return Permission{}, err
	}
	text, err := s.statement(r, in)
	if err != nil {
		return Permission{}, err
	}
	_, err = s.change(ctx, r, func(f *pasarela.Function) error {
		if _, ok := f.Find(r.Qualifier); !ok {
			return s.missing(r)
		}
		p := f.Policies[r.Qualifier]
		if err := matches(in.RevisionID, p.RevisionID); err != nil {
			return err
		}
		if slices.ContainsFunc(p.Statements, func(other pasarela.FunctionStatement) bool { return other.ID == in.StatementID }) {
			return pasarela.Errorf(CodeConflict, "The statement id (%s) provided already exists. Please provide a new statement id, or remove the existing statement.", in.StatementID)
		}
		p.Statements = append(p.Statements, pasarela.FunctionStatement{ID: in.StatementID, Text: text})
		p.RevisionID = pasarela.NewUUID()
		if len(p.Document()) > maxPolicy {
			return pasarela.Errorf(CodePolicyLength, "The final policy size (%d) is bigger than the limit (%d).", len(p.Document()), maxPolicy)
		}
		if f.Policies == nil {
			f.Policies = map[string]pasarela.FunctionPolicy{}
		}
		f.Policies[r.Qualifier] = p
		return nil
	})
	return Permission{text}, err
}

// statement is the text of the statement that a call asks for.
func (s *Service) statement(r Reference, in AddPermissionInput) (string, error) {
	switch {
	case !statementForm.MatchString(in.StatementID):
		return "", invalid("1 validation error detected: Value '%s' at 'statementId' failed to satisfy constraint: Member must have up to 100 letters, digits, - and _", in.StatementID)
	case !permissionForm.MatchString(in.Action):
		return "", invalid("1 validation error detected: Value '%s' at 'action' failed to satisfy constraint: Member must be an action such as lambda:InvokeFunction", in.Action)
	case in.Principal == "":
		return "", invalid("1 validation error detected: Value null at 'principal' failed to satisfy constraint: Member must not be null")
	}
	st := statement{SID: in.StatementID, Effect: "Allow", Action: in.Action, Resource: s.options.RegionAccount.FunctionARN(r.Name, r.Qualifier)}
	switch {
	case in.Principal == "*":
		st.Principal = "*"
	case accountForm.MatchString(in.Principal):
		st.Principal = map[string]string{"AWS": "arn:aws:iam::" + in.Principal + ":root"}
	case strings.HasPrefix(in.Principal, "arn:"):
		st.Principal = map[string]string{"AWS": in.Principal}
	default:
		st.Principal = map[string]string{"Service": in.Principal}
	}
	condition := func(operator, key, value string) {
		if value == "" {
			return
		}
		if st.Condition == nil {
			st.Condition = map[string]map[string]string{}
		}
		if st.Condition[operator] == nil {
			st.Condition[operator] = map[string]string{}
		}
		st.Condition[operator][key] = value
	}
	condition("StringEquals", "AWS:SourceAccount", in.SourceAccount)
	condition("StringEquals", "aws:PrincipalOrgID", in.PrincipalOrgID)
	condition("StringEquals", "lambda:EventSourceToken", in.EventSourceToken)
	condition("ArnLike", "AWS:SourceArn", in.SourceARN)
	text, err := json.Marshal(st)
	if err != nil {
		return "", err
	}
	document := pasarela.FunctionPolicy{Statements: []pasarela.FunctionStatement{{Text: string(text)}}}.Document()
	if _, err := policy.Parse(document, policy.Resource); err != nil {
		return "", &pasarela.Error{Code: CodeInvalid, Message: "The provided principal was invalid. Please check the principal and try again.", Cause: err}
	}
	return string(text), nil
}

// GetPolicy reads the policy of a function, a version or an alias.
func (s *Service) GetPolicy(ctx context.Context, in FunctionInput) (Policy, error) {
	f, _, r, err := s.version(ctx, in)
	if err != nil {
		return Policy{}, err
	}
	p := f.Policies[r.Qualifier]
	if len(p.Statements) == 0 {
		return Policy{}, pasarela.Errorf(CodeNotFound, "The resource you requested does not exist.")
	}
	return Policy{p.Document(), p.RevisionID}, nil
}

// RemovePermission removes a statement.
func (s *Service) RemovePermission(ctx context.Context, in RemovePermissionInput) error {
	r, err := s.Refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, r, func(f *pasarela.Function) error {
		p := f.Policies[r.Qualifier]
		if err := matches(in.RevisionID, p.RevisionID); err != nil {
			return err
		}
		left := slices.DeleteFunc(slices.Clone(p.Statements), func(st pasarela.FunctionStatement) bool { return st.ID == in.StatementID })
		if len(left) == len(p.Statements) {
			return pasarela.Errorf(CodeNotFound, "Statement %s is not found in resource policy.", in.StatementID)
		}
		if len(left) == 0 {
			delete(f.Policies, r.Qualifier)
			return nil
		}
		f.Policies[r.Qualifier] = pasarela.FunctionPolicy{Statements: left, RevisionID: pasarela.NewUUID()}
		return nil
	})
	return err
}
