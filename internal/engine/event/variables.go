package event

// everywhere is where most variables may be used.
const everywhere = InTemplate | InAccessLog | InLambdaEvent

// Why some variables of AWS's list are always absent here.
const (
	noCognito       = "identity pools of Cognito belong to another service"
	noOrganizations = "accounts belong to no organization of AWS Organizations"
	noFirewall      = "no AWS WAF stands before a stage"
	noServiceID     = "backends are not called through AWS's own endpoints, which give the id"
	onlyResult      = "AWS's WebSocket rows show '-' (aws-dataplane §6.3 [O]); the execution log and the timeline have the step"
)

// variables is the list of aws-dataplane §6.3 in its order, which is also that of
// $context.keySet(). Values that an authorizer adds (authorizer.<key>) and the
// overrides of templates have no rows, since their names are the user's.
var variables = [...]Variable{
	text("apiId", always, everywhere|InIdentitySource, func(e *Event) string { return e.APIID }),
	number("connectedAt", always, everywhere|InIdentitySource, func(e *Event) (int64, bool) { return positive(e.ConnectedAt) }),
	text("connectionId", always, everywhere|InIdentitySource, func(e *Event) string { return e.ConnectionID }),
	text("disconnectReason", onDisconnect, everywhere, func(e *Event) string { return e.DisconnectReason }),
	number("disconnectStatusCode", onDisconnect, everywhere, func(e *Event) (int64, bool) { return positive(int64(e.DisconnectStatusCode)) }),
	text("domainName", always, everywhere|InIdentitySource, func(e *Event) string { return e.DomainName }),
	text("eventType", always, everywhere, func(e *Event) string { return e.EventType }),
	text("extendedRequestId", always, everywhere|InIdentitySource, func(e *Event) string { return e.RequestID }),
	text("messageDirection", always, everywhere, func(*Event) string { return "IN" }),
	text("messageId", onMessage, everywhere, func(e *Event) string { return e.MessageID }),
	text("requestId", always, everywhere|InIdentitySource, func(e *Event) string { return e.RequestID }),
	{path: "requestTime", Kind: Time, Events: always, use: everywhere, number: requestTimeEpoch},
	number("requestTimeEpoch", always, everywhere|InIdentitySource, requestTimeEpoch),
	text("routeKey", always, everywhere|InIdentitySource, func(e *Event) string { return e.RouteKey }),
	text("stage", always, everywhere|InIdentitySource, func(e *Event) string { return e.Stage }),
	number("status", always, InTemplate|InAccessLog, status),

	text("identity.accountId", always, everywhere, func(e *Event) string { return e.Identity.AccountID }),
	text("identity.apiKey", always, everywhere, func(e *Event) string { return e.Identity.APIKey }),
	text("identity.apiKeyId", always, everywhere, func(e *Event) string { return e.Identity.APIKeyID }),
	text("identity.caller", always, everywhere, func(e *Event) string { return e.Identity.Caller }),
	absent("identity.cognitoAuthenticationProvider", always, everywhere, noCognito),
	absent("identity.cognitoAuthenticationType", always, everywhere, noCognito),
	absent("identity.cognitoIdentityId", always, everywhere, noCognito),
	absent("identity.cognitoIdentityPoolId", always, everywhere, noCognito),
	absent("identity.principalOrgId", always, everywhere, noOrganizations),
	text("identity.sourceIp", always, everywhere|InIdentitySource, func(e *Event) string { return e.Identity.SourceIP }),
	text("identity.user", always, everywhere, func(e *Event) string { return e.Identity.User }),
	text("identity.userAgent", always, everywhere|InIdentitySource, func(e *Event) string { return e.Identity.UserAgent }),
	text("identity.userArn", always, everywhere, func(e *Event) string { return e.Identity.UserARN }),

	text("error.message", always, InTemplate|InAccessLog, failureMessage),
	{path: "error.messageString", Kind: QuotedText, Events: always, use: InTemplate | InAccessLog, text: func(e *Event) string { return e.Failure.MessageString }},
	text("error.responseType", always, InTemplate|InAccessLog, func(e *Event) string { return e.Failure.ResponseType }),
	text("error.validationErrorString", always, InTemplate|InAccessLog, func(e *Event) string { return e.Failure.ValidationErrorString }),

	absent("authorize.error", onConnect, InAccessLog, onlyResult),
	absent("authorize.latency", onConnect, InAccessLog, onlyResult),
	absent("authorize.status", onConnect, InAccessLog, onlyResult),
	absent("authenticate.error", onConnect, InAccessLog, onlyResult),
	absent("authenticate.latency", onConnect, InAccessLog, onlyResult),
	absent("authenticate.status", onConnect, InAccessLog, onlyResult),
	absent("authorizer.error", onConnect, InAccessLog, onlyResult),
	number("authorizer.latency", onConnect, InAccessLog, authorizerLatency),
	absent("authorizer.status", onConnect, InAccessLog, onlyResult),
	absent("authorizer.requestId", onConnect, InAccessLog, onlyResult),
	number("authorizer.integrationLatency", onConnect, InAccessLog, authorizerLatency),
	absent("authorizer.integrationStatus", onConnect, InAccessLog, onlyResult),

	text("integration.error", always, InAccessLog, failureMessage),
	number("integration.integrationStatus", always, InAccessLog, status),
	number("integration.latency", always, InAccessLog, integrationLatency),
	absent("integration.requestId", always, InAccessLog, noServiceID),
	number("integration.status", always, InAccessLog, status),
	number("integrationLatency", always, InAccessLog, integrationLatency),
	number("integrationStatus", always, InAccessLog, status),
	text("integrationErrorMessage", always, InAccessLog, failureMessage),
	absent("awsEndpointRequestId", always, InAccessLog, noServiceID),

	absent("waf.error", always, InAccessLog, noFirewall),
	absent("waf.latency", always, InAccessLog, noFirewall),
	absent("waf.status", always, InAccessLog, noFirewall),
	absent("wafResponseCode", always, InAccessLog, noFirewall),
	absent("webaclArn", always, InAccessLog, noFirewall),
}

func text(path string, events Events, use Use, read func(*Event) string) Variable {
	return Variable{path: path, Kind: Text, Events: events, use: use, text: read}
}

func number(path string, events Events, use Use, read func(*Event) (int64, bool)) Variable {
	return Variable{path: path, Kind: Number, Events: events, use: use, number: read}
}

func absent(path string, events Events, use Use, why string) Variable {
	return Variable{path: path, Events: events, use: use, Absent: why}
}

func requestTimeEpoch(e *Event) (int64, bool)  { return positive(e.RequestTimeEpoch) }
func status(e *Event) (int64, bool)            { return positive(int64(e.Status)) }
func authorizerLatency(e *Event) (int64, bool) { return positive(e.AuthorizerLatency) }
func failureMessage(e *Event) string           { return e.Failure.Message }
func integrationLatency(e *Event) (int64, bool) {
	return e.IntegrationLatency.Milliseconds(), e.IntegrationLatency > 0
}

// positive is n, absent when it is 0: no time, status or close code is 0.
func positive(n int64) (int64, bool) { return n, n > 0 }
