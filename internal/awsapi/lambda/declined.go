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
		{Names: []string{
			"DeleteFunctionCodeSigningConfig", "PutFunctionCodeSigningConfig", "CreateCodeSigningConfig", "DeleteCodeSigningConfig", "GetCodeSigningConfig",
			"ListCodeSigningConfigs", "ListFunctionsByCodeSigningConfig", "UpdateCodeSigningConfig",
		}, Reason: "code is not signed here."},
		{Names: []string{
			"CheckpointDurableExecution", "GetDurableExecution", "GetDurableExecutionHistory", "GetDurableExecutionState", "ListDurableExecutionsByFunction",
			"SendDurableExecutionCallbackFailure", "SendDurableExecutionCallbackHeartbeat", "SendDurableExecutionCallbackSuccess", "StopDurableExecution",
		}, Reason: "executions are not continued after an end of their process."},
		{Names: []string{
			"CreateCapacityProvider", "DeleteCapacityProvider", "GetCapacityProvider", "GetFunctionScalingConfig", "ListCapacityProviders",
			"ListFunctionVersionsByCapacityProvider", "PutFunctionScalingConfig", "UpdateCapacityProvider",
		}, Reason: "functions run on this machine."},
	}
}

// Inert are members that are stored and returned and have no effect.
func Inert() []wire.Declined {
	return []wire.Declined{
		{Member: "Description, Tags", Reason: "for people and policies, on AWS too."},
		{Member: "Architectures", Reason: "code runs on this machine's own processor; what it was built for is answered as it was said."},
		{Member: "MemorySize", Reason: "it bounds the heaps of Node.js and Java functions and no other memory (A-FUNCTIONS-2)."},
	}
}

// Absent are members that are never answered.
func Absent() []wire.Declined {
	var list []wire.Declined
	for _, each := range []struct {
		reason  string
		members []string
	}{
		{"functions have nothing of it here, and calls that give it are refused or say so.", []string{
			"CapacityProviderConfig", "DeadLetterConfig", "DurableConfig", "EphemeralStorage", "FileSystemConfigs", "ImageConfigResponse", "KMSKeyArn", "Layers", "SnapStart",
			"TenancyConfig", "VpcConfig", "RoutingConfig", "CodeSigningConfigArn", "SigningJobArn", "SigningProfileVersionArn",
		}},
		{"a function is active as soon as it is made, and the latest version of its runtime is that of the machine.", []string{
			"StateReason", "StateReasonCode", "LastUpdateStatusReason", "LastUpdateStatusReasonCode", "RuntimeVersionConfig", "Environment.Error",
		}},
		{"lines go to /aws/lambda/{name} as they are printed.", []string{"ApplicationLogLevel", "SystemLogLevel"}},
		{"no function is a copy of another region's.", []string{"MasterArn"}},
		{"CodeSha256 and RevisionId tell versions apart.", []string{"ConfigSha256"}},
		{"code is not given out by an address (A-FUNCTIONS-7).", []string{"Code.Location", "Code.ImageUri", "Code.ResolvedImageUri", "Code.SourceKMSKeyArn"}},
		{"tags are always read.", []string{"TagsError"}},
	} {
		for _, member := range each.members {
			list = append(list, wire.Declined{Member: member, Reason: each.reason})
		}
	}
	return list
}
