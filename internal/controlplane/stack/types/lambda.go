package types

import (
	"archive/zip"
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// functionService is the signing name of Lambda.
const functionService = "lambda"

// functionTypes are the types of Lambda.
func functionTypes() []resource.Type {
	return []resource.Type{function(), functionVersion(), functionAlias(), permission()}
}

// Properties of a function by the operation that changes them.
var (
	codeProperties          = []string{"Code", "Architectures"}
	configurationProperties = []string{"Description", "Environment", "Handler", "MemorySize", "Role", "Runtime", "Timeout"}
)

// configurationAbsent is what an update sets for a property that is given no longer.
var configurationAbsent = map[string]any{
	"Description": "", "Environment": map[string]any{"Variables": map[string]any{}}, "MemorySize": 128, "Timeout": 3,
}

func function() resource.Type {
	properties := resource.Properties{
		"FunctionName": resource.Text().Replaces(),
		"Code": resource.Object(resource.Properties{
			"ZipFile": resource.Text(), "S3Bucket": resource.Text(), "S3Key": resource.Text(),
			"S3ObjectVersion": resource.Refused("objects have no versions."),
			"ImageUri":        resource.Refused("functions are zip files, no images."),
			"SourceKMSKeyArn": resource.Refused("there is no KMS."),
		}).Required(),
		"Role": resource.Text().Required(), "Handler": resource.Text(), "Runtime": resource.Text(), "Description": resource.Text(),
		"Timeout": resource.Integer(), "MemorySize": resource.Integer(), "ReservedConcurrentExecutions": resource.Integer(),
		"Environment":              resource.Object(resource.Properties{"Variables": resource.MapOf(resource.Text())}),
		"Architectures":            resource.ListOf(resource.Text()),
		"PackageType":              resource.OneOf("Zip").Replaces(),
		"Tags":                     resource.TagList(),
		"TracingConfig":            resource.Object(resource.Properties{"Mode": resource.Text()}).Noted("X-Ray is not here."),
		"VpcConfig":                resource.Document().Noted("functions have the network of this machine."),
		"EphemeralStorage":         resource.Object(resource.Properties{"Size": resource.Integer()}).Noted("functions have this machine's folder for temporary files."),
		"LoggingConfig":            resource.Document().Noted("lines go to /aws/lambda/{name} as they are printed."),
		"SnapStart":                resource.Document().Noted("processes start as they are."),
		"RuntimeManagementConfig":  resource.Document().Noted("runtimes are the programs of this machine."),
		"RecursiveLoop":            resource.Text().Noted("loops are not looked for."),
		"Layers":                   resource.Refused("there are no layers; put what they hold into the function's code."),
		"DeadLetterConfig":         resource.Refused("there are no queues and topics for events that fail."),
		"FileSystemConfigs":        resource.Refused("there is no EFS."),
		"ImageConfig":              resource.Refused("functions are zip files, no images."),
		"KmsKeyArn":                resource.Refused("there is no KMS."),
		"CodeSigningConfigArn":     resource.Refused("code is not signed."),
		"PublishToLatestPublished": resource.Refused("versions are published by AWS::Lambda::Version."),
	}
	return resource.Type{
		Name: "AWS::Lambda::Function", Properties: properties, Attributes: []string{"Arn"},
		Create: createFunction, Update: updateFunction, Find: findFunction, Read: readFunction,
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, functionService, "DeleteFunction", map[string]any{"FunctionName": r.PhysicalID})
			return err
		},
	}
}

func functionName(r *resource.Request) string {
	if name := r.Text("FunctionName"); name != "" {
		return name
	}
	return r.Name(64)
}

func functionState(configuration map[string]any) resource.State {
	name, _ := configuration["FunctionName"].(string)
	return resource.State{PhysicalID: name, Attributes: map[string]any{"Arn": configuration["FunctionArn"]}}
}

func createFunction(ctx context.Context, r *resource.Request) (resource.State, error) {
	members := given(r, append(configurationProperties, "Architectures")...)
	members["FunctionName"], members["Tags"] = functionName(r), r.TagMap()
	code, err := functionCode(r)
	if err != nil {
		return resource.State{}, err
	}
	members["Code"] = code
	response, err := r.Call(ctx, functionService, "CreateFunction", members)
	if err != nil {
		return resource.State{}, err
	}
	return functionState(response), reserve(ctx, r, functionName(r))
}

// functionCode is Code as the operations take it. Text in place of a zip file is the
// program itself, which AWS puts into a file called index.
func functionCode(r *resource.Request) (map[string]any, error) {
	code, _ := r.Properties["Code"].(map[string]any)
	text, inline := code["ZipFile"].(string)
	if !inline {
		return code, nil
	}
	name := "index.js"
	if strings.HasPrefix(r.Text("Runtime"), "python") {
		name = "index.py"
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	to, err := archive.Create(name)
	if err != nil {
		return nil, err
	}
	if _, err := to.Write([]byte(text)); err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return map[string]any{"ZipFile": out.Bytes()}, nil
}

// reserve sets the reserved concurrency, or takes it back.
func reserve(ctx context.Context, r *resource.Request, name string) error {
	members := map[string]any{"FunctionName": name}
	if reserved, there := r.Properties["ReservedConcurrentExecutions"]; there {
		members["ReservedConcurrentExecutions"] = reserved
		_, err := r.Call(ctx, functionService, "PutFunctionConcurrency", members)
		return err
	}
	if _, was := r.Previous["ReservedConcurrentExecutions"]; !was {
		return nil
	}
	_, err := r.Call(ctx, functionService, "DeleteFunctionConcurrency", members)
	return err
}

func updateFunction(ctx context.Context, r *resource.Request) (resource.State, error) {
	members, code := changedMembers(r)
	if len(members) > 0 {
		members["FunctionName"] = r.PhysicalID
		if _, err := r.Call(ctx, functionService, "UpdateFunctionConfiguration", members); err != nil {
			return resource.State{}, err
		}
	}
	if code {
		if err := updateFunctionCode(ctx, r); err != nil {
			return resource.State{}, err
		}
	}
	arn := r.RegionAccount.FunctionARN(r.PhysicalID, "")
	if err := retagFunction(ctx, r, arn); err != nil {
		return resource.State{}, err
	}
	return resource.State{PhysicalID: r.PhysicalID, Attributes: map[string]any{"Arn": arn}}, reserve(ctx, r, r.PhysicalID)
}

// changedMembers are the changed properties that UpdateFunctionConfiguration takes, with
// what a removed one falls back to; code says whether one of the code has changed.
func changedMembers(r *resource.Request) (members map[string]any, code bool) {
	members = map[string]any{}
	for _, name := range r.Changed() {
		code = code || slices.Contains(codeProperties, name)
		if !slices.Contains(configurationProperties, name) {
			continue
		}
		if value, there := r.Properties[name]; there {
			members[name] = value
		} else {
			members[name] = configurationAbsent[name]
		}
	}
	return members, code
}

// updateFunctionCode gives the function the code of its properties.
func updateFunctionCode(ctx context.Context, r *resource.Request) error {
	members, err := functionCode(r)
	if err != nil {
		return err
	}
	change := map[string]any{"FunctionName": r.PhysicalID}
	maps.Copy(change, members)
	if architectures, there := r.Properties["Architectures"]; there {
		change["Architectures"] = architectures
	}
	_, err = r.Call(ctx, functionService, "UpdateFunctionCode", change)
	return err
}

// retagFunction makes the function's tags those of the request.
func retagFunction(ctx context.Context, r *resource.Request, arn string) error {
	set, removed := r.TagChanges()
	if len(set) > 0 {
		if _, err := r.Call(ctx, functionService, "TagResource", map[string]any{"Resource": arn, "Tags": set}); err != nil {
			return err
		}
	}
	if len(removed) > 0 {
		if _, err := r.Call(ctx, functionService, "UntagResource", map[string]any{"Resource": arn, "tagKeys": removed}); err != nil {
			return err
		}
	}
	return nil
}

// findFunction looks for a function that carries this stack's tags.
func findFunction(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
	response, err := r.Call(ctx, functionService, "GetFunction", map[string]any{"FunctionName": functionName(r)})
	if resource.IsGone(err) {
		return resource.State{}, false, nil
	}
	if err != nil {
		return resource.State{}, false, err
	}
	tags, _ := response["Tags"].(map[string]any)
	if tags[TagStackID] != r.StackID || tags[TagLogicalID] != r.LogicalID {
		return resource.State{}, false, nil
	}
	configuration, _ := response["Configuration"].(map[string]any)
	err = reserve(ctx, r, functionName(r))
	return functionState(configuration), err == nil, err
}

// provisioned is how many processes AWS keeps ready. Here it saves no cost and bounds nothing.
func provisioned() resource.Property {
	return resource.Object(resource.Properties{"ProvisionedConcurrentExecutions": resource.Integer().Required()}).
		Noted("processes start when they are needed and stay warm.")
}

func functionVersion() resource.Type {
	return resource.Type{
		Name: "AWS::Lambda::Version", Attributes: []string{"Version", "FunctionArn"},
		Properties: resource.Properties{
			"FunctionName": resource.Text().Required().Replaces(), "CodeSha256": resource.Text().Replaces(), "Description": resource.Text().Replaces(),
			"ProvisionedConcurrencyConfig": provisioned(),
			"RuntimePolicy":                resource.Refused("runtimes are the programs of this machine."),
		},
		// Only what is noted changes in place: the version stays what it is.
		Update: func(_ context.Context, r *resource.Request) (resource.State, error) {
			return resource.State{PhysicalID: r.PhysicalID, Attributes: r.Attributes}, nil
		},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			response, err := r.Call(ctx, functionService, "PublishVersion", given(r, "FunctionName", "CodeSha256", "Description"))
			arn, _ := response["FunctionArn"].(string)
			return resource.State{PhysicalID: arn, Attributes: map[string]any{"Version": response["Version"], "FunctionArn": arn}}, err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, functionService, "ListVersionsByFunction", given(r, "FunctionName"))
			versions, _ := response["Versions"].([]any)
			for _, each := range versions {
				members, _ := each.(map[string]any)
				if members["RevisionId"] == pasarela.DerivedRevisionID(r.CreationToken) {
					arn, _ := members["FunctionArn"].(string)
					return resource.State{PhysicalID: arn, Attributes: map[string]any{"Version": members["Version"], "FunctionArn": arn}}, true, nil
				}
			}
			return resource.State{}, false, ignoreGone(err)
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, functionService, "DeleteFunction", map[string]any{"FunctionName": r.PhysicalID})
			return err
		},
	}
}

func functionAlias() resource.Type {
	state := func(response map[string]any) resource.State {
		arn, _ := response["AliasArn"].(string)
		return resource.State{PhysicalID: arn, Attributes: map[string]any{"AliasArn": arn}}
	}
	do := func(operation string, names ...string) func(context.Context, *resource.Request) (resource.State, error) {
		return func(ctx context.Context, r *resource.Request) (resource.State, error) {
			response, err := r.Call(ctx, functionService, operation, given(r, names...))
			return state(response), err
		}
	}
	return resource.Type{
		Name: "AWS::Lambda::Alias", Attributes: []string{"AliasArn"},
		Properties: resource.Properties{
			"FunctionName": resource.Text().Required().Replaces(), "Name": resource.Text().Required().Replaces(), "FunctionVersion": resource.Text().Required(),
			"Description":                  resource.Text(),
			"RoutingConfig":                resource.Refused("an alias leads to one version."),
			"ProvisionedConcurrencyConfig": provisioned(),
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, functionService, "GetAlias", given(r, "FunctionName", "Name"))
			if err != nil || response["RevisionId"] != pasarela.DerivedRevisionID(r.CreationToken) {
				return resource.State{}, false, ignoreGone(err)
			}
			return state(response), true, nil
		},
		Create: do("CreateAlias", "FunctionName", "Name", "FunctionVersion", "Description"),
		Update: do("UpdateAlias", "FunctionName", "Name", "FunctionVersion", "Description"),
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, functionService, "DeleteAlias", given(r, "FunctionName", "Name"))
			return err
		},
	}
}

func permission() resource.Type {
	names := []string{"Action", "FunctionName", "Principal", "SourceArn", "SourceAccount", "EventSourceToken", "PrincipalOrgID"}
	properties := resource.Properties{
		"FunctionUrlAuthType":   resource.Refused("functions have no addresses of their own."),
		"InvokedViaFunctionUrl": resource.Refused("functions have no addresses of their own."),
	}
	for _, name := range names {
		properties[name] = resource.Text().Replaces()
	}
	for _, name := range names[:3] {
		properties[name] = properties[name].Required()
	}
	return resource.Type{
		Name: "AWS::Lambda::Permission", Properties: properties, Attributes: []string{"Id"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := given(r, names...)
			id := r.Name(100)
			members["StatementId"] = id
			_, err := r.Call(ctx, functionService, "AddPermission", members)
			return resource.State{PhysicalID: id, Attributes: map[string]any{"Id": id}}, err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			response, err := r.Call(ctx, functionService, "GetPolicy", given(r, "FunctionName"))
			policy, _ := response["Policy"].(string)
			id := r.Name(100) // letters, digits and hyphens
			if err != nil || !strings.Contains(policy, `"`+id+`"`) {
				return resource.State{}, false, ignoreGone(err)
			}
			return resource.State{PhysicalID: id, Attributes: map[string]any{"Id": id}}, true, nil
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, functionService, "RemovePermission", map[string]any{"FunctionName": r.Properties["FunctionName"], "StatementId": r.PhysicalID})
			return err
		},
	}
}

// readFunction reads a function's configuration; its code and tags are taken to be what they
// were made to be.
func readFunction(ctx context.Context, r *resource.Request) (map[string]any, error) {
	response, err := r.Call(ctx, functionService, "GetFunctionConfiguration", map[string]any{"FunctionName": r.PhysicalID})
	if err != nil {
		return nil, err
	}
	live := maps.Clone(r.Properties)
	for _, name := range configurationProperties {
		if _, given := r.Properties[name]; given {
			live[name] = response[name]
		}
	}
	return live, nil
}
