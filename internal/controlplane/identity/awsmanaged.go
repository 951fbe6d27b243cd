package identity

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

const serviceLinkedPolicyARN = "arn:aws:iam::aws:policy/aws-service-role/APIGatewayServiceRolePolicy"

// published is a managed policy as AWS publishes it.
type published struct {
	path, name       string
	created, updated string
	version          int
	description      string
	statements       string
}

// publishedPolicies are the ones that people use with API Gateway (aws-controlplane
// §6.3). ReadOnlyAccess is reduced to the services that exist here (A-IAM-8).
func publishedPolicies() []published {
	return []published{
		{
			"/", "AdministratorAccess", "2015-02-06T18:39:46Z", "2015-02-06T18:39:46Z", 1, "Provides full access to AWS services and resources.",
			`{"Effect":"Allow","Action":"*","Resource":"*"}`,
		},
		{
			"/", "PowerUserAccess", "2015-02-06T18:39:47Z", "2026-02-12T17:59:14Z", 12, "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
			`{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["account:GetAccountInformation","account:GetGovCloudAccountInformation","account:GetPrimaryEmail","account:ListRegions","iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeEffectivePolicy","organizations:DescribeOrganization"],"Resource":"*"}`,
		},
		{
			"/", "ReadOnlyAccess", "2015-02-06T18:39:48Z", "2015-02-06T18:39:48Z", 182, "Provides read-only access to AWS services and resources.",
			`{"Effect":"Allow","Action":["apigateway:GET","cloudformation:Describe*","cloudformation:Get*","cloudformation:List*","iam:Get*","iam:List*","lambda:Get*","lambda:List*","logs:Describe*","logs:FilterLogEvents","logs:Get*","s3:Get*","s3:List*","ssm:Describe*","ssm:Get*","ssm:List*","sts:GetAccessKeyInfo","sts:GetCallerIdentity"],"Resource":"*"}`,
		},
		{
			"/", "IAMFullAccess", "2015-02-06T18:40:38Z", "2019-06-21T19:40:00Z", 2, "Provides full access to IAM via the AWS Management Console.",
			`{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}`,
		},
		{
			"/", "IAMReadOnlyAccess", "2015-02-06T18:40:39Z", "2018-01-25T19:11:27Z", 4, "Provides read only access to IAM via the AWS Management Console.",
			`{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy"],"Resource":"*"}`,
		},
		{
			"/", "AmazonAPIGatewayAdministrator", "2015-07-09T17:34:45Z", "2015-07-09T17:34:45Z", 1, "Provides full access to create/edit/delete APIs in Amazon API Gateway via the AWS Management Console.",
			`{"Effect":"Allow","Action":["apigateway:*"],"Resource":"arn:aws:apigateway:*::/*"}`,
		},
		{
			"/", "AmazonAPIGatewayInvokeFullAccess", "2015-07-09T17:36:12Z", "2018-12-18T18:25:10Z", 2, "Provides full access to invoke APIs in Amazon API Gateway.",
			`{"Effect":"Allow","Action":["execute-api:Invoke","execute-api:ManageConnections"],"Resource":"arn:aws:execute-api:*:*:*"}`,
		},
		{
			"/service-role/", "AmazonAPIGatewayPushToCloudWatchLogs", "2015-11-11T23:41:46Z", "2015-11-11T23:41:46Z", 1, "Allows API Gateway to push logs to user's account.",
			`{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:DescribeLogGroups","logs:DescribeLogStreams","logs:PutLogEvents","logs:GetLogEvents","logs:FilterLogEvents"],"Resource":"*"}`,
		},
		{
			"/service-role/", "AWSLambdaBasicExecutionRole", "2015-04-09T15:03:43Z", "2015-04-09T15:03:43Z", 1, "Provides write permissions to CloudWatch Logs.",
			`{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}`,
		},
		{
			"/service-role/", "AWSLambdaRole", "2015-02-06T18:41:28Z", "2015-02-06T18:41:28Z", 1, "Default policy for AWS Lambda service role.",
			`{"Effect":"Allow","Action":["lambda:InvokeFunction"],"Resource":["*"]}`,
		},
		{
			"/", "AWSCloudFormationFullAccess", "2019-07-26T21:50:35Z", "2019-07-26T21:50:35Z", 1, "Provides full access to AWS CloudFormation.",
			`{"Effect":"Allow","Action":["cloudformation:*"],"Resource":"*"}`,
		},
		{
			"/", "AWSCloudFormationReadOnlyAccess", "2015-02-06T18:39:49Z", "2019-11-13T17:40:07Z", 4, "Provides access to AWS CloudFormation via the AWS Management Console.",
			`{"Effect":"Allow","Action":["cloudformation:Describe*","cloudformation:EstimateTemplateCost","cloudformation:Get*","cloudformation:List*","cloudformation:ValidateTemplate","cloudformation:Detect*"],"Resource":"*"}`,
		},
		{
			"/aws-service-role/", "APIGatewayServiceRolePolicy", "2017-10-20T17:23:10Z", "2021-07-12T22:24:01Z", 9, "Allows API Gateway to manage associated AWS Resources on behalf of the customer.",
			`{"Effect":"Allow","Action":["elasticloadbalancing:AddListenerCertificates","elasticloadbalancing:RemoveListenerCertificates","elasticloadbalancing:ModifyListener","elasticloadbalancing:DescribeListeners","elasticloadbalancing:DescribeLoadBalancers","xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingTargets","xray:GetSamplingRules","logs:CreateLogDelivery","logs:GetLogDelivery","logs:UpdateLogDelivery","logs:DeleteLogDelivery","logs:ListLogDeliveries","servicediscovery:DiscoverInstances"],"Resource":["*"]},{"Effect":"Allow","Action":["firehose:DescribeDeliveryStream","firehose:PutRecord","firehose:PutRecordBatch"],"Resource":"arn:aws:firehose:*:*:deliverystream/amazon-apigateway-*"},{"Effect":"Allow","Action":["acm:DescribeCertificate","acm:GetCertificate"],"Resource":"arn:aws:acm:*:*:certificate/*"},{"Effect":"Allow","Action":"ec2:CreateNetworkInterfacePermission","Resource":"arn:aws:ec2:*:*:network-interface/*"},{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"arn:aws:ec2:*:*:network-interface/*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["Owner","VpcLinkId"]}}},{"Effect":"Allow","Action":["ec2:ModifyNetworkInterfaceAttribute","ec2:DeleteNetworkInterface","ec2:AssignPrivateIpAddresses","ec2:CreateNetworkInterface","ec2:DeleteNetworkInterfacePermission","ec2:DescribeNetworkInterfaces","ec2:DescribeAvailabilityZones","ec2:DescribeNetworkInterfaceAttribute","ec2:DescribeVpcs","ec2:DescribeNetworkInterfacePermissions","ec2:UnassignPrivateIpAddresses","ec2:DescribeSubnets","ec2:DescribeRouteTables","ec2:DescribeSecurityGroups"],"Resource":"*"},{"Effect":"Allow","Action":"servicediscovery:GetNamespace","Resource":"arn:aws:servicediscovery:*:*:namespace/*"},{"Effect":"Allow","Action":"servicediscovery:GetService","Resource":"arn:aws:servicediscovery:*:*:service/*"}`,
		},
	}
}

// awsManaged holds AWS's policies by ARN, made at first use.
var awsManaged = sync.OnceValue(func() map[string]*policyView {
	views := map[string]*policyView{}
	for _, p := range publishedPolicies() {
		m := p.policy()
		arn := (&Service{}).PolicyARN(m)
		m.PolicyID = policyIDOf(arn)
		current, err := policy.Parse(m.Versions[0].Document, policy.Identity)
		if err != nil {
			panic("identity: " + arn + ": " + err.Error())
		}
		views[arn] = &policyView{ManagedPolicy: m, arn: arn, current: current}
	}
	return views
})

func (p published) policy() *ManagedPolicy {
	version := "v" + strconv.Itoa(p.version)
	created, _ := time.Parse(time.RFC3339, p.created)
	updated, _ := time.Parse(time.RFC3339, p.updated)
	return &ManagedPolicy{
		Path: p.path, PolicyName: p.name, Description: p.description, CreateDate: created, UpdateDate: updated,
		DefaultVersionID: version, LastVersion: p.version, AWSManaged: true,
		Versions: []PolicyVersion{{VersionID: version, CreateDate: updated, Document: `{"Version":"2012-10-17","Statement":[` + p.statements + `]}`}},
	}
}

// policyIDOf makes the same id on every node.
func policyIDOf(arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return prefixPolicy + strings.TrimRight(base32.StdEncoding.EncodeToString(sum[:]), "=")[:idLength-len(prefixPolicy)]
}
