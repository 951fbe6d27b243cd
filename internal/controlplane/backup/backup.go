// Package backup writes everything that a server keeps into one file that people
// can read, review and keep in git, and brings a file back: first as a plan of
// what would change, then for real. Applying a file twice changes nothing the
// second time.
package backup

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

// Identity is the part of the file that the identity service keeps: users, groups,
// roles and policies. It is a JSON object whose lists hold objects with an identifier.
type Identity interface {
	// Export returns everything; without secrets, access keys lack theirs.
	Export(ctx context.Context, secrets bool) (json.RawMessage, error)
	// Prepare checks a part of a file and returns it with the secrets filled in
	// that it leaves out and the service has.
	Prepare(ctx context.Context, part json.RawMessage) (json.RawMessage, error)
	// Restore writes what Prepare returned; with prune, everything else is removed.
	Restore(ctx context.Context, part json.RawMessage, prune bool) error
	// Form is the type that a part is decoded into.
	Form() reflect.Type
}

// Service writes and applies files. Identity, Functions, Parameters, Objects and Stacks may
// be nil.
type Service struct {
	APIs          *apis.Service
	Identity      Identity
	Functions     *lambda.Backup
	Parameters    *ssm.Backup
	Objects       *s3.Backup
	Stacks        *stack.Backup
	RegionAccount pasarela.RegionAccount
	MaxData       int64 // bytes; [MaxData] when 0
}

// version is the version of the file's format.
const version = 1

// File is the file as JSON; on disk it is YAML.
type File struct {
	Version   int    `json:"pasarela"`
	AccountID string `json:"accountId,omitempty"`
	Region    string `json:"region,omitempty"`
	apis.Contents
	Identity json.RawMessage `json:"identity,omitempty"`
	// A part that a file does not have is not touched, also by pruning.
	Parameters []ssm.Contents      `json:"parameters,omitzero"`
	Buckets    []s3.BucketContents `json:"buckets,omitzero"`
	Functions  []pasarela.Function `json:"functions,omitzero"`
	Stacks     []stack.Stack       `json:"stacks,omitzero"`
	Omitted    []Omitted           `json:"omitted,omitempty"`
	Data       map[string][]byte   `json:"data,omitempty"` // by SHA-256 in hexadecimal digits
}

// Export returns the file as YAML. Secrets are left out unless asked for: values
// of API keys and SecureStrings, private keys, access keys; and with them what is for
// going on with and not for reading: stacks, objects, the code of functions.
func (s *Service) Export(ctx context.Context, secrets bool) ([]byte, error) {
	file, err := s.contents(ctx, secrets)
	if err != nil {
		return nil, err
	}
	if secrets && s.Functions != nil && s.Objects != nil {
		if err := s.attachData(ctx, &file); err != nil {
			return nil, err
		}
	}
	return encode(file)
}

// contents reads all that an export has; secrets are in it only if asked for. Stacks are read
// before the resources: one made meanwhile is found when its operation goes on.
func (s *Service) contents(ctx context.Context, secrets bool) (file File, err error) {
	file = File{Version: version, AccountID: s.RegionAccount.AccountID, Region: s.RegionAccount.Region}
	if s.Stacks != nil && secrets { // before their resources
		if file.Stacks, err = s.Stacks.Read(ctx); err != nil {
			return file, err
		}
	}
	if err := s.deployed(ctx, &file, secrets); err != nil {
		return file, err
	}
	if file.Contents, err = s.APIs.Backup.Read(ctx, secrets); err != nil {
		return file, err
	}
	if s.Identity == nil {
		return file, nil
	}
	part, err := s.Identity.Export(ctx, secrets)
	if err != nil {
		return file, err
	}
	file.Identity, err = sorted(part)
	return file, err
}

// deployed reads parameters, buckets and functions.
func (s *Service) deployed(ctx context.Context, file *File, secrets bool) (err error) {
	if s.Parameters != nil {
		if file.Parameters, err = s.Parameters.Read(ctx, secrets); err != nil {
			return err
		}
	}
	if s.Objects != nil {
		if file.Buckets, err = s.Objects.Read(ctx, secrets); err != nil {
			return err
		}
	}
	if s.Functions != nil {
		file.Functions, err = s.Functions.Read(ctx)
	}
	return err
}

// sorted orders the members of objects, so that two exports of the same state are equal.
func sorted(part json.RawMessage) (json.RawMessage, error) {
	var value any
	if err := json.Unmarshal(part, &value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// Plan tells what applying a file (YAML or JSON) would change. With prune, what
// the file does not have would be removed. An error says what is wrong with the
// file, and where.
func (s *Service) Plan(ctx context.Context, text []byte, prune bool) (Plan, error) {
	plan, _, err := s.plan(ctx, text, prune)
	return plan, err
}

// Apply does what [Service.Plan] tells and returns it. What is written is checked
// as a whole before; every resource is written at once.
func (s *Service) Apply(ctx context.Context, text []byte, prune bool) (Plan, error) {
	plan, file, err := s.plan(ctx, text, prune)
	if err != nil || plan.Empty() {
		return plan, err
	}
	// Roles come before the integrations that name them.
	if s.Identity != nil && file.Identity != nil {
		if err := s.Identity.Restore(ctx, file.Identity, prune); err != nil {
			return plan, err
		}
	}
	code, err := checkData(file.Data)
	if err != nil {
		return plan, err
	}
	if file.Parameters != nil {
		if err := s.Parameters.Restore(ctx, file.Parameters, prune); err != nil {
			return plan, err
		}
	}
	if file.Buckets != nil {
		if err := s.Objects.Restore(ctx, file.Buckets, file.Data, prune); err != nil {
			return plan, err
		}
	}
	if file.Functions != nil {
		if err := s.Functions.Restore(ctx, file.Functions, code, prune); err != nil {
			return plan, err
		}
	}
	if err := s.APIs.Backup.Restore(ctx, file.Contents, prune); err != nil || file.Stacks == nil {
		return plan, err
	}
	return plan, s.Stacks.Restore(ctx, file.Stacks, prune) // whose operations go on when they are there
}

// prepare checks the parts of a file that stacks are made of.
func (s *Service) prepare(ctx context.Context, file *File) error {
	code, err := checkData(file.Data)
	if err != nil {
		return err
	}
	for name, missing := range map[string]bool{
		"parameters": file.Parameters != nil && s.Parameters == nil, "buckets": file.Buckets != nil && s.Objects == nil,
		"functions": file.Functions != nil && s.Functions == nil, "stacks": file.Stacks != nil && s.Stacks == nil,
	} {
		if missing {
			return pasarela.Errorf(pasarela.CodeBadRequest, "The file has %s and this server keeps none.", name)
		}
	}
	if file.Parameters != nil {
		if err := s.Parameters.Prepare(ctx, file.Parameters); err != nil {
			return err
		}
	}
	if file.Buckets != nil {
		if err := s.Objects.Prepare(ctx, file.Buckets, file.Data); err != nil {
			return err
		}
	}
	if file.Functions != nil {
		if err := s.Functions.Prepare(ctx, file.Functions, code); err != nil {
			return err
		}
	}
	if file.Stacks == nil {
		return nil
	}
	return s.Stacks.Prepare(ctx, file.Stacks)
}

// plan reads a file and compares it with what this server has; nothing is changed. With prune,
// what the file does not have is to be deleted.
func (s *Service) plan(ctx context.Context, text []byte, prune bool) (Plan, File, error) {
	var identity reflect.Type
	if s.Identity != nil {
		identity = s.Identity.Form()
	}
	file, err := decode(text, identity)
	if err != nil {
		return Plan{}, file, err
	}
	switch {
	case file.Version != version:
		return Plan{}, file, pasarela.Errorf(pasarela.CodeBadRequest, "The file does not begin with pasarela: %d; it is no export of this version.", version)
	case file.AccountID != "" && file.AccountID != s.RegionAccount.AccountID || file.Region != "" && file.Region != s.RegionAccount.Region:
		return Plan{}, file, pasarela.Errorf(pasarela.CodeBadRequest, "The file is of account %s in %s, and its ARNs say so; this server is account %s in %s. "+
			"Apply it to a server that was first started with --account-id %s --region %s.", file.AccountID, file.Region, s.RegionAccount.AccountID, s.RegionAccount.Region,
			cmp.Or(file.AccountID, s.RegionAccount.AccountID), cmp.Or(file.Region, s.RegionAccount.Region))
	case file.Identity != nil && s.Identity == nil:
		return Plan{}, file, pasarela.Errorf(pasarela.CodeBadRequest, "The file has an identity part and this server keeps no identities.")
	}
	if err := s.APIs.Backup.Prepare(ctx, &file.Contents); err != nil {
		return Plan{}, file, err
	}
	if file.Identity != nil {
		if file.Identity, err = s.Identity.Prepare(ctx, file.Identity); err != nil {
			return Plan{}, file, err
		}
	}
	if err := s.prepare(ctx, &file); err != nil {
		return Plan{}, file, err
	}
	now, err := s.contents(ctx, true)
	if err != nil {
		return Plan{}, file, err
	}
	plan, err := compare(now, file, prune)
	return plan, file, err
}
