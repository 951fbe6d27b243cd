package node

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/cloudformation"
	"github.com/pasarela-ws/pasarela/internal/awsapi/connections"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	awslambda "github.com/pasarela-ws/pasarela/internal/awsapi/lambda"
	"github.com/pasarela-ws/pasarela/internal/awsapi/ssm"
	"github.com/pasarela-ws/pasarela/internal/awsapi/sts"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// router joins the AWS services. Against a custom endpoint, clients sign IAM, STS and
// CloudFormation for whatever region they are configured with (aws-controlplane §1).
func (n *Node) router(running context.Context, services extension.Services) *wire.Router {
	log, anywhere := n.options.Log, *n.guard
	anywhere.AnyRegion = true
	n.connectionsAPI = &connections.Service{
		Directory: n.watcher.Directory, Gateway: n.gateway, Guard: n.guard, Authorizer: n.identity, Log: log,
	}
	if n.traces != nil {
		n.connectionsAPI.Trace = n.tracePush
	}
	v2, v1, identities := apigatewayv2.New(n.apis, n.guard, log), apigateway.New(n.apis, n.guard, log), iam.New(n.identity, &anywhere, log)
	functions := awslambda.New(n.lambda, &anywhere, log)
	parameters := ssm.New(n.parameters, &anywhere, log)
	objects := n.objectService(anywhere, log)
	n.openStacks(running, map[string]wire.Invoker{"apigatewayv2": v2, "apigateway": v1, "iam": identities, "lambda": functions, "ssm": parameters, "s3": objects})
	return &wire.Router{
		APIGatewayV2:   v2,
		APIGateway:     v1,
		IAM:            identities,
		Lambda:         functions,
		STS:            sts.New(n.identity, &anywhere, log),
		SSM:            parameters,
		S3:             objects,
		CloudFormation: cloudformation.New(n.stacks, &anywhere, log),
		Connections:    n.connectionsAPI,
		Extension:      n.extension(services),
		Gateway:        n.gateway,
		IsCustomHost:   n.watcher.Directory.IsCustomHost,
	}
}
