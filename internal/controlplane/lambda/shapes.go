package lambda

import (
	"github.com/pasarela-ws/pasarela"
)

// Configuration is a version of a function as responses have it.
type Configuration struct {
	FunctionName     string        `json:"FunctionName"`
	FunctionARN      string        `json:"FunctionArn"`
	Runtime          string        `json:"Runtime,omitempty"`
	Role             string        `json:"Role"`
	Handler          string        `json:"Handler,omitempty"`
	CodeSize         int64         `json:"CodeSize"`
	Description      string        `json:"Description"`
	Timeout          int           `json:"Timeout"`
	MemorySize       int           `json:"MemorySize"`
	LastModified     string        `json:"LastModified"`
	CodeSHA256       string        `json:"CodeSha256"`
	Version          string        `json:"Version"`
	Environment      *Environment  `json:"Environment,omitempty"`
	TracingConfig    TracingConfig `json:"TracingConfig"`
	RevisionID       string        `json:"RevisionId"`
	State            string        `json:"State"`
	LastUpdateStatus string        `json:"LastUpdateStatus"`
	PackageType      string        `json:"PackageType"`
	Architectures    []string      `json:"Architectures"`
	LoggingConfig    LoggingConfig `json:"LoggingConfig"`
}

// Environment are the variables of a function.
type Environment struct {
	Variables map[string]string `json:"Variables"`
}

// TracingConfig is always PassThrough: X-Ray is not here.
type TracingConfig struct {
	Mode string `json:"Mode"`
}

// LoggingConfig says where the log is.
type LoggingConfig struct {
	LogFormat string `json:"LogFormat"`
	LogGroup  string `json:"LogGroup"`
}

// configuration is what responses say of a version. qualifier is what the ARN ends with.
func (s *Service) configuration(f *pasarela.Function, v *pasarela.FunctionVersion, qualifier string) Configuration {
	c := Configuration{
		FunctionName: f.Name, FunctionARN: s.options.RegionAccount.FunctionARN(f.Name, qualifier), Runtime: v.Runtime, Role: v.RoleARN,
		Handler: v.Handler, CodeSize: v.CodeSize, Description: v.Description, Timeout: v.Timeout, MemorySize: v.MemorySize,
		LastModified: v.LastModified, CodeSHA256: v.CodeSHA256, Version: v.Version, TracingConfig: TracingConfig{"PassThrough"},
		RevisionID: v.RevisionID, State: "Active", LastUpdateStatus: "Successful", PackageType: "Zip", Architectures: v.Architectures,
		LoggingConfig: LoggingConfig{"Text", "/aws/lambda/" + f.Name},
	}
	if len(c.Architectures) == 0 {
		c.Architectures = []string{"x86_64"}
	}
	if len(v.Environment) > 0 {
		c.Environment = &Environment{v.Environment}
	}
	return c
}

// Code is where the code of a function comes from.
type Code struct {
	ZipFile  []byte `json:"ZipFile"`
	S3Bucket string `json:"S3Bucket"`
	S3Key    string `json:"S3Key"`

	// What nothing here can act on, and is refused.
	ImageURI        string `json:"ImageUri"`
	S3ObjectVersion string `json:"S3ObjectVersion"`
	SourceKMSKeyARN string `json:"SourceKMSKeyArn"`
}

func (c Code) check() error {
	switch {
	case c.ImageURI != "":
		return invalid("Invalid member 'ImageUri': functions are zip files here, no images.")
	case c.S3ObjectVersion != "":
		return invalid("Invalid member 'S3ObjectVersion': objects have no versions here.")
	case c.SourceKMSKeyARN != "":
		return invalid("Invalid member 'SourceKMSKeyArn': there is no KMS here.")
	}
	return nil
}

// FunctionInput names a function in the path.
type FunctionInput struct {
	FunctionName string `uri:"FunctionName"`
	Qualifier    string `query:"Qualifier"`
}

// Named is the function that a call is about.
func (in FunctionInput) Named() (functionName, qualifier string) {
	return in.FunctionName, in.Qualifier
}

// WholeFunctionInput names a function in the path, in calls that are about no version of it.
type WholeFunctionInput struct {
	FunctionName string `uri:"FunctionName"`
}

// Named is the function that a call is about.
func (in WholeFunctionInput) Named() (functionName, qualifier string) { return in.FunctionName, "" }

// CreateFunctionInput is the input of CreateFunction.
type CreateFunctionInput struct {
	FunctionName  string            `json:"FunctionName"`
	Runtime       string            `json:"Runtime"`
	Role          string            `json:"Role"`
	Handler       string            `json:"Handler"`
	Code          Code              `json:"Code"`
	Description   string            `json:"Description"`
	Timeout       *int              `json:"Timeout"`
	MemorySize    *int              `json:"MemorySize"`
	Publish       bool              `json:"Publish"`
	Environment   *Environment      `json:"Environment"`
	PackageType   string            `json:"PackageType"`
	Architectures []string          `json:"Architectures"`
	Tags          map[string]string `json:"Tags"`
}

// Named is the function that the call is about.
func (in CreateFunctionInput) Named() (functionName, qualifier string) { return in.FunctionName, "" }

// UpdateCodeInput is the input of UpdateFunctionCode.
type UpdateCodeInput struct {
	WholeFunctionInput
	Code
	Architectures []string `json:"Architectures"`
	Publish       bool     `json:"Publish"`
	DryRun        bool     `json:"DryRun"`
	RevisionID    string   `json:"RevisionId"`
}

// UpdateConfigurationInput is the input of UpdateFunctionConfiguration.
type UpdateConfigurationInput struct {
	WholeFunctionInput
	Runtime     *string      `json:"Runtime"`
	Role        *string      `json:"Role"`
	Handler     *string      `json:"Handler"`
	Description *string      `json:"Description"`
	Timeout     *int         `json:"Timeout"`
	MemorySize  *int         `json:"MemorySize"`
	Environment *Environment `json:"Environment"`
	RevisionID  string       `json:"RevisionId"`
}

// FunctionOutput is what GetFunction returns.
type FunctionOutput struct {
	Configuration Configuration     `json:"Configuration"`
	Code          CodeLocation      `json:"Code"`
	Tags          map[string]string `json:"Tags,omitempty"`
	Concurrency   *Concurrency      `json:"Concurrency,omitempty"`
}

// CodeLocation is where code lies: in this server's own store, which has no address.
type CodeLocation struct {
	RepositoryType string `json:"RepositoryType"`
}

// Concurrency is what is reserved for a function.
type Concurrency struct {
	Reserved *int `json:"ReservedConcurrentExecutions,omitempty"`
}

// PutConcurrencyInput is the input of PutFunctionConcurrency.
type PutConcurrencyInput struct {
	WholeFunctionInput
	Concurrency
}

// PublishInput is the input of PublishVersion.
type PublishInput struct {
	WholeFunctionInput
	CodeSHA256  string `json:"CodeSha256"`
	Description string `json:"Description"`
	RevisionID  string `json:"RevisionId"`
}

// AliasInput is the input of the operations on aliases.
type AliasInput struct {
	FunctionName string `uri:"FunctionName"`
	Name         string `uri:"Name"`
}

// Named is the function that the call is about.
func (in AliasInput) Named() (functionName, qualifier string) { return in.FunctionName, in.Name }

// CreateAliasInput is the input of CreateAlias.
type CreateAliasInput struct {
	FunctionName    string `uri:"FunctionName"`
	Name            string `json:"Name"`
	FunctionVersion string `json:"FunctionVersion"`
	Description     string `json:"Description"`
}

// Named is the function that the call is about.
func (in CreateAliasInput) Named() (functionName, qualifier string) { return in.FunctionName, in.Name }

// UpdateAliasInput is the input of UpdateAlias.
type UpdateAliasInput struct {
	AliasInput
	FunctionVersion *string `json:"FunctionVersion"`
	Description     *string `json:"Description"`
	RevisionID      string  `json:"RevisionId"`
}

// Alias is an alias as responses have it.
type Alias struct {
	AliasARN        string `json:"AliasArn"`
	Name            string `json:"Name"`
	FunctionVersion string `json:"FunctionVersion"`
	Description     string `json:"Description"`
	RevisionID      string `json:"RevisionId"`
}

// AddPermissionInput is the input of AddPermission.
type AddPermissionInput struct {
	FunctionInput
	StatementID      string `json:"StatementId"`
	Action           string `json:"Action"`
	Principal        string `json:"Principal"`
	SourceARN        string `json:"SourceArn"`
	SourceAccount    string `json:"SourceAccount"`
	PrincipalOrgID   string `json:"PrincipalOrgID"`
	EventSourceToken string `json:"EventSourceToken"`
	RevisionID       string `json:"RevisionId"`
}

// RemovePermissionInput is the input of RemovePermission.
type RemovePermissionInput struct {
	FunctionInput
	StatementID string `uri:"StatementId"`
	RevisionID  string `query:"RevisionId"`
}

// Permission is what AddPermission returns: the statement as JSON.
type Permission struct {
	Statement string `json:"Statement"`
}

// Policy is what GetPolicy returns.
type Policy struct {
	Policy     string `json:"Policy"`
	RevisionID string `json:"RevisionId"`
}

// TagsInput is the input of the operations on tags.
type TagsInput struct {
	Resource string `uri:"Resource"`
}

// Named is the function that the call is about.
func (in TagsInput) Named() (functionName, qualifier string) { return in.Resource, "" }

// TagInput is the input of TagResource.
type TagInput struct {
	TagsInput
	Tags map[string]string `json:"Tags"`
}

// UntagInput is the input of UntagResource.
type UntagInput struct {
	TagsInput
	TagKeys []string `query:"tagKeys"`
}

// TagsOutput is what ListTags returns.
type TagsOutput struct {
	Tags map[string]string `json:"Tags"`
}
