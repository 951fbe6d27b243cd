"""API keys, usage plans, client certificates, tags and the account of the v1 API through the command line."""
import datetime

from life import aws, pages, refused


def key():
    made = aws("apigateway create-api-key", name="alpha", tags={"a": "b"})
    one = dict(api_key=made["id"])
    assert "value" not in aws("apigateway get-api-key", **one)
    assert aws("apigateway get-api-key", **one, include_value=True)["value"] == made["value"]
    assert aws("apigateway update-api-key", **one, patch_operations="op=replace,path=/enabled,value=true")["enabled"] is True
    refused("BadRequestException", "Invalid patch path  '/id' specified for op 'replace'.", "apigateway update-api-key", **one, patch_operations="op=replace,path=/id,value=x")
    other = aws("apigateway create-api-key", name="beta", value="x" * 20)
    refused("ConflictException", "API Key already exists", "apigateway create-api-key", value="x" * 20)
    assert len(pages("apigateway get-api-keys", "items", 1)) == 2
    for id in (made["id"], other["id"]):
        aws("apigateway delete-api-key", api_key=id)
    refused("NotFoundException", "Invalid API Key identifier specified", "apigateway get-api-key", **one)


def plan():
    api = aws("apigatewayv2 create-api", name="chat", protocol_type="WEBSOCKET", route_selection_expression="$request.body.action")["ApiId"]
    aws("apigatewayv2 create-stage", api_id=api, stage_name="prod")
    made = aws("apigateway create-usage-plan", name="p", quota={"limit": 100, "period": "DAY"}, api_stages=[{"apiId": api, "stage": "prod"}])
    one = dict(usage_plan_id=made["id"])
    assert aws("apigateway update-usage-plan", **one, patch_operations="op=replace,path=/throttle/rateLimit,value=5")["throttle"]["rateLimit"] == 5
    assert aws("apigateway get-usage-plan", **one)["quota"] == {"limit": 100, "offset": 0, "period": "DAY"}
    second = aws("apigateway create-usage-plan", name="q")
    assert len(pages("apigateway get-usage-plans", "items", 1)) == 2
    keys = [aws("apigateway create-api-key", name=name, enabled=True) for name in "kl"]
    for k in keys:
        assert aws("apigateway create-usage-plan-key", **one, key_id=k["id"], key_type="API_KEY")["value"] == k["value"]
    assert len(pages("apigateway get-usage-plan-keys", "items", 1, **one)) == 2
    assert aws("apigateway get-usage-plan-key", **one, key_id=keys[0]["id"])["name"] == "k"
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    assert aws("apigateway get-usage", **one, key_id=keys[0]["id"], start_date=today, end_date=today)["items"] == {keys[0]["id"]: [[0, 100]]}
    aws("apigateway update-usage", **one, key_id=keys[0]["id"], patch_operations="op=replace,path=/remaining,value=7")
    refused("BadRequestException", "associated stages", "apigateway delete-usage-plan", **one)
    aws("apigateway update-usage-plan", **one, patch_operations=f"op=remove,path=/apiStages,value={api}:prod")
    for k in keys:
        aws("apigateway delete-usage-plan-key", **one, key_id=k["id"])
        aws("apigateway delete-api-key", api_key=k["id"])
    for id in (made["id"], second["id"]):
        aws("apigateway delete-usage-plan", usage_plan_id=id)
    refused("NotFoundException", "Invalid Usage Plan ID specified", "apigateway get-usage-plan", **one)
    aws("apigatewayv2 delete-api", api_id=api)


def certificate_and_account():
    made = aws("apigateway generate-client-certificate", description="d")
    one = dict(client_certificate_id=made["clientCertificateId"])
    assert "BEGIN CERTIFICATE" in aws("apigateway get-client-certificate", **one)["pemEncodedCertificate"]
    assert aws("apigateway update-client-certificate", **one, patch_operations="op=replace,path=/description,value=e")["description"] == "e"
    assert len(pages("apigateway get-client-certificates", "items", 1)) == 1
    aws("apigateway delete-client-certificate", **one)
    refused("NotFoundException", "Client Certificate", "apigateway get-client-certificate", **one)
    assert aws("apigateway get-account")["throttleSettings"]["burstLimit"] == 5000
    refused("BadRequestException", "The role ARN is not well formed", "apigateway update-account", patch_operations="op=replace,path=/cloudwatchRoleArn,value=role")
    assert "cloudwatchRoleArn" not in aws("apigateway update-account", patch_operations="op=replace,path=/cloudwatchRoleArn,value=")
    made = aws("apigateway create-api-key", name="k")
    arn = "arn:aws:apigateway:us-east-1::/apikeys/" + made["id"]
    aws("apigateway tag-resource", resource_arn=arn, tags={"a": "b", "c": "d"})
    aws("apigateway untag-resource", resource_arn=arn, tag_keys=["a"])
    assert aws("apigateway get-tags", resource_arn=arn)["tags"] == {"c": "d"}
    aws("apigateway delete-api-key", api_key=made["id"])


for part in (key, plan, certificate_and_account):
    part()
