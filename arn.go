package pasarela

import "strings"

// ARN is an Amazon Resource Name: arn:{Partition}:{Service}:{Region}:{AccountID}:{Resource}.
// Services leave some fields empty; only Resource may hold colons.
type ARN struct{ Partition, Service, Region, AccountID, Resource string }

// ParseARN splits an ARN into its fields. It does not check them; false when text has
// fewer than six, or does not begin with "arn".
func ParseARN(text string) (ARN, bool) {
	f, ok := SplitARN(text)
	return ARN{f[1], f[2], f[3], f[4], f[5]}, ok && f[0] == "arn"
}

// SplitARN splits text at its first five colons without checking the fields: patterns of
// policies have wildcards in any of them. False when there are fewer.
func SplitARN(text string) (fields [6]string, ok bool) {
	for i := range 5 {
		fields[i], text, ok = strings.Cut(text, ":")
		if !ok {
			return fields, false
		}
	}
	fields[5] = text
	return fields, true
}

// IsRole says whether the ARN names an IAM role: arn:aws:iam::{account}:role/{path and name},
// in any partition. The account is not checked.
func (a ARN) IsRole() bool {
	name, ok := strings.CutPrefix(a.Resource, "role/")
	return ok && name != "" && IsPartition(a.Partition) && a.Service == "iam" && a.Region == ""
}

// IsRoleARN is [ARN.IsRole] of a text.
func IsRoleARN(text string) bool {
	arn, ok := ParseARN(text)
	return ok && arn.IsRole()
}

// IsPartition says whether AWS has a partition of that name (botocore's partitions.json).
func IsPartition(name string) bool {
	switch name {
	case "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc":
		return true
	}
	return false
}

// IsRegion says whether text has the form of a region's name: small letters, digits and
// hyphens. It need not be a region that exists, since AWS opens new ones.
func IsRegion(text string) bool {
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return text != ""
}

// RegionAccount is the region and the account that ARNs and endpoints of this server
// name.
type RegionAccount struct {
	Region    string // us-east-1
	AccountID string // 12 digits
}

// ExecuteAPIARN is the ARN of a route of a stage, the resource of
// execute-api:Invoke: arn:aws:execute-api:{region}:{account}:{api}/{stage}/{routeKey}.
func (ra RegionAccount) ExecuteAPIARN(apiID, stage, routeKey string) string {
	return "arn:aws:execute-api:" + ra.Region + ":" + ra.AccountID + ":" + apiID + "/" + stage + "/" + routeKey
}

// ConnectionsARN is the resource of execute-api:ManageConnections for one call.
func (ra RegionAccount) ConnectionsARN(apiID, stage, method, connectionID string) string {
	return ra.ExecuteAPIARN(apiID, stage, method+"/@connections/"+connectionID)
}

// APIGatewayARN is a resource of the management plane; the account field is
// empty and path starts with a slash: arn:aws:apigateway:{region}::/apis/{id}.
func (ra RegionAccount) APIGatewayARN(path string) string {
	return "arn:aws:apigateway:" + ra.Region + "::" + path
}

// IAMARN is arn:aws:iam::{account}:{resource}, resource being "role/path/name" and the like.
func (ra RegionAccount) IAMARN(resource string) string {
	return "arn:aws:iam::" + ra.AccountID + ":" + resource
}

// CallerCredentials, as the credentialsArn of an AWS integration, makes its calls with
// the permissions of the client that signed the handshake, and needs no role.
const CallerCredentials = "arn:aws:iam::*:user/*"
