package extension

import (
	"context"
	"log/slog"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// SigningName is the service in the credential scope of these calls.
const SigningName = "pasarela"

// Prefix begins the path of every call.
const Prefix = "/pasarela/"

// Services are what the calls are about. All but Nodes are required.
type Services struct {
	Preview   Previewer
	Templates Templates
	Live      Live
	Logs      Logs
	Feed      Feed
	Metrics   Metrics
	Backup    Backup
	Console   Console
	Status    Status
	Queue     DeadLetterQueue
	// Nodes are the other nodes; nil: there are none, and this one has no name.
	Nodes Nodes

	// Tags are those of a resource of API Gateway by the segments of its path, for
	// policies with conditions on them; nil: no resource has any.
	Tags func(ctx context.Context, path []string) (map[string]string, error)
	// Some is an error where the policies of who surely allow the action on no resource.
	Some func(ctx context.Context, who pasarela.Principal, action string) error
	// Stage is an error where there is no such stage, so that a misspelt name is not told
	// as one that has nothing; nil: nobody knows.
	Stage func(ctx context.Context, apiID, stageName string) error
	// AutoDeployFault is why a stage with AutoDeploy could not follow the last edit of its
	// API, and the deployment that it serves, "" for none; why is "" when it has followed.
	// Nil: every stage has.
	AutoDeployFault func(ctx context.Context, apiID, stageName string) (why, deploymentID string)

	// Strict leaves out the calls about what AWS has not in the service itself: a strict gateway
	// has no asynchronous routes, so there are no calls of theirs to replay (A-GATEWAY-57).
	Strict bool

	// authorize decides, as [wire.Guard.Authorize] does.
	authorize func(ctx context.Context, who pasarela.Principal, action string, resources []string, rc pasarela.RequestContext) error
	// allow asks whether the caller whom ctx serves may read what is at a path.
	allow func(ctx context.Context, path string) error
}

// New makes the handler of everything below [Prefix].
func New(services Services, guard *wire.Guard, log *slog.Logger) *wire.RESTService {
	services.authorize = guard.Authorize
	services.allow = func(ctx context.Context, path string) error {
		call, ok := wire.CallFrom(ctx)
		if !ok {
			return pasarela.Errorf(pasarela.CodeAccessDenied, "This call is not signed")
		}
		return guard.Authorize(ctx, call.Principal, SigningName+":GET", []string{guard.RegionAccount.APIGatewayARN(path)}, call.Context)
	}
	return wire.NewREST(wire.RESTService{SigningName: SigningName, Guard: guard, Log: log}, Operations(services))
}

// Operations is the table.
func Operations(s Services) []wire.Operation {
	if s.Strict {
		return ofOperators(s)
	}
	return append(ofOperators(s), ofAsyncRoutes(s)...)
}

// ofAsyncRoutes are absent from a strict gateway.
func ofAsyncRoutes(s Services) []wire.Operation {
	return []wire.Operation{
		wire.Reply("GetDeadLetters", "GET /pasarela/apis/{apiId}/stages/{stageName}/dead-letters", 200, s.deadLetters),
		wire.Reply("ReplayDeadLetter", "POST /pasarela/apis/{apiId}/stages/{stageName}/dead-letters/{deadLetterId}/replay", 200, s.replayDeadLetter),
		wire.Reply("DeleteDeadLetter", "DELETE /pasarela/apis/{apiId}/stages/{stageName}/dead-letters/{deadLetterId}", 200, s.deleteDeadLetter),
	}
}

// ofOperators are those by which people look into a gateway and bring its definitions along.
func ofOperators(s Services) []wire.Operation {
	return []wire.Operation{
		wire.Reply("GetPreview", "GET /pasarela/apis/{apiId}/preview", 200, s.preview),
		wire.Reply("GetSamples", "GET /pasarela/apis/{apiId}/samples", 200, s.samples),
		wire.Reply("RenderTemplate", "POST /pasarela/render", 200, s.render),
		wire.Reply("CheckPolicy", "POST /pasarela/policies/check", 200, checkPolicy),
		wire.Reply("CheckPermissions", "POST /pasarela/permissions", 200, s.checkPermissions).DecidesItself(),
		wire.Reply("GetConnections", "GET /pasarela/apis/{apiId}/stages/{stageName}/connections", 200, s.connections),
		wire.Reply("GetTimelines", "GET /pasarela/apis/{apiId}/stages/{stageName}/timelines", 200, s.timelines),
		wire.Reply("GetLogs", "GET /pasarela/apis/{apiId}/stages/{stageName}/logs", 200, s.logs),
		wire.Reply("GetMetrics", "GET /pasarela/apis/{apiId}/stages/{stageName}/metrics", 200, s.metrics),
		wire.Reply("GetMetricsHistory", "GET /pasarela/apis/{apiId}/stages/{stageName}/metrics/history", 200, s.metricsHistory),
		wire.Reply("GetActivity", "GET /pasarela/activity", 200, s.activity),
		wire.Reply("GetNodes", "GET /pasarela/nodes", 200, s.nodes),
		wire.Reply("ListConnections", "GET /pasarela/connections", 200, s.allConnections),
		wire.Reply("GetFailures", "GET /pasarela/explain", 200, s.failures),
		wire.Reply("Explain", "GET /pasarela/explain/{id}", 200, s.explain).DecidesItself(),
		wire.Stream("FollowLogs", "GET /pasarela/logs", "text/plain; charset=utf-8", s.followLogs),
		wire.Stream("Export", "GET /pasarela/export", "application/yaml", s.export(false)),
		wire.Stream("ExportSecrets", "POST /pasarela/export/secrets", "application/yaml", s.export(true)),
		wire.Reply("Plan", "POST /pasarela/plan", 200, s.plan).Takes(maxFile),
		wire.Reply("Apply", "POST /pasarela/apply", 200, s.apply).Takes(maxFile),
		wire.Reply("SignIn", "POST /pasarela/console/sign-in", 200, s.signIn),
		wire.Stream("GetProfile", "GET /pasarela/profiles/{kind}", "application/octet-stream", profile),
	}
}
