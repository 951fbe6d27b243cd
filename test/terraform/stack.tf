# A WebSocket stack with every argument set that makes sense for WebSocket APIs.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }

# Changing this updates what can be updated in place.
variable "round" {
  type    = number
  default = 1
}

provider "aws" {
  region                      = "us-east-1"
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_credentials_validation = false
  default_tags { tags = { owner = "guide" } }
  endpoints {
    apigatewayv2 = var.endpoint
    apigateway   = var.endpoint
    iam          = var.endpoint
    sts          = var.endpoint
  }
}

data "aws_caller_identity" "me" {}

resource "aws_iam_role" "gateway" {
  name                 = "api-gateway"
  path                 = "/service/"
  description          = "round ${var.round}"
  max_session_duration = 7200
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "apigateway.amazonaws.com" } }]
  })
  tags = { a = "b" }
}

resource "aws_iam_policy" "invoke" {
  name   = "invoke"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "execute-api:Invoke", Resource = "arn:aws:execute-api:*:*:*" }] })
}

resource "aws_iam_role_policy_attachment" "invoke" {
  role       = aws_iam_role.gateway.name
  policy_arn = aws_iam_policy.invoke.arn
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.gateway.arn
}

resource "aws_apigatewayv2_api" "chat" {
  name                         = "chat-${var.round}"
  protocol_type                = "WEBSOCKET"
  route_selection_expression   = "$request.body.action"
  api_key_selection_expression = var.round == 1 ? "$context.authorizer.usageIdentifierKey" : "$request.header.x-api-key"
  description                  = "round ${var.round}"
  disable_execute_api_endpoint = var.round == 2
  version                      = "v${var.round}"
  ip_address_type              = var.round == 1 ? "dualstack" : "ipv4"
  tags                         = { round = tostring(var.round), fixed = "x" }
}

resource "aws_apigatewayv2_model" "join" {
  api_id       = aws_apigatewayv2_api.chat.id
  name         = "Join${var.round}"
  content_type = "application/json"
  description  = "round ${var.round}"
  schema = jsonencode({
    "$schema" = "http://json-schema.org/draft-04/schema#", type = "object", required = ["action"]
    properties = { action = { type = "string" }, round = { type = "integer", minimum = var.round } }
  })
  lifecycle { create_before_destroy = true }
}

resource "aws_apigatewayv2_authorizer" "tickets" {
  api_id                     = aws_apigatewayv2_api.chat.id
  name                       = "tickets"
  authorizer_type            = "REQUEST"
  authorizer_uri             = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:a${var.round}/invocations"
  authorizer_credentials_arn = aws_iam_role.gateway.arn
  identity_sources           = var.round == 1 ? ["route.request.header.Auth"] : ["route.request.querystring.ticket", "stageVariables.a"]
}

resource "aws_apigatewayv2_integration" "reports" {
  api_id                        = aws_apigatewayv2_api.chat.id
  integration_type              = "HTTP"
  integration_method            = "POST"
  integration_uri               = "http://$${stageVariables.backend}/api/reports/create"
  connection_type               = "INTERNET"
  credentials_arn               = aws_iam_role.gateway.arn
  description                   = "round ${var.round}"
  passthrough_behavior          = "WHEN_NO_TEMPLATES"
  payload_format_version        = "1.0"
  timeout_milliseconds          = 28000 + var.round
  content_handling_strategy     = var.round == 1 ? "CONVERT_TO_TEXT" : "CONVERT_TO_BINARY"
  template_selection_expression = "\\$default"
  request_parameters            = var.round == 1 ? { "integration.request.header.a" = "'x'", "integration.request.querystring.b" = "context.connectionId" } : { "integration.request.header.a" = "'y'" }
  request_templates             = var.round == 1 ? { "$default" = "{\"id\":\"$context.connectionId\"}", "other" = "" } : { "$default" = "{\"id\":\"$context.connectionId\",\"round\":${var.round}}" }
}

resource "aws_apigatewayv2_integration" "mock" {
  api_id           = aws_apigatewayv2_api.chat.id
  integration_type = "MOCK"
}

resource "aws_apigatewayv2_integration" "function" {
  api_id             = aws_apigatewayv2_api.chat.id
  integration_type   = "AWS_PROXY"
  integration_uri    = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations"
  integration_method = "POST"
}

resource "aws_apigatewayv2_integration_response" "created" {
  api_id                        = aws_apigatewayv2_api.chat.id
  integration_id                = aws_apigatewayv2_integration.reports.id
  integration_response_key      = var.round == 1 ? "/201/" : "/2\\d\\d/"
  content_handling_strategy     = "CONVERT_TO_TEXT"
  template_selection_expression = "round${var.round}"
  response_templates            = { "$default" = "#set($x = ${var.round})$x" }
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_key          = "$connect"
  target             = "integrations/${aws_apigatewayv2_integration.reports.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.tickets.id
  api_key_required   = var.round == 1
  operation_name     = "Connect${var.round}"
  request_parameter {
    request_parameter_key = var.round == 1 ? "route.request.querystring.reportType" : "route.request.header.x"
    required              = true
  }
}

resource "aws_apigatewayv2_route" "default" {
  api_id                              = aws_apigatewayv2_api.chat.id
  route_key                           = "$default"
  target                              = "integrations/${aws_apigatewayv2_integration.mock.id}"
  route_response_selection_expression = "$default"
  model_selection_expression          = "$request.body.action"
  request_models                      = { "join" = aws_apigatewayv2_model.join.name }
}

resource "aws_apigatewayv2_route" "ask" {
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = "ask${var.round}"
  target    = "integrations/${aws_apigatewayv2_integration.function.id}"
}

resource "aws_apigatewayv2_route_response" "default" {
  api_id                     = aws_apigatewayv2_api.chat.id
  route_id                   = aws_apigatewayv2_route.default.id
  route_response_key         = "$default"
  model_selection_expression = var.round == 1 ? "action" : null
  response_models            = { "action" = aws_apigatewayv2_model.join.name }
}

resource "aws_apigatewayv2_deployment" "this" {
  api_id      = aws_apigatewayv2_api.chat.id
  description = "round ${var.round}"
  triggers    = { round = var.round }
  depends_on  = [aws_apigatewayv2_route.connect, aws_apigatewayv2_route.default, aws_apigatewayv2_route.ask, aws_apigatewayv2_integration_response.created, aws_apigatewayv2_route_response.default]
  lifecycle { create_before_destroy = true }
}

resource "aws_api_gateway_client_certificate" "this" {
  description = "round ${var.round}"
}

resource "aws_apigatewayv2_stage" "prod" {
  api_id                = aws_apigatewayv2_api.chat.id
  name                  = "prod"
  deployment_id         = aws_apigatewayv2_deployment.this.id
  description           = "round ${var.round}"
  client_certificate_id = aws_api_gateway_client_certificate.this.id
  stage_variables       = var.round == 1 ? { backend = "127.0.0.1:8080", a = "1" } : { backend = "127.0.0.1:8081" }
  access_log_settings {
    destination_arn = "arn:aws:logs:us-east-1:123456789012:log-group:chat"
    format          = "$context.requestId ${var.round}"
  }
  default_route_settings {
    data_trace_enabled       = true
    detailed_metrics_enabled = var.round == 1
    logging_level            = var.round == 1 ? "ERROR" : "INFO"
    throttling_burst_limit   = 100
    throttling_rate_limit    = 100 * var.round
  }
  route_settings {
    route_key              = var.round == 1 ? "$connect" : "$default"
    logging_level          = "INFO"
    throttling_burst_limit = 5
    throttling_rate_limit  = 2.5
  }
  tags       = { "pasarela:idleTimeoutSeconds" = tostring(60 * var.round) }
  depends_on = [aws_api_gateway_account.this]
}

resource "aws_apigatewayv2_stage" "auto" {
  api_id      = aws_apigatewayv2_api.chat.id
  name        = "auto"
  auto_deploy = true
}

resource "aws_apigatewayv2_domain_name" "ws" {
  domain_name = "ws.example.com"
  domain_name_configuration {
    certificate_arn = "arn:aws:acm:us-east-1:${data.aws_caller_identity.me.account_id}:certificate/round-${var.round}"
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
  tags = { round = tostring(var.round) }
}

resource "aws_apigatewayv2_api_mapping" "orders" {
  api_id          = aws_apigatewayv2_api.chat.id
  domain_name     = aws_apigatewayv2_domain_name.ws.id
  stage           = aws_apigatewayv2_stage.prod.id
  api_mapping_key = var.round == 1 ? null : "orders"
}

resource "aws_apigatewayv2_vpc_link" "inside" {
  name               = "inside-${var.round}"
  security_group_ids = ["sg-1"]
  subnet_ids         = ["subnet-1", "subnet-2"]
  tags               = { "pasarela:target" = "http://127.0.0.1:9000" }
}

resource "aws_api_gateway_api_key" "customer" {
  name        = "customer-${var.round}"
  description = "round ${var.round}"
  enabled     = var.round == 1
  tags        = { round = tostring(var.round) }
}

resource "aws_api_gateway_usage_plan" "basic" {
  name         = "basic-${var.round}"
  description  = "round ${var.round}"
  product_code = "P${var.round}"
  api_stages {
    api_id = aws_apigatewayv2_api.chat.id
    stage  = aws_apigatewayv2_stage.prod.name
  }
  quota_settings {
    limit  = 100 * var.round
    offset = 2
    period = "WEEK"
  }
  throttle_settings {
    burst_limit = 5 * var.round
    rate_limit  = 10
  }
}

resource "aws_api_gateway_usage_plan_key" "customer" {
  key_id        = aws_api_gateway_api_key.customer.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.basic.id
}

data "aws_apigatewayv2_api" "again" {
  api_id = aws_apigatewayv2_api.chat.id
}

data "aws_apigatewayv2_apis" "all" {
  protocol_type = "WEBSOCKET"
  depends_on    = [aws_apigatewayv2_api.chat]
}

output "endpoint" { value = data.aws_apigatewayv2_api.again.api_endpoint }
output "invoke_url" { value = aws_apigatewayv2_stage.prod.invoke_url }
output "execution_arn" { value = aws_apigatewayv2_stage.prod.execution_arn }
