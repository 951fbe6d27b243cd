package compatibility

import (
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/cloudformation"
	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	"github.com/pasarela-ws/pasarela/internal/awsapi/lambda"
	"github.com/pasarela-ws/pasarela/internal/awsapi/ssm"
	"github.com/pasarela-ws/pasarela/internal/awsapi/sts"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	controllambda "github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	controlssm "github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

// Documented are all services that docs/compatibility.md tells of. Those of the
// query protocol are held against their models by their own tests.
func Documented() []*Service {
	none := new(identity.Service)
	return append(Services(),
		&Service{Title: "Systems Manager (ssm): parameters", JSON: ssm.Operations(new(controlssm.Service)), Declined: ssm.Declined()},
		&Service{Title: "IAM (iam)", Queries: iam.Operations(none), Declined: iam.Declined(), Absent: iam.Absent(), Ignored: iam.Ignored()},
		&Service{Title: "STS (sts)", Queries: sts.Operations(none), Declined: sts.Declined(), Ignored: sts.Ignored()},
		&Service{Title: "CloudFormation (cloudformation)", Queries: cloudformation.Operations(new(stack.Service)), Declined: cloudformation.Declined(), Absent: cloudformation.Absent(), Ignored: cloudformation.Ignored()},
	)
}

// Services are the rest-json services. Their operations are only compared, not called:
// they have no store.
func Services() []*Service {
	none := new(apis.Service)
	return []*Service{
		{
			Title:      "API Gateway V2 (apigatewayv2)",
			Model:      "apigatewayv2",
			Operations: apigatewayv2.Operations(none),
			Declined:   apigatewayv2.Declined(),
			Absent:     apigatewayv2.Absent(),
			Inert:      apigatewayv2.Inert(),
			Parts:      []string{"routeResponses", "integrationResponses", "apiMappings"},
		},
		{
			Title:      "API Gateway (apigateway): keys, plans, certificates, account",
			Model:      "apigateway-keys",
			Operations: apigateway.Operations(none),
			Absent:     apigateway.Absent(),
			Inert:      apigateway.Inert(),
		},
		{
			Title:      "Lambda (lambda)",
			Model:      "lambda",
			Operations: lambda.Operations(new(controllambda.Service)),
			Declined:   lambda.Declined(),
			Absent:     lambda.Absent(),
			Inert:      lambda.Inert(),
		},
	}
}
