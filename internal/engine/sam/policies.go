package sam

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// allowance is a policy template: what it allows, on ARNs with ${Parameter} in them.
type allowance struct {
	parameters []string
	actions    []any
	resources  []string
}

func itoa(n int) string { return strconv.Itoa(n) }

func arn(service, resource string) string {
	return "arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + resource
}

func actions(service string, names ...string) []any {
	list := make([]any, len(names))
	for i, name := range names {
		list[i] = service + ":" + name
	}
	return list
}

// policyTemplates are SAM's policy templates that functions of WebSocket APIs use.
var policyTemplates = map[string]allowance{
	"LambdaInvokePolicy": {[]string{"FunctionName"}, actions("lambda", "InvokeFunction"), []string{arn("lambda", "function:${FunctionName}*")}},
	"DynamoDBCrudPolicy": {
		[]string{"TableName"},
		actions("dynamodb", "GetItem", "DeleteItem", "PutItem", "Scan", "Query", "UpdateItem", "BatchWriteItem", "BatchGetItem", "DescribeTable", "ConditionCheckItem"),
		[]string{arn("dynamodb", "table/${TableName}"), arn("dynamodb", "table/${TableName}/index/*")},
	},
	"DynamoDBReadPolicy": {
		[]string{"TableName"},
		actions("dynamodb", "GetItem", "Scan", "Query", "BatchGetItem", "DescribeTable"),
		[]string{arn("dynamodb", "table/${TableName}"), arn("dynamodb", "table/${TableName}/index/*")},
	},
	"DynamoDBWritePolicy": {
		[]string{"TableName"},
		actions("dynamodb", "PutItem", "UpdateItem", "BatchWriteItem"),
		[]string{arn("dynamodb", "table/${TableName}"), arn("dynamodb", "table/${TableName}/index/*")},
	},
	"S3ReadPolicy": {
		[]string{"BucketName"},
		actions("s3", "GetObject", "ListBucket", "GetBucketLocation", "GetObjectVersion", "GetLifecycleConfiguration"),
		[]string{"arn:${AWS::Partition}:s3:::${BucketName}", "arn:${AWS::Partition}:s3:::${BucketName}/*"},
	},
	"S3WritePolicy": {
		[]string{"BucketName"},
		actions("s3", "PutObject", "PutObjectAcl", "PutLifecycleConfiguration"),
		[]string{"arn:${AWS::Partition}:s3:::${BucketName}", "arn:${AWS::Partition}:s3:::${BucketName}/*"},
	},
	"S3CrudPolicy": {
		[]string{"BucketName"},
		actions("s3", "GetObject", "ListBucket", "GetBucketLocation", "GetObjectVersion", "PutObject", "PutObjectAcl", "GetLifecycleConfiguration", "PutLifecycleConfiguration", "DeleteObject"),
		[]string{"arn:${AWS::Partition}:s3:::${BucketName}", "arn:${AWS::Partition}:s3:::${BucketName}/*"},
	},
	"SQSSendMessagePolicy":         {[]string{"QueueName"}, actions("sqs", "SendMessage*"), []string{arn("sqs", "${QueueName}")}},
	"SNSPublishMessagePolicy":      {[]string{"TopicName"}, actions("sns", "Publish"), []string{arn("sns", "${TopicName}")}},
	"EventBridgePutEventsPolicy":   {[]string{"EventBusName"}, actions("events", "PutEvents"), []string{arn("events", "event-bus/${EventBusName}")}},
	"StepFunctionsExecutionPolicy": {[]string{"StateMachineName"}, actions("states", "StartExecution"), []string{arn("states", "stateMachine:${StateMachineName}")}},
	"SSMParameterReadPolicy": {
		[]string{"ParameterName"}, actions("ssm", "DescribeParameters", "GetParameters", "GetParameter", "GetParametersByPath"), []string{arn("ssm", "parameter/${ParameterName}")},
	},
	"AWSSecretsManagerGetSecretValuePolicy": {[]string{"SecretArn"}, actions("secretsmanager", "GetSecretValue"), []string{"${SecretArn}"}},
	"CloudWatchPutMetricPolicy":             {nil, actions("cloudwatch", "PutMetricData"), nil},
}

// policyTemplate is the document that a policy template stands for, or why there is none.
func policyTemplate(name string, given any) (document map[string]any, why string) {
	template, known := policyTemplates[name]
	if !known {
		return nil, "The policy template '" + name + "' is not expanded here. Write its statements, or one of " + strings.Join(slices.Sorted(maps.Keys(policyTemplates)), ", ") + "."
	}
	parameters, _ := given.(map[string]any)
	values := map[string]any{}
	for _, parameter := range template.parameters {
		value, there := parameters[parameter]
		if !there {
			return nil, "Must specify valid parameter values for policy template '" + name + "': " + parameter + " is missing."
		}
		values[parameter] = value
	}
	var resources any = "*"
	if len(template.resources) > 0 {
		list := make([]any, len(template.resources))
		for i, text := range template.resources {
			list[i] = sub(text, values)
		}
		resources = list
	}
	return map[string]any{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Effect": "Allow", "Action": template.actions, "Resource": resources},
	}}, ""
}
