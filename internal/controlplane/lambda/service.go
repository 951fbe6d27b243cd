package lambda

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Error codes of Lambda.
const (
	CodeNotFound        pasarela.ErrorCode = "ResourceNotFoundException"
	CodeConflict        pasarela.ErrorCode = "ResourceConflictException"
	CodeInvalid         pasarela.ErrorCode = "InvalidParameterValueException"
	CodePrecondition    pasarela.ErrorCode = "PreconditionFailedException"
	CodeRequestTooLarge pasarela.ErrorCode = "RequestTooLargeException"
	CodePolicyLength    pasarela.ErrorCode = "PolicyLengthExceededException"
	CodeService         pasarela.ErrorCode = "ServiceException"
	CodeInvalidContent  pasarela.ErrorCode = "InvalidRequestContentException"
	servicePrincipal                       = "lambda.amazonaws.com"
)

// Options of a [Service].
type Options struct {
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	Runner        Runner
	Roles         Roles
	// Objects reads what callers have uploaded for a function's code; nil: nothing can
	// be uploaded.
	Objects func(ctx context.Context, bucket, key string) ([]byte, error)
	// PassRole asks for iam:PassRole on behalf of the caller whom ctx serves.
	PassRole func(ctx context.Context, roleARN, service string) error
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: nothing is logged
}

// Runner runs functions; a Service without one refuses invocations.
type Runner interface {
	Invoke(ctx context.Context, in Invocation) (Invoked, error)
	InvokeEvent(in Invocation) error
	// Await waits until the write of that revision is followed.
	Await(ctx context.Context, revision uint64) error
}

// Invocation is one call of a function.
type Invocation struct {
	Name, Qualifier string
	Payload         []byte
	ClientContext   string // JSON
	TraceID         string
	Tail            bool
}

// Invoked is the result of an invocation.
type Invoked struct {
	Payload                           []byte
	FunctionError, Version, RequestID string
	Log                               []byte
}

// Roles says which roles Lambda may assume.
type Roles interface {
	AssumeForService(roleARN, service, sourceARN, sourceAccount string) error
}

// Service does the operations. Make one with [New]; it is safe for concurrent use.
type Service struct {
	options   Options
	functions *document.Store[pasarela.Function]
	checks    *document.Store[codeCheck] // by the checksum of code
}

// New makes the service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{options: o, functions: document.NewStore[pasarela.Function](o.Bucket), checks: document.NewStore[codeCheck](o.Bucket)}
}

func invalid(format string, args ...any) error { return pasarela.Errorf(CodeInvalid, format, args...) }

// nameForm is FunctionName: a name, a partial ARN or a whole one, with a qualifier or without.
var nameForm = regexp.MustCompile(`^(?:arn:(aws[a-zA-Z-]*):lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]{1,64})(?::(\$LATEST|[a-zA-Z0-9-_]+))?$`)

// Reference is a function as a call names it.
type Reference struct{ Name, Qualifier string }

// Refer reads FunctionName and Qualifier of a call.
func (s *Service) Refer(functionName, qualifier string) (Reference, error) {
	m := nameForm.FindStringSubmatch(functionName)
	if m == nil {
		return Reference{}, invalid("1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: Member must be a function name of up to 64 letters, digits, - and _, or a function ARN", functionName)
	}
	place := s.options.RegionAccount
	if m[2] != "" && m[2] != place.Region || m[3] != "" && m[3] != place.AccountID {
		return Reference{}, pasarela.Errorf(CodeNotFound, "Function not found: %s. Functions here are of region %s and account %s.", functionName, place.Region, place.AccountID)
	}
	if m[5] != "" && qualifier != "" && m[5] != qualifier {
		return Reference{}, invalid("The derived qualifier from the function name does not match the specified qualifier.")
	}
	if qualifier == "" {
		qualifier = m[5]
	}
	return Reference{m[4], qualifier}, nil
}

func (s *Service) missing(r Reference) error {
	return pasarela.Errorf(CodeNotFound, "Function not found: %s", s.options.RegionAccount.FunctionARN(r.Name, r.Qualifier))
}

// get reads a function.
func (s *Service) get(ctx context.Context, r Reference) (*pasarela.Function, error) {
	found, err := s.functions.Get(ctx, pasarela.FunctionKey(r.Name))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, s.missing(Reference{Name: r.Name})
	}
	if err != nil {
		return nil, err
	}
	return found.Value, nil
}

// change changes a function, and returns when invocations here see it.
func (s *Service) change(ctx context.Context, r Reference, change func(*pasarela.Function) error) (*pasarela.Function, error) {
	written, err := s.functions.Update(ctx, pasarela.FunctionKey(r.Name), change)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, s.missing(Reference{Name: r.Name})
	}
	if err != nil {
		return nil, err
	}
	return written.Value, s.await(ctx, written.Revision)
}

// awaitLimit is how long an answer waits for the runner to follow the store.
const awaitLimit = 2 * time.Second

func (s *Service) await(ctx context.Context, revision uint64) error {
	if s.options.Runner == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, awaitLimit)
	defer cancel()
	if err := s.options.Runner.Await(ctx, revision); err != nil && ctx.Err() == nil {
		return err
	}
	return nil // it is stored, and followed a little later
}

// touch makes a version one that was changed now.
func (s *Service) touch(v *pasarela.FunctionVersion) {
	v.LastModified = s.options.Now().UTC().Format("2006-01-02T15:04:05.000+0000")
	v.RevisionID = pasarela.NewUUID()
}

// matches refuses a change that names another revision than the present one.
func matches(given, current string) error {
	if given != "" && given != current {
		return pasarela.Errorf(CodePrecondition, "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId")
	}
	return nil
}

// check reads the limits of a configuration (aws-lambda §6).
func check(v *pasarela.FunctionVersion) error {
	size := 0
	for name, value := range v.Environment {
		if !variableForm.MatchString(name) {
			return invalid("Environment variable names must start with a letter and have two or more letters, digits and _ only: %s", strconv.Quote(name))
		}
		if reserved[name] {
			return invalid("Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: %s", name)
		}
		size += len(name) + len(value)
	}
	_, runs := pasarela.RuntimeKindOf(v.Runtime)
	switch {
	case v.Timeout < 1 || v.Timeout > 900:
		return invalid("1 validation error detected: Value '%d' at 'timeout' failed to satisfy constraint: Member must have value between 1 and 900", v.Timeout)
	case v.MemorySize < 128 || v.MemorySize > 10240:
		return invalid("1 validation error detected: Value '%d' at 'memorySize' failed to satisfy constraint: Member must have value between 128 and 10240", v.MemorySize)
	case size > 4<<10:
		return invalid("Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.")
	case v.Runtime == "":
		return invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	case !runs:
		return invalid("The runtime %s does not run here: nodejs*, python*, java* and provided.* do. Compiled functions of other languages run as provided.al2023 with an executable called bootstrap.", v.Runtime)
	case v.Handler == "" && v.Runtime != "" && v.Runtime[0] != 'p' || v.Handler == "" && len(v.Runtime) > 1 && v.Runtime[:2] == "py":
		return invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	case len(v.Handler) > 128:
		return invalid("1 validation error detected: Value at 'handler' failed to satisfy constraint: Member must have length less than or equal to 128")
	}
	return nil
}

var variableForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]+$`)

// reserved are the variables that functions cannot set.
var reserved = map[string]bool{
	"_HANDLER": true, "_X_AMZN_TRACE_ID": true, "AWS_DEFAULT_REGION": true, "AWS_REGION": true, "AWS_EXECUTION_ENV": true,
	"AWS_LAMBDA_FUNCTION_NAME": true, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": true, "AWS_LAMBDA_FUNCTION_VERSION": true,
	"AWS_LAMBDA_INITIALIZATION_TYPE": true, "AWS_LAMBDA_LOG_GROUP_NAME": true, "AWS_LAMBDA_LOG_STREAM_NAME": true,
	"AWS_ACCESS_KEY": true, "AWS_ACCESS_KEY_ID": true, "AWS_SECRET_ACCESS_KEY": true, "AWS_SESSION_TOKEN": true,
	"AWS_LAMBDA_RUNTIME_API": true, "LAMBDA_TASK_ROOT": true, "LAMBDA_RUNTIME_DIR": true,
}

// checkRole refuses a role that Lambda may not assume, or the caller may not pass.
func (s *Service) checkRole(ctx context.Context, roleARN string) error {
	if roleARN == "" {
		return invalid("1 validation error detected: Value null at 'role' failed to satisfy constraint: Member must not be null")
	}
	if s.options.PassRole != nil {
		if err := s.options.PassRole(ctx, roleARN, servicePrincipal); err != nil {
			return err
		}
	}
	if s.options.Roles == nil {
		return nil
	}
	if err := s.options.Roles.AssumeForService(roleARN, servicePrincipal, "", s.options.RegionAccount.AccountID); err != nil {
		return &pasarela.Error{Code: CodeInvalid, Message: fmt.Sprintf("The role defined for the function cannot be assumed by Lambda. (%v)", err), Cause: err}
	}
	return nil
}
