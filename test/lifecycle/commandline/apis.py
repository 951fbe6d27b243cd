"""The life of every resource of apigatewayv2 through the command line."""
from life import aws, pages, refused

LAMBDA = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations"


def create_api():
    return aws("apigatewayv2 create-api", name="chat", protocol_type="WEBSOCKET", route_selection_expression="$request.body.action")["ApiId"]


def api():
    made = aws("apigatewayv2 create-api", name="a b", protocol_type="WEBSOCKET", route_selection_expression="$request.body.action", tags={"team": "ñ"})
    assert aws("apigatewayv2 get-api", api_id=made["ApiId"]) == made
    assert aws("apigatewayv2 update-api", api_id=made["ApiId"], description="d")["Description"] == "d"
    others = [create_api(), create_api()]
    assert {a["ApiId"] for a in pages("apigatewayv2 get-apis", "Items", 2)} == {made["ApiId"], *others}
    for one in [made["ApiId"], *others]:
        aws("apigatewayv2 delete-api", api_id=one)
    assert aws("apigatewayv2 get-apis")["Items"] == []
    refused("NotFoundException", "Invalid API identifier specified", "apigatewayv2 get-api", api_id=made["ApiId"])
    refused("BadRequestException", "RouteSelectionExpression is required", "apigatewayv2 create-api", name="x", protocol_type="WEBSOCKET")
    refused("BadRequestException", "only supported for HTTP", "apigatewayv2 reimport-api", api_id="x", body="{}")


def route_and_integration():
    api = create_api()
    integration = aws("apigatewayv2 create-integration", api_id=api, integration_type="HTTP", integration_method="POST", integration_uri="http://${stageVariables.host}/x",
                      request_templates={"$default": '{"ñ":"<&>"}'}, timeout_in_millis=51)
    one = dict(api_id=api, integration_id=integration["IntegrationId"])
    assert aws("apigatewayv2 get-integration", **one) == integration
    assert aws("apigatewayv2 update-integration", **one, description="d")["RequestTemplates"] == {"$default": '{"ñ":"<&>"}'}
    aws("apigatewayv2 create-integration", api_id=api, integration_type="MOCK")
    assert len(pages("apigatewayv2 get-integrations", "Items", 1, api_id=api)) == 2
    refused("BadRequestException", "HttpMethod must be POST for AWS_PROXY IntegrationType", "apigatewayv2 create-integration",
            api_id=api, integration_type="AWS_PROXY", integration_method="GET", integration_uri=LAMBDA)
    for key in ("/201/", "$default"):
        response = aws("apigatewayv2 create-integration-response", **one, integration_response_key=key)
    refused("ConflictException", "$default", "apigatewayv2 create-integration-response", **one, integration_response_key="$default")
    two = dict(one, integration_response_id=response["IntegrationResponseId"])
    assert aws("apigatewayv2 update-integration-response", **two, response_templates={"a": "b"})["ResponseTemplates"] == {"a": "b"}
    assert aws("apigatewayv2 get-integration-response", **two)["ResponseTemplates"] == {"a": "b"}
    assert len(pages("apigatewayv2 get-integration-responses", "Items", 1, **one)) == 2
    aws("apigatewayv2 delete-integration-response", **two)
    refused("NotFoundException", two["integration_response_id"], "apigatewayv2 get-integration-response", **two)

    route = aws("apigatewayv2 create-route", api_id=api, route_key="$connect", target="integrations/" + one["integration_id"], request_parameters={"route.request.header.a": {"Required": True}})
    rone = dict(api_id=api, route_id=route["RouteId"])
    assert aws("apigatewayv2 get-route", **rone) == route
    assert aws("apigatewayv2 update-route", **rone, operation_name="Op")["OperationName"] == "Op"
    aws("apigatewayv2 delete-route-request-parameter", **rone, request_parameter_key="route.request.header.a")
    refused("NotFoundException", "", "apigatewayv2 delete-route-request-parameter", **rone, request_parameter_key="route.request.header.a")
    refused("ConflictException", "Route with key $connect already exists for this API", "apigatewayv2 create-route", api_id=api, route_key="$connect")
    refused("ConflictException", f"[{route['RouteId']}]", "apigatewayv2 delete-integration", **one)
    aws("apigatewayv2 create-route", api_id=api, route_key="other")
    assert len(pages("apigatewayv2 get-routes", "Items", 1, api_id=api)) == 2
    answer = aws("apigatewayv2 create-route-response", **rone, route_response_key="$default")
    rtwo = dict(rone, route_response_id=answer["RouteResponseId"])
    assert aws("apigatewayv2 get-route-response", **rtwo) == answer
    assert aws("apigatewayv2 update-route-response", **rtwo, model_selection_expression="m")["ModelSelectionExpression"] == "m"
    assert len(pages("apigatewayv2 get-route-responses", "Items", 1, **rone)) == 1
    aws("apigatewayv2 delete-route-response", **rtwo)
    refused("NotFoundException", "", "apigatewayv2 get-route-response", **rtwo)
    aws("apigatewayv2 delete-route", **rone)
    refused("NotFoundException", "Invalid Route identifier specified " + route["RouteId"], "apigatewayv2 get-route", **rone)
    aws("apigatewayv2 delete-integration", **one)
    refused("NotFoundException", one["integration_id"], "apigatewayv2 get-integration", **one)
    aws("apigatewayv2 delete-api", api_id=api)


def model_and_authorizer():
    api = create_api()
    schema = '{"type":"object","properties":{"action":{"type":"string"}}}'
    model = aws("apigatewayv2 create-model", api_id=api, name="Join", schema=schema)
    one = dict(api_id=api, model_id=model["ModelId"])
    assert aws("apigatewayv2 get-model", **one) == model
    assert "$inputRoot.action" in aws("apigatewayv2 get-model-template", **one)["Value"]
    assert aws("apigatewayv2 update-model", **one, description="d")["Description"] == "d"
    aws("apigatewayv2 create-model", api_id=api, name="Leave", schema="{}")
    assert len(pages("apigatewayv2 get-models", "Items", 1, api_id=api)) == 2
    refused("ConflictException", "Join", "apigatewayv2 create-model", api_id=api, name="Join", schema=schema)
    aws("apigatewayv2 delete-model", **one)
    refused("NotFoundException", model["ModelId"], "apigatewayv2 get-model", **one)

    authorizer = aws("apigatewayv2 create-authorizer", api_id=api, name="a", authorizer_type="REQUEST", authorizer_uri=LAMBDA, identity_source=["route.request.header.Auth"])
    one = dict(api_id=api, authorizer_id=authorizer["AuthorizerId"])
    assert aws("apigatewayv2 get-authorizer", **one) == authorizer
    assert aws("apigatewayv2 update-authorizer", **one, name="b")["Name"] == "b"
    aws("apigatewayv2 create-authorizer", api_id=api, name="c", authorizer_type="REQUEST", authorizer_uri=LAMBDA, identity_source=["context.routeKey"])
    assert len(pages("apigatewayv2 get-authorizers", "Items", 1, api_id=api)) == 2
    aws("apigatewayv2 create-route", api_id=api, route_key="$connect", authorization_type="CUSTOM", authorizer_id=authorizer["AuthorizerId"])
    refused("ConflictException", "Cannot delete authorizer 'b', is referenced in route: $connect", "apigatewayv2 delete-authorizer", **one)
    for route in aws("apigatewayv2 get-routes", api_id=api)["Items"]:
        aws("apigatewayv2 delete-route", api_id=api, route_id=route["RouteId"])
    aws("apigatewayv2 delete-authorizer", **one)
    refused("NotFoundException", authorizer["AuthorizerId"], "apigatewayv2 get-authorizer", **one)
    aws("apigatewayv2 delete-api", api_id=api)


def deployment_and_stage():
    api = create_api()
    one = dict(api_id=api, stage_name="prod")
    refused("BadRequestException", "At least one route is required before deploying the Api.", "apigatewayv2 create-deployment", api_id=api)
    aws("apigatewayv2 create-route", api_id=api, route_key="$default")
    stage = aws("apigatewayv2 create-stage", **one, stage_variables="a=1,b=2")
    assert aws("apigatewayv2 get-stage", **one) == stage
    refused("ConflictException", "Stage already exists", "apigatewayv2 create-stage", **one)
    first = aws("apigatewayv2 create-deployment", **one, description="first")
    assert aws("apigatewayv2 get-deployment", api_id=api, deployment_id=first["DeploymentId"]) == first
    refused("BadRequestException", "Active stages pointing to this deployment must be moved or deleted", "apigatewayv2 delete-deployment", api_id=api, deployment_id=first["DeploymentId"])
    second = aws("apigatewayv2 create-deployment", api_id=api)
    changed = aws("apigatewayv2 update-stage", **one, deployment_id=second["DeploymentId"], stage_variables={"a": ""}, default_route_settings={"ThrottlingRateLimit": 2000.5},
                  route_settings={"$connect": {"LoggingLevel": "INFO"}}, access_log_settings={"DestinationArn": "arn:aws:logs:us-east-1:1:log-group:g", "Format": "$context.requestId"})
    assert (changed["StageVariables"], changed["DefaultRouteSettings"]["ThrottlingRateLimit"]) == ({"b": "2"}, 2000.5)
    aws("apigatewayv2 delete-access-log-settings", **one)
    aws("apigatewayv2 delete-route-settings", **one, route_key="$connect")
    refused("NotFoundException", "$connect", "apigatewayv2 delete-route-settings", **one, route_key="$connect")
    aws("apigatewayv2 reset-authorizers-cache", **one)
    assert aws("apigatewayv2 update-deployment", api_id=api, deployment_id=second["DeploymentId"], description="x")["Description"] == "x"
    assert len(pages("apigatewayv2 get-deployments", "Items", 1, api_id=api)) == 2
    aws("apigatewayv2 create-stage", api_id=api, stage_name="test")
    assert len(pages("apigatewayv2 get-stages", "Items", 1, api_id=api)) == 2
    aws("apigatewayv2 delete-deployment", api_id=api, deployment_id=first["DeploymentId"])
    refused("NotFoundException", first["DeploymentId"], "apigatewayv2 get-deployment", api_id=api, deployment_id=first["DeploymentId"])
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api}/stages/prod"
    aws("apigatewayv2 tag-resource", resource_arn=arn, tags={"a b": "ñ", "c": "d"})
    aws("apigatewayv2 untag-resource", resource_arn=arn, tag_keys=["c"])
    assert aws("apigatewayv2 get-tags", resource_arn=arn)["Tags"] == {"a b": "ñ"}
    aws("apigatewayv2 delete-stage", **one)
    refused("NotFoundException", "Invalid stage identifier specified", "apigatewayv2 get-stage", **one)
    aws("apigatewayv2 delete-api", api_id=api)


def domain_and_link():
    api = create_api()
    aws("apigatewayv2 create-stage", api_id=api, stage_name="prod")
    one = dict(domain_name="ws.example.com")
    configuration = [{"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x", "EndpointType": "REGIONAL"}]
    made = aws("apigatewayv2 create-domain-name", **one, domain_name_configurations=configuration)
    assert aws("apigatewayv2 get-domain-name", **one) == made
    refused("ConflictException", "already exists", "apigatewayv2 create-domain-name", **one, domain_name_configurations=configuration)
    assert aws("apigatewayv2 update-domain-name", **one, mutual_tls_authentication="TruststoreUri=s3://b/k")["MutualTlsAuthentication"]["TruststoreUri"] == "s3://b/k"
    assert "MutualTlsAuthentication" not in aws("apigatewayv2 update-domain-name", **one, mutual_tls_authentication="TruststoreUri=")
    aws("apigatewayv2 create-domain-name", domain_name="*.example.org", domain_name_configurations=configuration)
    assert len(pages("apigatewayv2 get-domain-names", "Items", 1)) == 2
    mapping = aws("apigatewayv2 create-api-mapping", **one, api_id=api, stage="prod")
    two = dict(one, api_mapping_id=mapping["ApiMappingId"])
    assert aws("apigatewayv2 get-api-mapping", **two)["ApiMappingKey"] == ""
    assert aws("apigatewayv2 update-api-mapping", **two, api_id=api, api_mapping_key="orders")["ApiMappingKey"] == "orders"
    refused("ConflictException", "ApiMapping key already exists", "apigatewayv2 create-api-mapping", **one, api_id=api, stage="prod", api_mapping_key="orders")
    aws("apigatewayv2 create-api-mapping", **one, api_id=api, stage="prod", api_mapping_key="bills")
    first = aws("apigatewayv2 get-api-mappings", **one, max_results="1")
    second = aws("apigatewayv2 get-api-mappings", **one, max_results="1", next_token=first["NextToken"])
    assert len(first["Items"] + second["Items"]) == 2 and "NextToken" not in second
    refused("BadRequestException", "Please remove all API mappings", "apigatewayv2 delete-api", api_id=api)
    for one_mapping in first["Items"] + second["Items"]:
        aws("apigatewayv2 delete-api-mapping", **one, api_mapping_id=one_mapping["ApiMappingId"])
    refused("NotFoundException", "", "apigatewayv2 get-api-mapping", **two)
    for name in ("ws.example.com", "*.example.org"):
        aws("apigatewayv2 delete-domain-name", domain_name=name)
    refused("NotFoundException", "was not found", "apigatewayv2 get-domain-name", **one)
    aws("apigatewayv2 delete-api", api_id=api)

    link = aws("apigatewayv2 create-vpc-link", name="l", subnet_ids=["subnet-1"], tags={"pasarela:target": "http://127.0.0.1:9000"})
    one = dict(vpc_link_id=link["VpcLinkId"])
    assert aws("apigatewayv2 get-vpc-link", **one) == link
    assert aws("apigatewayv2 update-vpc-link", **one, name="m")["Name"] == "m"
    assert len(aws("apigatewayv2 get-vpc-links")["Items"]) == 1
    aws("apigatewayv2 delete-vpc-link", **one)
    refused("NotFoundException", link["VpcLinkId"], "apigatewayv2 get-vpc-link", **one)


for part in (api, route_and_integration, model_and_authorizer, deployment_and_stage, domain_and_link):
    part()
