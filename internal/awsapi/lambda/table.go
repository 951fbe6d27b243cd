// Package lambda is the table of those operations of Lambda that stacks, tools and callers
// of functions use (aws-lambda §1).
package lambda

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
)

// New serves the table over a service.
func New(service *lambda.Service, guard *wire.Guard, log *slog.Logger) *wire.RESTService {
	return wire.NewREST(wire.RESTService{
		SigningName: "lambda", Guard: guard, Log: log, Permission: permissions{service, guard.RegionAccount}.needed,
	}, Operations(service))
}

const (
	base       = "/2015-03-31/functions"
	function   = base + "/{FunctionName}"
	alias      = function + "/aliases/{Name}"
	tags       = "/2017-03-31/tags/{Resource}"
	reserved   = "/2017-10-31/functions/{FunctionName}/concurrency"
	readOfIt   = "/2019-09-30/functions/{FunctionName}/concurrency"
	signing    = "/2020-06-30/functions/{FunctionName}/code-signing-config"
	maxZipCall = 4*lambda.MaxZip/3 + 1<<20 // base64 and the rest of the body
	maxEvent   = 6 << 20

	// byS3 is for a caller whose body is too long to be looked at.
	byS3 = "Code is too large for a call then: upload the zip file to S3 and name it by S3Bucket and S3Key."
)

// pages are how lists of that member are asked for.
func pages(items string) *wire.Paging {
	return &wire.Paging{Limit: "MaxItems", Token: "Marker", Next: "NextMarker", Items: items, Default: 50, Max: 10000}
}

// Operations is the table.
func Operations(s *lambda.Service) []wire.Operation {
	return []wire.Operation{
		wire.Reply("Invoke", "POST "+function+"/invocations", 200, func(ctx context.Context, in lambda.InvokeInput) (wire.Raw, error) { return invoke(ctx, s, in) }).Takes(maxEvent+1).Declines(
			wire.Declined{Member: "X-Amz-Durable-Execution-Name", Reason: "executions are not continued after an end of their process.", Ignore: true},
			wire.Declined{Member: "X-Amz-Tenant-Id", Reason: "one process serves all callers of a function.", Ignore: true}),
		wire.Reply("CreateFunction", "POST "+base, 201, s.CreateFunction).Takes(maxZipCall).OrInstead(byS3).Declines(absent...).Declines(managed...).Declines(publishTo,
			wire.Declined{Member: "TenancyConfig", Reason: "one process serves all callers of a function."},
			wire.Declined{Member: "CodeSigningConfigArn", Reason: "code is not signed here."}),
		wire.Reply("GetFunction", "GET "+function, 200, s.GetFunction),
		wire.Reply("GetFunctionConfiguration", "GET "+function+"/configuration", 200, s.GetFunctionConfiguration),
		wire.List("ListFunctions", "GET "+base, pages("Functions"), s.ListFunctions, lambda.ARNOf).WithSlash().Declines(wire.Declined{Member: "MasterRegion", Reason: "no function is a copy of another region's.", Ignore: true}),
		wire.Reply("UpdateFunctionCode", "PUT "+function+"/code", 200, s.UpdateFunctionCode).Takes(maxZipCall).OrInstead(byS3).Declines(publishTo),
		wire.Reply("UpdateFunctionConfiguration", "PUT "+function+"/configuration", 200, s.UpdateFunctionConfiguration).Declines(absent...).Declines(managed...),
		wire.Void("DeleteFunction", "DELETE "+function, 204, s.DeleteFunction),
		wire.Reply("PublishVersion", "POST "+function+"/versions", 201, s.PublishVersion).Declines(publishTo),
		wire.List("ListVersionsByFunction", "GET "+function+"/versions", pages("Versions"), s.ListVersionsByFunction, lambda.ARNOf),
		wire.Reply("CreateAlias", "POST "+function+"/aliases", 201, s.CreateAlias).Declines(routing),
		wire.Reply("GetAlias", "GET "+alias, 200, s.GetAlias),
		wire.List("ListAliases", "GET "+function+"/aliases", pages("Aliases"), s.ListAliases, lambda.NameOf),
		wire.Reply("UpdateAlias", "PUT "+alias, 200, s.UpdateAlias).Declines(routing),
		wire.Void("DeleteAlias", "DELETE "+alias, 204, s.DeleteAlias),
		wire.Reply("AddPermission", "POST "+function+"/policy", 201, s.AddPermission).Declines(functionURL...),
		wire.Reply("GetPolicy", "GET "+function+"/policy", 200, s.GetPolicy),
		wire.Void("RemovePermission", "DELETE "+function+"/policy/{StatementId}", 204, s.RemovePermission),
		wire.Reply("PutFunctionConcurrency", "PUT "+reserved, 200, s.PutFunctionConcurrency),
		wire.Void("DeleteFunctionConcurrency", "DELETE "+reserved, 204, s.DeleteFunctionConcurrency),
		wire.Reply("GetFunctionConcurrency", "GET "+readOfIt, 200, s.GetFunctionConcurrency),
		wire.Reply("GetFunctionCodeSigningConfig", "GET "+signing, 200, s.GetFunctionCodeSigningConfig),
		wire.Reply("ListTags", "GET "+tags, 200, s.ListTags),
		wire.Void("TagResource", "POST "+tags, 204, s.TagResource),
		wire.Void("UntagResource", "DELETE "+tags, 204, s.UntagResource),
	}
}

var (
	routing = wire.Declined{Member: "RoutingConfig", Reason: "an alias leads to one version here."}
	absent  = []wire.Declined{
		{Member: "VpcConfig", Ignore: true, Reason: "functions are processes of this machine and have its network."},
		{Member: "TracingConfig", Ignore: true, Reason: "X-Ray is not here; the trace header reaches the function."},
		{Member: "DeadLetterConfig", Reason: "events that fail are dropped after their retries, with a line in the server's log."},
		{Member: "KMSKeyArn", Reason: "there is no KMS here."},
		{Member: "Layers", Reason: "there are no layers here: put what they hold into the function's own code."},
		{Member: "FileSystemConfigs", Reason: "there is no EFS here."},
		{Member: "ImageConfig", Reason: "functions are zip files here, no images."},
		{Member: "EphemeralStorage", Ignore: true, Reason: "functions write to the machine's own folder for temporary files."},
		{Member: "SnapStart", Ignore: true, Reason: "processes start as they are."},
		{Member: "LoggingConfig", Ignore: true, Reason: "lines go to /aws/lambda/{name} as they are printed."},
	}
	functionURL = []wire.Declined{
		{Member: "FunctionUrlAuthType", Reason: "functions have no addresses of their own here."},
		{Member: "InvokedViaFunctionUrl", Reason: "functions have no addresses of their own here."},
	}
	publishTo = wire.Declined{Member: "PublishTo", Reason: "a version is published as AWS's calls without the member do it."}
	// managed belong to instances that AWS manages, and to executions that are continued.
	managed = []wire.Declined{
		{Member: "CapacityProviderConfig", Reason: "functions run on this machine."},
		{Member: "DurableConfig", Reason: "executions are not continued after an end of their process."},
	}
)

// invoke runs a function and returns what it said.
func invoke(ctx context.Context, s *lambda.Service, in lambda.InvokeInput) (wire.Raw, error) {
	result, err := s.Invoke(ctx, in)
	if err != nil {
		return wire.Raw{}, err
	}
	raw := wire.Raw{Status: http.StatusOK, Header: http.Header{}, Body: result.Payload}
	switch in.InvocationType {
	case lambda.Event:
		raw.Status = http.StatusAccepted
		return raw, nil
	case lambda.DryRun:
		raw.Status = http.StatusNoContent
		return raw, nil
	}
	raw.Header.Set("Content-Type", "application/json")
	raw.Header.Set("X-Amz-Executed-Version", result.Version)
	raw.Header.Set("X-Amzn-Requestid", result.RequestID)
	if result.FunctionError != "" {
		raw.Header.Set("X-Amz-Function-Error", result.FunctionError)
	}
	if result.Log != nil {
		raw.Header.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(result.Log))
	}
	return raw, nil
}

// permissions says what a call needs.
type permissions struct {
	service *lambda.Service
	place   pasarela.RegionAccount
}

// named is an input that is about a function.
type named interface {
	Named() (functionName, qualifier string)
}

func (p permissions) needed(ctx context.Context, operation string, in any) (wire.Permission, error) {
	needed := wire.Permission{Action: "lambda:" + operation, Resource: "*"}
	if operation == "Invoke" {
		needed.Action = "lambda:InvokeFunction"
	}
	about, ok := in.(named)
	if !ok {
		return needed, nil
	}
	name, qualifier := about.Named()
	r, err := p.service.Refer(name, "")
	if err != nil {
		return needed, nil // on every resource; the operation says what is wrong with the name
	}
	if qualifier == "" {
		qualifier = r.Qualifier
	}
	needed.Resource = p.place.FunctionARN(r.Name, qualifier)
	needed.Tags, err = p.service.TagsOf(ctx, r.Name)
	return needed, err
}
