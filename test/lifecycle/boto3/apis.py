"""The life of every resource of apigatewayv2 through boto3: create, read, update, list, delete, errors.

ENDPOINT is the server; the keys in the environment are the administrator's.
"""
import os
import time
import unittest

import boto3
from botocore.exceptions import ClientError

ENDPOINT = os.environ["ENDPOINT"]
gw = boto3.client("apigatewayv2", endpoint_url=ENDPOINT)
iam = boto3.client("iam", endpoint_url=ENDPOINT)
ACCOUNT = boto3.client("sts", endpoint_url=ENDPOINT).get_caller_identity()["Account"]


def body(response):
    return {k: v for k, v in response.items() if k != "ResponseMetadata"}


def status(response):
    return response["ResponseMetadata"]["HTTPStatusCode"]


class Life(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.api = gw.create_api(Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]

    def refused(self, code, text, call, **kw):
        with self.assertRaises(ClientError) as caught:
            call(**kw)
        error = caught.exception.response["Error"]
        self.assertEqual(code, error["Code"])
        self.assertIn(text, error["Message"])

    def test_api(self):
        made = gw.create_api(Name="a b", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action", Tags={"team": "x"})
        self.assertEqual(201, status(made))
        self.assertRegex(made["ApiId"], r"^[a-z0-9]{10}$")
        self.assertEqual(ENDPOINT.replace("http", "ws", 1) + "/" + made["ApiId"], made["ApiEndpoint"])
        self.assertEqual("$request.header.x-api-key", made["ApiKeySelectionExpression"])
        if "IpAddressType" in gw.meta.service_model.shape_for("Api").members:  # not yet in Debian's
            self.assertEqual("ipv4", made["IpAddressType"])
        self.assertIs(False, made["DisableExecuteApiEndpoint"])
        self.assertNotIn("Description", made)
        self.assertEqual(body(made), body(gw.get_api(ApiId=made["ApiId"])))
        changed = gw.update_api(ApiId=made["ApiId"], Description="d", Version="v1", Name="c")
        self.assertEqual(("d", "v1", "c"), (changed["Description"], changed["Version"], changed["Name"]))
        changed = gw.update_api(ApiId=made["ApiId"], Description="")
        self.assertNotIn("Description", changed)
        self.assertEqual("v1", changed["Version"])
        self.assertEqual(204, status(gw.delete_api(ApiId=made["ApiId"])))
        self.refused("NotFoundException", "Invalid API identifier specified %s:%s" % (ACCOUNT, made["ApiId"]), gw.get_api, ApiId=made["ApiId"])
        self.refused("BadRequestException", "RouteSelectionExpression is required", gw.create_api, Name="x", ProtocolType="WEBSOCKET")
        self.refused("BadRequestException", "'corsConfiguration'", gw.create_api, Name="x", ProtocolType="WEBSOCKET",
                     RouteSelectionExpression="$request.body.action", CorsConfiguration={"AllowOrigins": ["*"]})
        self.refused("BadRequestException", "WEBSOCKET", gw.create_api, Name="x", ProtocolType="HTTP")
        self.refused("BadRequestException", "only supported for HTTP", gw.export_api, ApiId=self.api, Specification="OAS30", OutputType="JSON")

    def test_pages(self):
        names = {"r%02d" % i for i in range(7)}
        for name in names:
            gw.create_route(ApiId=self.api, RouteKey=name)
        pages = list(gw.get_paginator("get_routes").paginate(ApiId=self.api, PaginationConfig={"PageSize": 3}))
        self.assertEqual([3, 3, 1], [len(p["Items"]) for p in pages])
        self.assertEqual(names, {r["RouteKey"] for p in pages for r in p["Items"]})
        self.assertEqual([], gw.get_integrations(ApiId=self.api)["Items"])
        self.assertNotIn("NextToken", gw.get_integrations(ApiId=self.api))
        self.refused("BadRequestException", "'maxResults'", gw.get_routes, ApiId=self.api, MaxResults="many")
        self.refused("BadRequestException", "'nextToken'", gw.get_routes, ApiId=self.api, NextToken="guessed")

    def test_route_and_responses(self):
        integration = gw.create_integration(ApiId=self.api, IntegrationType="MOCK")["IntegrationId"]
        made = gw.create_route(ApiId=self.api, RouteKey="$connect")
        self.assertEqual({"ApiKeyRequired": False, "AuthorizationType": "NONE", "RouteKey": "$connect", "RouteId": made["RouteId"]}, body(made))
        self.assertRegex(made["RouteId"], r"^[a-z0-9]{7}$")
        one = dict(ApiId=self.api, RouteId=made["RouteId"])
        self.refused("ConflictException", "Route with key $connect already exists for this API", gw.create_route, ApiId=self.api, RouteKey="$connect")
        self.refused("BadRequestException", "'routeKey'", gw.create_route, ApiId=self.api, RouteKey="$foo")
        self.refused("NotFoundException", "Invalid Integration identifier specified zzz", gw.create_route, ApiId=self.api, RouteKey="x", Target="integrations/zzz")
        changed = gw.update_route(**one, Target="integrations/" + integration, RequestParameters={"route.request.querystring.a": {"Required": True}})
        self.assertEqual("integrations/" + integration, changed["Target"])
        changed = gw.update_route(**one, RequestParameters={"route.request.header.b": {"Required": False}}, OperationName="Op")
        self.assertEqual({"route.request.querystring.a": {"Required": True}, "route.request.header.b": {"Required": False}}, changed["RequestParameters"])
        self.assertEqual(204, status(gw.delete_route_request_parameter(**one, RequestParameterKey="route.request.header.b")))
        self.assertEqual(["route.request.querystring.a"], list(gw.get_route(**one)["RequestParameters"]))
        self.assertNotIn("OperationName", gw.update_route(**one, OperationName=""))
        self.refused("ConflictException", "referenced by the following Routes with Ids: [%s]" % made["RouteId"], gw.delete_integration, ApiId=self.api, IntegrationId=integration)
        response = gw.create_route_response(**one, RouteResponseKey="$default")
        self.assertEqual({"RouteResponseKey": "$default", "RouteResponseId": response["RouteResponseId"]}, body(response))
        self.assertEqual(6, len(response["RouteResponseId"]))
        self.assertEqual([body(response)], gw.get_route_responses(**one)["Items"])
        self.assertEqual("m", gw.update_route_response(**one, RouteResponseId=response["RouteResponseId"], ModelSelectionExpression="m")["ModelSelectionExpression"])
        self.refused("BadRequestException", "only $default", gw.create_route_response, **one, RouteResponseKey="other")
        self.assertNotIn("RouteResponses", gw.get_route(**one))
        self.assertEqual(204, status(gw.delete_route_response(**one, RouteResponseId=response["RouteResponseId"])))
        self.assertEqual(204, status(gw.delete_route(**one)))
        self.refused("NotFoundException", "Invalid Route identifier specified " + made["RouteId"], gw.get_route, **one)

    def test_integration_and_responses(self):
        mock = gw.create_integration(ApiId=self.api, IntegrationType="MOCK")
        self.assertEqual({"ConnectionType": "INTERNET", "IntegrationId": mock["IntegrationId"], "IntegrationType": "MOCK", "PassthroughBehavior": "WHEN_NO_MATCH",
                          "PayloadFormatVersion": "1.0", "TimeoutInMillis": 29000,
                          "IntegrationResponseSelectionExpression": "${integration.response.statuscode}"}, body(mock))
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}}')["Role"]["Arn"]
        self.addCleanup(iam.delete_role, RoleName="r")
        made = gw.create_integration(
            ApiId=self.api, IntegrationType="HTTP", IntegrationMethod="POST", IntegrationUri="http://${stageVariables.backend}/api/reports/create",
            CredentialsArn=role, TimeoutInMillis=5000, TemplateSelectionExpression="\\$default",
            RequestParameters={"integration.request.header.a": "'x'", "integration.request.header.b": "context.connectionId"},
            RequestTemplates={"$default": '{"a":1}'}, ContentHandlingStrategy="CONVERT_TO_TEXT")
        one = dict(ApiId=self.api, IntegrationId=made["IntegrationId"])
        self.assertEqual(body(made), body(gw.get_integration(**one)))
        changed = gw.update_integration(**one, RequestParameters={"integration.request.header.a": ""}, ContentHandlingStrategy="", CredentialsArn="", RequestTemplates={"k": ""})
        self.assertEqual({"integration.request.header.b": "context.connectionId"}, changed["RequestParameters"])
        self.assertEqual({"k": ""}, changed["RequestTemplates"])
        self.assertNotIn("ContentHandlingStrategy", changed)
        self.assertNotIn("CredentialsArn", changed)
        self.assertEqual("POST", gw.create_integration(ApiId=self.api, IntegrationType="AWS_PROXY",
                         IntegrationUri="arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations")["IntegrationMethod"])
        for text, kw in {
            "HttpMethod must be POST for AWS_PROXY": dict(IntegrationType="AWS_PROXY", IntegrationMethod="GET", IntegrationUri="arn:aws:apigateway:r:lambda:path/f"),
            "Invalid HTTP endpoint specified for URI": dict(IntegrationType="HTTP", IntegrationMethod="GET", IntegrationUri="nowhere"),
            "'integrationUri'": dict(IntegrationType="HTTP", IntegrationMethod="GET"),
            "'timeoutInMillis'": dict(IntegrationType="MOCK", TimeoutInMillis=30000),
            "'payloadFormatVersion'": dict(IntegrationType="MOCK", PayloadFormatVersion="2.0"),
            "'integrationSubtype'": dict(IntegrationType="AWS_PROXY", IntegrationSubtype="SQS-SendMessage"),
        }.items():
            self.refused("BadRequestException", text, gw.create_integration, ApiId=self.api, **kw)
        for key in ("/201/", "201", "/2\\d\\d/", "$default"):
            response = gw.create_integration_response(**one, IntegrationResponseKey=key, ResponseTemplates={"$default": "{}"})
            self.assertEqual(key, response["IntegrationResponseKey"])
            self.assertEqual(7, len(response["IntegrationResponseId"]))
        self.refused("ConflictException", "$default", gw.create_integration_response, **one, IntegrationResponseKey="$default")
        self.refused("BadRequestException", "cannot be used", gw.create_integration_response, **one, IntegrationResponseKey="/2(/")
        two = dict(one, IntegrationResponseId=response["IntegrationResponseId"])
        self.assertEqual("x", gw.update_integration_response(**two, TemplateSelectionExpression="x")["TemplateSelectionExpression"])
        self.assertNotIn("TemplateSelectionExpression", gw.update_integration_response(**two, TemplateSelectionExpression=""))
        self.assertEqual(body(gw.get_integration_response(**two)), gw.get_integration_responses(**one)["Items"][3])
        self.assertEqual(204, status(gw.delete_integration_response(**two)))
        self.assertEqual(204, status(gw.delete_integration(**one)))

    def test_model(self):
        schema = '{"type":"object","properties":{"action":{"type":"string"},"n":{"type":"integer"}}}'
        made = gw.create_model(ApiId=self.api, Name="Join", ContentType="application/json", Schema=schema)
        one = dict(ApiId=self.api, ModelId=made["ModelId"])
        self.assertEqual(schema, gw.get_model(**one)["Schema"])
        self.assertIn('"$inputRoot.action"', gw.get_model_template(**one)["Value"])
        self.refused("BadRequestException", "Invalid model schema specified", gw.create_model, ApiId=self.api, Name="Bad", Schema="{")
        self.refused("BadRequestException", "letters and digits", gw.create_model, ApiId=self.api, Name="not-good", Schema="{}")
        self.refused("ConflictException", "Join", gw.create_model, ApiId=self.api, Name="Join", Schema="{}")
        route = gw.create_route(ApiId=self.api, RouteKey="join", ModelSelectionExpression="$request.body.action", RequestModels={"join": "Join"})["RouteId"]
        self.refused("ConflictException", "Cannot delete model 'Join', is referenced in route: join", gw.delete_model, **one)
        gw.update_route(ApiId=self.api, RouteId=route, RequestModels={})
        self.assertEqual("d", gw.update_model(**one, Description="d")["Description"])
        self.assertEqual(1, len(gw.get_models(ApiId=self.api)["Items"]))
        self.assertEqual(204, status(gw.delete_model(**one)))

    def test_authorizer(self):
        uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations"
        made = gw.create_authorizer(ApiId=self.api, Name="a", AuthorizerType="REQUEST", AuthorizerUri=uri, IdentitySource=["route.request.header.Auth"], AuthorizerResultTtlInSeconds=0)
        one = dict(ApiId=self.api, AuthorizerId=made["AuthorizerId"])
        self.assertEqual({"AuthorizerId", "Name", "AuthorizerType", "AuthorizerUri", "IdentitySource"}, set(body(gw.get_authorizer(**one))))
        route = gw.create_route(ApiId=self.api, RouteKey="$connect", AuthorizationType="CUSTOM", AuthorizerId=made["AuthorizerId"])
        self.refused("ConflictException", "Cannot delete authorizer 'a', is referenced in route: $connect", gw.delete_authorizer, **one)
        elsewhere = gw.create_route(ApiId=self.api, RouteKey="x", AuthorizationType="CUSTOM", AuthorizerId=made["AuthorizerId"])
        self.assertNotIn("AuthorizerId", elsewhere)
        changed = gw.update_route(ApiId=self.api, RouteId=route["RouteId"], AuthorizationType="NONE")
        self.assertNotIn("AuthorizerId", changed)
        self.assertEqual("https://a/x", gw.update_authorizer(**one, AuthorizerUri="https://a/x")["AuthorizerUri"])
        self.refused("BadRequestException", "'identitySource'", gw.update_authorizer, **one, IdentitySource=["nonsense"])
        self.assertEqual(204, status(gw.delete_authorizer(**one)))

    def test_deployment_and_stage(self):
        self.refused("BadRequestException", "At least one route is required before deploying the Api.", gw.create_deployment, ApiId=self.api)
        gw.create_route(ApiId=self.api, RouteKey="$default")
        stage = gw.create_stage(ApiId=self.api, StageName="prod")
        self.assertEqual({"dataTraceEnabled": False}, {"dataTraceEnabled": stage["DefaultRouteSettings"]["DataTraceEnabled"]})
        self.assertEqual({"StageName": "prod", "RouteSettings": {}, "StageVariables": {}, "Tags": {}, "CreatedDate": stage["CreatedDate"], "LastUpdatedDate": stage["LastUpdatedDate"],
                          "DefaultRouteSettings": {"DataTraceEnabled": False, "DetailedMetricsEnabled": False, "LoggingLevel": "OFF"}}, body(stage))
        self.refused("ConflictException", "Stage already exists", gw.create_stage, ApiId=self.api, StageName="prod")
        self.refused("BadRequestException", "'stageName'", gw.create_stage, ApiId=self.api, StageName="a b")
        self.refused("NotFoundException", "Invalid stage identifier specified", gw.create_deployment, ApiId=self.api, StageName="nope")
        made = gw.create_deployment(ApiId=self.api, StageName="prod", Description="first")
        self.assertEqual(("DEPLOYED", False, "first"), (made["DeploymentStatus"], made["AutoDeployed"], made["Description"]))
        one = dict(ApiId=self.api, StageName="prod")
        self.assertEqual(made["DeploymentId"], gw.get_stage(**one)["DeploymentId"])
        self.refused("BadRequestException", "Active stages pointing to this deployment must be moved or deleted", gw.delete_deployment, ApiId=self.api, DeploymentId=made["DeploymentId"])
        second = gw.create_deployment(ApiId=self.api)
        changed = gw.update_stage(**one, DeploymentId=second["DeploymentId"], Description="d", StageVariables={"a": "1", "b": "2"}, ClientCertificateId="",
                                  AccessLogSettings={"DestinationArn": "arn:aws:logs:us-east-1:1:log-group:g", "Format": "$context.requestId"},
                                  DefaultRouteSettings={"ThrottlingRateLimit": 2000, "ThrottlingBurstLimit": 10},
                                  RouteSettings={"$connect": {"LoggingLevel": "INFO"}})
        self.assertEqual(2000.0, changed["DefaultRouteSettings"]["ThrottlingRateLimit"])
        self.assertEqual("OFF", changed["DefaultRouteSettings"]["LoggingLevel"])
        self.assertEqual({"DataTraceEnabled": False, "DetailedMetricsEnabled": False, "LoggingLevel": "INFO"}, changed["RouteSettings"]["$connect"])
        changed = gw.update_stage(**one, Description="", StageVariables={"a": ""}, AccessLogSettings={})
        self.assertEqual(("d", {"b": "2"}), (changed["Description"], changed["StageVariables"]))
        self.assertIn("AccessLogSettings", changed)
        self.assertEqual(204, status(gw.delete_access_log_settings(**one)))
        self.assertEqual(204, status(gw.delete_route_settings(**one, RouteKey="$connect")))
        self.assertEqual(204, status(gw.reset_authorizers_cache(**one)))
        stage = gw.get_stage(**one)
        self.assertNotIn("AccessLogSettings", stage)
        self.assertEqual({}, stage["RouteSettings"])
        self.assertEqual(204, status(gw.delete_deployment(ApiId=self.api, DeploymentId=made["DeploymentId"])))
        self.assertEqual("x", gw.update_deployment(ApiId=self.api, DeploymentId=second["DeploymentId"], Description="x")["Description"])
        self.assertEqual([second["DeploymentId"]], [d["DeploymentId"] for d in gw.get_deployments(ApiId=self.api)["Items"]])
        self.assertEqual(204, status(gw.delete_stage(**one)))
        self.refused("NotFoundException", "Invalid stage identifier specified", gw.get_stage, **one)

    def test_auto_deploy(self):
        one = dict(ApiId=self.api, StageName="auto")
        gw.create_stage(**one, AutoDeploy=True)
        self.wait(lambda: "At least one route" in gw.get_stage(**one).get("LastDeploymentStatusMessage", ""))
        for i in range(5):
            gw.create_route(ApiId=self.api, RouteKey="r%d" % i)
        self.wait(lambda: "DeploymentId" in gw.get_stage(**one))
        stage = gw.get_stage(**one)
        self.assertEqual("Successfully deployed stage with deployment ID '%s'" % stage["DeploymentId"], stage["LastDeploymentStatusMessage"])
        made = gw.get_deployment(ApiId=self.api, DeploymentId=stage["DeploymentId"])
        self.assertEqual((True, "Automatic deployment triggered by changes to the Api configuration"), (made["AutoDeployed"], made["Description"]))
        self.refused("BadRequestException", "because AutoDeploy is enabled", gw.create_deployment, **one)

    def wait(self, done):
        for _ in range(100):
            if done():
                return
            time.sleep(0.05)
        self.fail("did not happen within five seconds")

    def test_tags(self):
        gw.create_stage(ApiId=self.api, StageName="prod", Tags={"a": "1"})
        for path in ("/apis/" + self.api, "/apis/%s/stages/prod" % self.api):
            arn = "arn:aws:apigateway:us-east-1::" + path
            self.assertEqual(201, status(gw.tag_resource(ResourceArn=arn, Tags={"a": "x", "b c": "y"})))
            self.assertEqual({"a": "x", "b c": "y"}, gw.get_tags(ResourceArn=arn)["Tags"])
            self.assertEqual(204, status(gw.untag_resource(ResourceArn=arn, TagKeys=["a", "b c"])))
            self.assertEqual({}, gw.get_tags(ResourceArn=arn)["Tags"])
        self.refused("NotFoundException", "", gw.get_tags, ResourceArn="arn:aws:apigateway:us-east-1::/apis/aaaaaaaaaa")
        self.refused("BadRequestException", "reserved", gw.tag_resource, ResourceArn=arn, Tags={"aws:x": "y"})
        self.refused("BadRequestException", "pasarela:binary", gw.tag_resource, ResourceArn=arn, Tags={"pasarela:binary": "maybe"})

    def test_domain_and_mapping(self):
        configuration = [{"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x", "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}]
        made = gw.create_domain_name(DomainName="*.example.com", DomainNameConfigurations=configuration, Tags={"a": "b"})
        self.assertEqual("AVAILABLE", made["DomainNameConfigurations"][0]["DomainNameStatus"])
        self.assertEqual("$request.basepath", made["ApiMappingSelectionExpression"])
        self.assertTrue(made["DomainNameConfigurations"][0]["ApiGatewayDomainName"].startswith("d-"))
        one = dict(DomainName="*.example.com")
        self.assertEqual(body(made), body(gw.get_domain_name(**one)))
        self.refused("ConflictException", "already exists", gw.create_domain_name, **one, DomainNameConfigurations=configuration)
        changed = gw.update_domain_name(**one, MutualTlsAuthentication={"TruststoreUri": "s3://b/k"})
        self.assertEqual("s3://b/k", changed["MutualTlsAuthentication"]["TruststoreUri"])
        self.assertNotIn("MutualTlsAuthentication", gw.update_domain_name(**one, MutualTlsAuthentication={"TruststoreUri": ""}))
        self.refused("NotFoundException", "Invalid stage", gw.create_api_mapping, **one, ApiId=self.api, Stage="prod")
        gw.create_stage(ApiId=self.api, StageName="prod")
        mapping = gw.create_api_mapping(**one, ApiId=self.api, Stage="prod")
        self.assertEqual("", mapping["ApiMappingKey"])
        two = dict(one, ApiMappingId=mapping["ApiMappingId"])
        self.assertEqual("orders", gw.update_api_mapping(**two, ApiId=self.api, ApiMappingKey="orders")["ApiMappingKey"])
        self.refused("ConflictException", "ApiMapping key already exists", gw.create_api_mapping, **one, ApiId=self.api, Stage="prod", ApiMappingKey="orders")
        self.refused("BadRequestException", "should not start", gw.create_api_mapping, **one, ApiId=self.api, Stage="prod", ApiMappingKey="/x")
        self.assertEqual(1, len(gw.get_api_mappings(**one)["Items"]))
        self.assertNotIn("ApiMappings", gw.get_domain_names()["Items"][0])
        self.refused("BadRequestException", "Please remove all API mappings", gw.delete_api, ApiId=self.api)
        self.refused("BadRequestException", "Please remove all API mappings", gw.delete_stage, ApiId=self.api, StageName="prod")
        self.assertEqual(204, status(gw.delete_api_mapping(**two)))
        self.assertEqual(204, status(gw.delete_domain_name(**one)))
        self.refused("NotFoundException", "was not found", gw.get_domain_name, **one)

    def test_vpc_link(self):
        self.refused("BadRequestException", "pasarela:target must be a base URL", gw.create_vpc_link, Name="l", SubnetIds=["s"], Tags={"pasarela:target": "there"})
        self.refused("BadRequestException", "does nothing on an API", gw.create_api, Name="x", ProtocolType="WEBSOCKET", RouteSelectionExpression="x", Tags={"pasarela:binary": "true"})
        made = gw.create_vpc_link(Name="l", SubnetIds=["subnet-1"], Tags={"pasarela:target": "http://127.0.0.1:9000"})
        self.refused("BadRequestException", "pasarela:binary does nothing on a VPC link", gw.tag_resource, ResourceArn="arn:aws:apigateway:us-east-1::/vpclinks/" + made["VpcLinkId"], Tags={"pasarela:binary": "true"})
        self.assertEqual("AVAILABLE", made["VpcLinkStatus"])
        one = dict(VpcLinkId=made["VpcLinkId"])
        self.assertEqual("m", gw.update_vpc_link(**one, Name="m")["Name"])
        self.assertEqual("m", gw.get_vpc_links()["Items"][0]["Name"])
        self.assertEqual(202, status(gw.delete_vpc_link(**one)))
        self.refused("NotFoundException", "VpcLink", gw.get_vpc_link, **one)

    def tearDown(self):
        gw.delete_api(ApiId=self.api)


unittest.main(argv=["life"])
