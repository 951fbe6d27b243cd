package lambda

import "github.com/pasarela-ws/pasarela/internal/awsapi/wire"

// Declined are the operations that are not served.
func Declined() []wire.DeclinedOperation {
	return []wire.DeclinedOperation{
		{Names: []string{"InvokeAsync"}, Reason: "AWS has given it up for Invoke with type Event."},
		{Names: []string{"InvokeWithResponseStream"}, Reason: "answers are whole here; API Gateway streams none to WebSocket clients either."},
		{Names: []string{
			"CreateEventSourceMapping", "DeleteEventSourceMapping", "GetEventSourceMapping", "ListEventSourceMappings", "UpdateEventSourceMapping",
		}, Reason: "there are no queues and streams here that could call functions."},
		{Names: []string{
			"CreateFunctionUrlConfig", "DeleteFunctionUrlConfig", "GetFunctionUrlConfig", "ListFunctionUrlConfigs", "UpdateFunctionUrlConfig",
		}, Reason: "functions have no addresses of their own here."},
		{Names: []string{
			"AddLayerVersionPermission", "DeleteLayerVersion", "GetLayerVersion", "GetLayerVersionByArn", "GetLayerVersionPolicy", "ListLayerVersions", "ListLayers",
			"PublishLayerVersion", "RemoveLayerVersionPermission",
		}, Reason: "there are no layers here."},
		{Names: []string{
			"DeleteProvisionedConcurrencyConfig", "GetProvisionedConcurrencyConfig", "ListProvisionedConcurrencyConfigs", "PutProvisionedConcurrencyConfig",
		}, Reason: "processes start when they are needed and stay warm."},
		{Names: []string{
			"DeleteFunctionEventInvokeConfig", "GetFunctionEventInvokeConfig", "ListFunctionEventInvokeConfigs", "PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig",
		}, Reason: "events are tried three times, as AWS does by default."},
		{Names: []string{"GetAccountSettings", "GetRuntimeManagementConfig", "PutRuntimeManagementConfig", "GetFunctionRecursionConfig", "PutFunctionRecursionConfig"}, Reason: "they concern AWS's own machines."},
		{Names: []string{"DeleteFunctionCodeSigningConfig", "PutFunctionCodeSigningConfig"}, Reason: "code is not signed here."},
	}
}

// Inert are members that are kept and answered and have no effect.
func Inert() []wire.Declined {
	return []wire.Declined{
		{Member: "Description, Tags", Reason: "for people and policies, on AWS too."},
		{Member: "Architectures", Reason: "code runs on this machine's own processor; what it was built for is answered as it was said."},
		{Member: "MemorySize", Reason: "it bounds the heaps of Node.js and Java functions and no other memory (A-FUNCTIONS-2)."},
	}
}
