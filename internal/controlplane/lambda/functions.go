package lambda

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/functioncode"
)

// Bounds of a function's code in bytes (aws-lambda §6).
const (
	MaxZip      = 50 << 20  // the zip file, where the call carries it
	maxUnpacked = 250 << 20 // its files together, wherever it comes from
)

// CreateFunction makes a function.
func (s *Service) CreateFunction(ctx context.Context, in CreateFunctionInput) (Configuration, error) {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return Configuration{}, err
	}
	if in.PackageType != "" && in.PackageType != "Zip" {
		return Configuration{}, invalid("PackageType %s does not run here: functions are zip files.", in.PackageType)
	}
	f := &pasarela.Function{Name: r.Name, Tags: in.Tags}
	v := &f.Latest
	*v = pasarela.FunctionVersion{
		Version: pasarela.LatestVersion, Description: in.Description, Runtime: in.Runtime, Handler: in.Handler, RoleARN: in.Role,
		Timeout: given(in.Timeout, 3), MemorySize: given(in.MemorySize, 128), Architectures: in.Architectures,
	}
	if in.Environment != nil {
		v.Environment = in.Environment.Variables
	}
	if err := check(v); err != nil {
		return Configuration{}, err
	}
	if err := s.checkRole(ctx, in.Role); err != nil {
		return Configuration{}, err
	}
	return s.create(ctx, f, in.Code, in.Publish)
}

func given(value *int, otherwise int) int {
	if value == nil {
		return otherwise
	}
	return *value
}

// create stores the code and creates the function, and waits until this node can invoke it.
func (s *Service) create(ctx context.Context, f *pasarela.Function, code Code, publish bool) (Configuration, error) {
	if err := s.store(ctx, &f.Latest, code); err != nil {
		return Configuration{}, err
	}
	s.touch(&f.Latest)
	answered, qualifier := &f.Latest, ""
	if publish {
		answered = s.publish(ctx, f, "")
		qualifier = answered.Version
	}
	revision, err := s.functions.Create(ctx, pasarela.FunctionKey(f.Name), f)
	if errors.Is(err, pasarela.ErrConflict) {
		return Configuration{}, pasarela.Errorf(CodeConflict, "Function already exist: %s", f.Name)
	}
	if err != nil {
		return Configuration{}, err
	}
	return s.configuration(f, answered, qualifier), s.await(ctx, revision)
}

// store puts code into the store and names it in a version.
func (s *Service) store(ctx context.Context, v *pasarela.FunctionVersion, code Code) error {
	if err := code.check(); err != nil {
		return err
	}
	data := code.ZipFile
	if len(data) > MaxZip {
		return pasarela.Errorf(CodeRequestTooLarge, "The zip file has %d bytes; a call takes %d. Upload it to S3 and name it by S3Bucket and S3Key.", len(data), MaxZip)
	}
	if code.S3Bucket != "" || code.S3Key != "" {
		if data != nil {
			return invalid("Please do not provide other FunctionCode parameters when providing a ZipFile.")
		}
		if s.options.Objects == nil {
			return invalid("Code in S3 cannot be read here. Give the code as ZipFile.")
		}
		var err error
		if data, err = s.options.Objects(ctx, code.S3Bucket, code.S3Key); err != nil {
			return &pasarela.Error{Code: CodeInvalid, Message: "Error occurred while GetObject. " + err.Error(), Cause: err}
		}
	}
	if len(data) == 0 {
		return invalid("Please provide a source for function code.")
	}
	if err := checkZip(data); err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	v.CodeSHA256, v.CodeSize = base64.StdEncoding.EncodeToString(sum[:]), int64(len(data))
	if err := s.note(ctx, v.CodeSHA256); err != nil {
		return err
	}
	return functioncode.Put(ctx, s.options.Bucket, v.CodeSHA256, data)
}

// checkZip refuses what is no zip file, and one whose files are too large together.
func checkZip(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return &pasarela.Error{Code: CodeInvalid, Message: "Could not unzip uploaded file. Please check your file, then try to upload again.", Cause: err}
	}
	left := uint64(maxUnpacked)
	for _, file := range archive.File {
		if file.UncompressedSize64 >= left {
			return invalid("Unzipped size must be smaller than %d bytes", maxUnpacked)
		}
		left -= file.UncompressedSize64
	}
	return nil
}

// UpdateFunctionCode gives $LATEST other code.
func (s *Service) UpdateFunctionCode(ctx context.Context, in UpdateCodeInput) (Configuration, error) {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return Configuration{}, err
	}
	f, err := s.get(ctx, r)
	if err != nil {
		return Configuration{}, err
	}
	next := f.Latest
	if err := errors.Join(matches(in.RevisionID, next.RevisionID), s.store(ctx, &next, in.Code)); err != nil {
		return Configuration{}, err
	}
	if in.DryRun {
		return s.configuration(f, &next, ""), nil
	}
	if err := s.note(ctx, f.Latest.CodeSHA256); err != nil {
		return Configuration{}, err
	}
	var published *pasarela.FunctionVersion
	f, err = s.change(ctx, r, func(f *pasarela.Function) error {
		if err := matches(in.RevisionID, f.Latest.RevisionID); err != nil {
			return err
		}
		f.Latest.CodeSHA256, f.Latest.CodeSize = next.CodeSHA256, next.CodeSize
		if len(in.Architectures) > 0 {
			f.Latest.Architectures = in.Architectures
		}
		s.touch(&f.Latest)
		if in.Publish {
			published = s.publish(ctx, f, "")
		}
		return nil
	})
	if err != nil {
		return Configuration{}, err
	}
	if published != nil {
		return s.configuration(f, published, published.Version), nil
	}
	return s.configuration(f, &f.Latest, ""), nil
}

// UpdateFunctionConfiguration changes $LATEST.
func (s *Service) UpdateFunctionConfiguration(ctx context.Context, in UpdateConfigurationInput) (Configuration, error) {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return Configuration{}, err
	}
	if in.Role != nil {
		if err := s.checkRole(ctx, *in.Role); err != nil {
			return Configuration{}, err
		}
	}
	f, err := s.change(ctx, r, func(f *pasarela.Function) error {
		v := &f.Latest
		if err := matches(in.RevisionID, v.RevisionID); err != nil {
			return err
		}
		for _, change := range []struct{ to, from *string }{{&v.Runtime, in.Runtime}, {&v.RoleARN, in.Role}, {&v.Handler, in.Handler}, {&v.Description, in.Description}} {
			if change.from != nil {
				*change.to = *change.from
			}
		}
		v.Timeout, v.MemorySize = given(in.Timeout, v.Timeout), given(in.MemorySize, v.MemorySize)
		if in.Environment != nil {
			v.Environment = in.Environment.Variables
		}
		s.touch(v)
		return check(v)
	})
	if err != nil {
		return Configuration{}, err
	}
	return s.configuration(f, &f.Latest, ""), nil
}

// version finds what a call names.
func (s *Service) version(ctx context.Context, in FunctionInput) (*pasarela.Function, *pasarela.FunctionVersion, Reference, error) {
	r, err := s.Refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, nil, r, err
	}
	f, err := s.get(ctx, r)
	if err != nil {
		return nil, nil, r, err
	}
	v, ok := f.Find(r.Qualifier)
	if !ok {
		return nil, nil, r, s.missing(r)
	}
	return f, v, r, nil
}

// GetFunctionConfiguration reads a version.
func (s *Service) GetFunctionConfiguration(ctx context.Context, in FunctionInput) (Configuration, error) {
	f, v, r, err := s.version(ctx, in)
	if err != nil {
		return Configuration{}, err
	}
	return s.configuration(f, v, r.Qualifier), nil
}

// GetFunction reads a version with what belongs to its function.
func (s *Service) GetFunction(ctx context.Context, in FunctionInput) (FunctionOutput, error) {
	f, v, r, err := s.version(ctx, in)
	if err != nil {
		return FunctionOutput{}, err
	}
	out := FunctionOutput{Configuration: s.configuration(f, v, r.Qualifier), Code: CodeLocation{"S3"}, Tags: f.Tags}
	if f.Concurrency != nil {
		out.Concurrency = &Concurrency{f.Concurrency}
	}
	return out, nil
}

// ListFunctions reads all functions.
func (s *Service) ListFunctions(ctx context.Context, in ListFunctionsInput) ([]Configuration, error) {
	all, err := s.functions.List(ctx, pasarela.PrefixFunction)
	if err != nil {
		return nil, err
	}
	if in.FunctionVersion != "" && in.FunctionVersion != "ALL" {
		return nil, invalid("1 validation error detected: Value '%s' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]", in.FunctionVersion)
	}
	list := []Configuration{}
	for _, found := range all {
		f := found.Value
		list = append(list, s.configuration(f, &f.Latest, latestOf(in.FunctionVersion)))
		if in.FunctionVersion == "ALL" {
			for i := range f.Versions {
				list = append(list, s.configuration(f, &f.Versions[i], f.Versions[i].Version))
			}
		}
	}
	return list, nil
}

// ListFunctionsInput is the input of ListFunctions.
type ListFunctionsInput struct {
	FunctionVersion string `query:"FunctionVersion"`
}

func latestOf(which string) string {
	if which == "" {
		return ""
	}
	return pasarela.LatestVersion
}

// ARNOf names an item of a list for as long as it lives.
func ARNOf(c Configuration) string { return c.FunctionARN }

// TagsOf returns the tags of a function for decisions; none for one that is not there.
func (s *Service) TagsOf(ctx context.Context, functionName string) (map[string]string, error) {
	r, err := s.Refer(strings.TrimSuffix(functionName, ":"), "")
	if err != nil {
		return nil, nil // the operation will say so
	}
	found, err := s.functions.Get(ctx, pasarela.FunctionKey(r.Name))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return found.Value.Tags, nil
}
