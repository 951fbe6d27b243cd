package sam

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Properties of a WebSocket API that its resources have under the same name.
var (
	apiProperties   = []string{"ApiKeySelectionExpression", "Description", "DisableExecuteApiEndpoint", "DisableSchemaValidation", "IpAddressType", "Name", "RouteSelectionExpression"}
	stageProperties = []string{"StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"}
	routeProperties = []string{"ApiKeyRequired", "ModelSelectionExpression", "OperationName", "RequestModels", "RequestParameters", "RouteResponseSelectionExpression"}
)

const createdByWebSocket = "websocketapi:createdBy"

// webSocketAPI makes the API, its routes with their integrations and permissions, its
// stage, which deploys by itself, its authorizer and its domain.
func (s *source) webSocketAPI() {
	if !s.known(append(append([]string{"Routes", "Auth", "StageName", "Tags", "PropagateTags", "Domain"}, apiProperties...), stageProperties...)...) {
		return
	}
	routes, auth, ok := s.check()
	if !ok {
		return
	}
	properties := pick(s.given, apiProperties...)
	properties["ProtocolType"], properties["Tags"] = "WEBSOCKET", s.tags(true)
	if properties["Name"] == nil {
		properties["Name"] = s.id
	}
	s.x.add(s.id, "AWS::ApiGatewayV2::Api", properties, s.attributes)
	var made []any
	for _, key := range slices.Sorted(maps.Keys(routes)) {
		id, ok := s.route(key, routes[key], auth)
		if !ok {
			return
		}
		made = append(made, id)
	}
	stage := s.stage(made)
	if authType(auth) == custom {
		s.authorizer(auth)
	}
	s.domain(stage)
}

// check checks required properties; false when a fault was noted.
func (s *source) check() (routes, auth map[string]any, ok bool) {
	for _, name := range []string{"RouteSelectionExpression", "Routes"} {
		if s.given[name] == nil {
			s.fail("Missing required property '%s'.", name)
			return nil, nil, false
		}
	}
	for _, name := range []string{"AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables", "Tags"} {
		if _, ok := s.object(name); !ok {
			return nil, nil, false
		}
	}
	if routes, ok = s.object("Routes"); !ok {
		return nil, nil, false
	}
	if auth, ok = s.object("Auth"); !ok {
		return nil, nil, false
	}
	kind, isText := s.given["IpAddressType"].(string)
	switch {
	case len(routes) == 0:
		s.fail("WebSocket API must have at least one route.")
	case isText && kind != "ipv4" && kind != "dualstack":
		s.fail("IpAddressType must be 'ipv4' or 'dualstack'.")
	case s.given["StageName"] == "$default":
		s.fail("Stages cannot be named $default for WebSocket APIs.")
	case len(auth) > 0 && routes["$connect"] == nil:
		s.fail("Authorization is only available if there is a $connect route.")
	default:
		return routes, auth, s.checkAuth(auth)
	}
	return nil, nil, false
}

const custom = "CUSTOM"

// authType is AuthType in upper case: the check takes it in any, so all that follows from it
// must (A-STACK-20).
func authType(auth map[string]any) string {
	kind, _ := auth["AuthType"].(string)
	return strings.ToUpper(kind)
}

// checkAuth checks Auth of a route or an API in SAM's words.
func (s *source) checkAuth(auth map[string]any) bool {
	if len(auth) == 0 {
		return true
	}
	switch kind := authType(auth); kind {
	case "":
		s.fail("AuthType must be specified for additional auth configurations.")
	case custom:
		if auth["AuthArn"] != nil {
			return true
		}
		s.fail("AuthArn must be specified if AuthType is CUSTOM.")
	case "AWS_IAM", "NONE":
		if len(auth) == 1 {
			return true
		}
		s.fail("No additional configurations supported for AuthType %s.", kind)
	default:
		s.fail("AuthType is not one of AWS_IAM, CUSTOM or NONE.")
	}
	return false
}

// tags are Tags with the one that says who made the resource; those of the API are for
// its stage and domain too only when they are propagated.
func (s *source) tags(own bool) map[string]any {
	tags := map[string]any{createdByWebSocket: "SAM"}
	if own || s.given["PropagateTags"] == true {
		given, _ := s.given["Tags"].(map[string]any)
		maps.Copy(tags, given)
	}
	return tags
}

// resourceNamePart is a route key in the form that it has in resource names.
func (s *source) resourceNamePart(key string) (string, bool) {
	plain := key
	switch key {
	case "$connect", "$disconnect", "$default":
		plain = key[1:]
	}
	odd := strings.ContainsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if plain == "" || odd {
		s.fail("Route key '%s' must be alphanumeric. Only $connect, $disconnect, and $default special routes are supported.", key)
		return "", false
	}
	return strings.ToUpper(plain[:1]) + strings.ToLower(plain[1:]), true
}

func invocation(name string, function any) map[string]any {
	return sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${"+name+"}/invocations", map[string]any{name: function})
}

// route makes a route, its integration and the permission to invoke its function.
func (s *source) route(key string, value any, auth map[string]any) (id string, ok bool) {
	word, ok := s.resourceNamePart(key)
	if !ok {
		return "", false
	}
	spec, _ := value.(map[string]any)
	function := spec["FunctionArn"]
	switch {
	case spec["RequestParameters"] != nil && key != "$connect":
		s.fail("Request parameters are only supported for the $connect route in WebSocket APIs.")
		return "", false
	case function == nil:
		s.fail("Route must have associated function.")
		return "", false
	}
	base := s.id + word
	route := pick(spec, routeProperties...)
	route["RouteKey"], route["ApiId"] = key, ref(s.id)
	route["Target"] = map[string]any{"Fn::Join": []any{"/", []any{"integrations", ref(base + "Integration")}}}
	if key == "$connect" && len(auth) > 0 {
		kind := authType(auth)
		route["AuthorizationType"] = kind
		if kind == custom {
			route["AuthorizerId"] = ref(s.id + "ConnectAuthorizer")
		}
	}
	s.x.add(base+"Route", "AWS::ApiGatewayV2::Route", route, s.derived())
	s.x.add(base+"Integration", "AWS::ApiGatewayV2::Integration", map[string]any{
		"ApiId": ref(s.id), "IntegrationType": "AWS_PROXY", "IntegrationUri": invocation("FunctionArn", function), "TimeoutInMillis": spec["IntegrationTimeout"],
	}, s.derived())
	s.x.add(base+"Permission", "AWS::Lambda::Permission", permission(function, s.routeARN(key)), s.derived())
	return base + "Route", true
}

func permission(function, source any) map[string]any {
	return map[string]any{"Action": "lambda:InvokeFunction", "FunctionName": function, "Principal": "apigateway.amazonaws.com", "SourceArn": source}
}

// routeARN is the ARN of a route, for the permission.
func (s *source) routeARN(key string) map[string]any {
	const arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${"
	if name, ok := s.stageName().(string); ok {
		return sub(arn+s.id+".ApiId}/"+name+"/"+key, nil)
	}
	return sub(arn+s.id+".ApiId}/${__StageName__}/"+key, map[string]any{"__StageName__": s.stageName()})
}

func (s *source) stageName() any {
	if name := s.given["StageName"]; name != nil {
		return name
	}
	return "default"
}

func (s *source) stage(routes []any) (id string) {
	name, isText := s.stageName().(string)
	if name == "default" {
		name = "Default"
	}
	id = s.id + name + "Stage"
	if !isText {
		id = s.id + "Stage"
	}
	properties := pick(s.given, stageProperties...)
	properties["ApiId"], properties["StageName"], properties["AutoDeploy"], properties["Tags"] = ref(s.id), s.stageName(), true, s.tags(false)
	attributes := s.derived()
	if s.given["RouteSettings"] != nil {
		attributes["DependsOn"] = routes // RouteSettings name routes, which must exist first
	}
	s.x.add(id, "AWS::ApiGatewayV2::Stage", properties, attributes)
	return id
}

// authorizer makes the authorizer of $connect. Without a role to invoke its function with,
// the function's policy must let API Gateway do so.
func (s *source) authorizer(auth map[string]any) {
	id := s.id + "ConnectAuthorizer"
	name := auth["Name"]
	if name == nil {
		name = id
	}
	s.x.add(id, "AWS::ApiGatewayV2::Authorizer", map[string]any{
		"ApiId": ref(s.id), "AuthorizerType": "REQUEST", "AuthorizerUri": invocation("AuthArn", auth["AuthArn"]),
		"AuthorizerCredentialsArn": auth["InvokeRole"], "IdentitySource": auth["IdentitySource"], "Name": name,
	}, s.derived())
	if auth["InvokeRole"] != nil {
		return
	}
	source := sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*", map[string]any{"__ApiId__": ref(s.id)})
	s.x.add(s.id+"AuthorizerPermission", "AWS::Lambda::Permission", permission(auth["AuthArn"], source), s.derived())
}
