"""API keys, usage plans, client certificates, tags and the account of the v1 API through boto3.

ENDPOINT is the server; the keys in the environment are the administrator's.
"""
import datetime
import os
import unittest

import boto3
from botocore.exceptions import ClientError

url = os.environ["ENDPOINT"]
v1 = boto3.client("apigateway", endpoint_url=url)
v2 = boto3.client("apigatewayv2", endpoint_url=url)
iam = boto3.client("iam", endpoint_url=url)


def body(response):
    return {k: v for k, v in response.items() if k != "ResponseMetadata"}


def status(response):
    return response["ResponseMetadata"]["HTTPStatusCode"]


def replace(path, value):
    return [{"op": "replace", "path": path, "value": value}]


class Keys(unittest.TestCase):
    maxDiff = None

    def refused(self, code, text, call, **kw):
        with self.assertRaises(ClientError) as caught:
            call(**kw)
        error = caught.exception.response["Error"]
        self.assertEqual(code, error["Code"])
        self.assertIn(text, error["Message"])

    def stage(self):
        api = v2.create_api(Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
        v2.create_stage(ApiId=api, StageName="prod")
        return api

    def test_key(self):
        made = v1.create_api_key(name="alpha", description="d", tags={"a": "b"}, customerId="c")
        self.assertEqual(201, status(made))
        self.assertRegex(made["id"], r"^[a-z0-9]{10}$")
        self.assertRegex(made["value"], r"^[A-Za-z0-9]{40}$")
        self.assertIs(False, made["enabled"])
        self.assertEqual([], made["stageKeys"])
        self.assertIsInstance(made["createdDate"], datetime.datetime)
        self.assertNotIn("value", v1.get_api_key(apiKey=made["id"]))
        self.assertEqual(made["value"], v1.get_api_key(apiKey=made["id"], includeValue=True)["value"])
        changed = v1.update_api_key(apiKey=made["id"], patchOperations=replace("/enabled", "true") + replace("/name", "alpine"))
        self.assertEqual((True, "alpine"), (changed["enabled"], changed["name"]))
        self.refused("BadRequestException", "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/description, /enabled, /name, /customerId]",
                     v1.update_api_key, apiKey=made["id"], patchOperations=replace("/id", "x"))
        other = v1.create_api_key(name="beta", enabled=True, value="x" * 20)
        self.refused("ConflictException", "API Key already exists", v1.create_api_key, name="c", value="x" * 20)
        self.refused("BadRequestException", "at least 20 characters", v1.create_api_key, value="x")
        self.refused("BadRequestException", "exceeds maximum size of 128", v1.create_api_key, value="x" * 129)
        self.assertEqual(["alpine"], [k["name"] for k in v1.get_api_keys(nameQuery="al")["items"]])
        self.assertEqual([made["id"]], [k["id"] for k in v1.get_api_keys(customerId="c")["items"]])
        self.assertEqual({"x" * 20, made["value"]}, {k["value"] for k in v1.get_api_keys(includeValues=True)["items"]})
        pages = list(v1.get_paginator("get_api_keys").paginate(PaginationConfig={"PageSize": 1}))
        self.assertEqual(2, len([k for p in pages for k in p["items"]]))
        for key in (made, other):
            self.assertEqual(202, status(v1.delete_api_key(apiKey=key["id"])))
        self.refused("NotFoundException", "Invalid API Key identifier specified", v1.get_api_key, apiKey=made["id"])
        again = v1.create_api_key(value="x" * 20)
        v1.delete_api_key(apiKey=again["id"])

    def test_import(self):
        plan = v1.create_usage_plan(name="imported")["id"]
        csv = "Name,key,description,Enabled,usageplanIds\nfirst,%s,d,TRUE,%s\nsecond,%s,,false,\nthird,short,,,\n" % ("a" * 25, plan, "b" * 25)
        out = v1.import_api_keys(body=csv.encode(), format="csv")
        self.assertEqual(2, len(out["ids"]))
        self.assertEqual(["line 4: API Key value should be at least 20 characters"], out["warnings"])
        self.assertEqual(["first"], [k["name"] for k in v1.get_usage_plan_keys(usagePlanId=plan)["items"]])
        self.refused("BadRequestException", "line 2", v1.import_api_keys, body=b"name,key\nx,short\n", format="csv", failOnWarnings=True)
        for key in out["ids"]:
            v1.delete_api_key(apiKey=key)
        v1.delete_usage_plan(usagePlanId=plan)

    def test_plan(self):
        api = self.stage()
        fresh = v1.create_usage_plan(name="p")
        self.assertEqual({"id": fresh["id"], "name": "p", "apiStages": []}, body(fresh))
        self.assertEqual(6, len(fresh["id"]))
        plan = fresh["id"]
        self.assertEqual({}, v1.get_usage_plan(usagePlanId=plan)["tags"])
        self.assertNotIn("tags", v1.get_usage_plans()["items"][0])
        self.refused("NotFoundException", "Invalid API Stage {api: %s, stage: nope} specified for usageplan %s" % (api, plan), v1.update_usage_plan,
                     usagePlanId=plan, patchOperations=[{"op": "add", "path": "/apiStages", "value": api + ":nope"}])
        changed = v1.update_usage_plan(usagePlanId=plan, patchOperations=[
            {"op": "add", "path": "/apiStages", "value": api + ":prod"},
            {"op": "replace", "path": "/throttle/rateLimit", "value": "5"},
            {"op": "replace", "path": "/throttle/burstLimit", "value": "10"},
            {"op": "replace", "path": "/quota/limit", "value": "100"},
            {"op": "replace", "path": "/quota/period", "value": "DAY"},
            {"op": "replace", "path": "/apiStages/%s:prod/throttle/~1x/GET/rateLimit" % api, "value": "1.5"},
            {"op": "replace", "path": "/description", "value": "d"}])
        self.assertEqual({"burstLimit": 10, "rateLimit": 5.0}, changed["throttle"])
        self.assertEqual({"limit": 100, "offset": 0, "period": "DAY"}, changed["quota"])
        self.assertEqual([{"apiId": api, "stage": "prod", "throttle": {"/x/GET": {"burstLimit": 0, "rateLimit": 1.5}}}], changed["apiStages"])
        self.refused("BadRequestException", "period", v1.update_usage_plan, usagePlanId=plan, patchOperations=replace("/quota/period", "YEAR"))
        key = v1.create_api_key(name="k", enabled=True)
        made = v1.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
        self.assertEqual({"id": key["id"], "type": "API_KEY", "name": "k", "value": key["value"]}, body(made))
        other = v1.create_usage_plan(name="q", apiStages=[{"apiId": api, "stage": "prod"}])["id"]
        self.refused("ConflictException", "cannot be added to usage plan", v1.create_usage_plan_key, usagePlanId=other, keyId=key["id"], keyType="API_KEY")
        self.assertEqual([plan], [p["id"] for p in v1.get_usage_plans(keyId=key["id"])["items"]])
        self.assertEqual(key["id"], v1.get_usage_plan_key(usagePlanId=plan, keyId=key["id"])["id"])
        self.assertEqual([], v1.get_usage_plan_keys(usagePlanId="zzzzzz")["items"])
        today = datetime.date.today().isoformat()
        usage = v1.get_usage(usagePlanId=plan, startDate=today, endDate=today)
        self.assertEqual({key["id"]: [[0, 100]]}, usage["items"])
        self.refused("BadRequestException", "startDate", v1.get_usage, usagePlanId=plan, startDate="yesterday", endDate=today)
        self.refused("BadRequestException", "associated stages", v1.delete_usage_plan, usagePlanId=plan)
        for p in (plan, other):
            v1.update_usage_plan(usagePlanId=p, patchOperations=[{"op": "remove", "path": "/apiStages", "value": api + ":prod"}])
        self.assertEqual(202, status(v1.delete_usage_plan_key(usagePlanId=plan, keyId=key["id"])))
        for p in (plan, other):
            self.assertEqual(202, status(v1.delete_usage_plan(usagePlanId=p)))
        self.refused("NotFoundException", "Invalid Usage Plan ID specified", v1.get_usage_plan, usagePlanId=plan)
        v1.delete_api_key(apiKey=key["id"])
        v2.delete_api(ApiId=api)

    def test_certificate(self):
        made = v1.generate_client_certificate(description="d")
        self.assertIn("BEGIN CERTIFICATE", made["pemEncodedCertificate"])
        self.assertNotIn("PRIVATE", str(made))
        one = dict(clientCertificateId=made["clientCertificateId"])
        self.assertEqual("e", v1.update_client_certificate(**one, patchOperations=replace("/description", "e"))["description"])
        self.assertEqual(1, len(v1.get_client_certificates()["items"]))
        api = self.stage()
        v2.update_stage(ApiId=api, StageName="prod", ClientCertificateId=made["clientCertificateId"])
        self.refused("BadRequestException", "uses it", v1.delete_client_certificate, **one)
        v2.delete_api(ApiId=api)
        self.assertEqual(202, status(v1.delete_client_certificate(**one)))
        self.refused("NotFoundException", "Client Certificate", v1.get_client_certificate, **one)

    def test_account_and_tags(self):
        fresh = v1.get_account()
        self.assertEqual({"throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0}, "features": ["UsagePlans"], "apiKeyVersion": "4"}, body(fresh))
        arn = iam.create_role(RoleName="logs", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}}')["Role"]["Arn"]
        iam.attach_role_policy(RoleName="logs", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")
        self.assertEqual(arn, v1.update_account(patchOperations=replace("/cloudwatchRoleArn", arn))["cloudwatchRoleArn"])
        self.refused("BadRequestException", "The role ARN is not well formed", v1.update_account, patchOperations=replace("/cloudwatchRoleArn", "role"))
        self.assertNotIn("cloudwatchRoleArn", v1.update_account(patchOperations=replace("/cloudwatchRoleArn", "")))
        key = v1.create_api_key(name="k")["id"]
        arn = "arn:aws:apigateway:us-east-1::/apikeys/" + key
        self.assertEqual(204, status(v1.tag_resource(resourceArn=arn, tags={"a": "b"})))
        self.assertEqual({"a": "b"}, v1.get_tags(resourceArn=arn)["tags"])
        self.assertEqual(204, status(v1.untag_resource(resourceArn=arn, tagKeys=["a"])))
        self.assertEqual({}, v1.get_tags(resourceArn=arn)["tags"])
        v1.delete_api_key(apiKey=key)


unittest.main(argv=["keys"])
