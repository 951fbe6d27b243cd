package node

import (
	"bytes"
	"context"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/dataplane/functions"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/node/local"
)

const (
	// functionSession is how long the credentials of a function's process are good.
	functionSession = 12 * time.Hour
	lambdaPrincipal = "lambda.amazonaws.com"
)

// openFunctions starts what runs functions, where the operator allows it.
func (n *Node) openFunctions(ctx context.Context) (err error) {
	if !n.options.Functions {
		return nil
	}
	n.functions, err = functions.New(ctx, functions.Options{
		Bucket: n.store.Bucket(), RegionAccount: n.regionAccount, Endpoint: n.endpointHere(), User: n.options.FunctionsUser,
		Lines:       func(log string) functions.Lines { return n.logs.lines(log) },
		Credentials: n.functionCredentials,
		Log:         n.options.Log, Failed: n.options.FunctionFailed,
	})
	if err != nil {
		return err
	}
	n.onStop("the functions", n.functions.Close)
	return nil
}

// functionCredentials are those of a function's role.
func (n *Node) functionCredentials(roleARN, sessionName string) (functions.Credentials, error) {
	c, err := n.identity.Sessions.CredentialsForService(roleARN, lambdaPrincipal, sessionName, functionSession)
	if n.options.Local && isRoleMissing(err) {
		return functions.Credentials{AccessKeyID: local.AnyKey, SecretAccessKey: local.AnyKey}, nil
	}
	return functions.Credentials(c), err
}

// openLambda makes the operations on functions. They are there also on a node that runs
// none.
func (n *Node) openLambda(running context.Context) {
	o := lambda.Options{
		Bucket: n.store.Bucket(), RegionAccount: n.regionAccount, Roles: n.functionRoles(), PassRole: n.passRole, Objects: n.codeOf,
		Log: n.options.Log,
	}
	if n.functions != nil {
		o.Runner = lambdaRunner{n.functions}
	}
	n.lambda = lambda.New(o)
	n.run(running, "removal of unused code of functions", n.lambda.Run)
}

// passRole asks for iam:PassRole on behalf of the caller whom ctx serves.
func (n *Node) passRole(ctx context.Context, roleARN, service string) error {
	call, ok := wire.CallFrom(ctx)
	if !ok {
		return nil
	}
	return n.identity.PassRole(ctx, call.Principal, roleARN, service, call.Context)
}

// integrationFunctions are functions as integrations call them.
type integrationFunctions struct{ *functions.Runner }

// Invoke is [integration.Functions]. The function goes on running after ctx ends, so it
// gets a copy of the payload.
func (f integrationFunctions) Invoke(ctx context.Context, call integration.FunctionCall) (integration.FunctionResult, error) {
	result, err := f.Runner.Invoke(ctx, functions.Call{
		Name: call.Name, Qualifier: call.Qualifier, Payload: bytes.Clone(call.Payload), TraceID: call.TraceID,
	})
	return integration.FunctionResult{Payload: result.Payload, Failed: result.FunctionError != "", RequestID: result.RequestID}, err
}

// lambdaRunner are functions as the Lambda API calls them.
type lambdaRunner struct{ *functions.Runner }

// Invoke is [lambda.Runner].
func (r lambdaRunner) Invoke(ctx context.Context, in lambda.Invocation) (lambda.Invoked, error) {
	result, err := r.Runner.Invoke(ctx, functions.Call(in))
	return lambda.Invoked(result), err
}

// InvokeEvent is [lambda.Runner].
func (r lambdaRunner) InvokeEvent(in lambda.Invocation) error {
	return r.Runner.InvokeEvent(functions.Call(in))
}
