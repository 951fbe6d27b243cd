package pasarela

// Place is the partition of the world that ARNs and endpoints name: one region
// of one account.
type Place struct {
	Region    string // us-east-1
	AccountID string // 12 digits
}

// ExecuteAPIARN is the ARN of a route of a stage, the resource of
// execute-api:Invoke: arn:aws:execute-api:{region}:{account}:{api}/{stage}/{routeKey}.
func (p Place) ExecuteAPIARN(apiID, stage, routeKey string) string {
	return "arn:aws:execute-api:" + p.Region + ":" + p.AccountID + ":" + apiID + "/" + stage + "/" + routeKey
}

// ConnectionsARN is the resource of execute-api:ManageConnections for one call.
func (p Place) ConnectionsARN(apiID, stage, method, connectionID string) string {
	return p.ExecuteAPIARN(apiID, stage, method+"/@connections/"+connectionID)
}

// APIGatewayARN is a resource of the management plane; the account field is
// empty and path starts with a slash: arn:aws:apigateway:{region}::/apis/{id}.
func (p Place) APIGatewayARN(path string) string {
	return "arn:aws:apigateway:" + p.Region + "::" + path
}

// IAMARN is arn:aws:iam::{account}:{resource}, resource being "role/path/name" and the like.
func (p Place) IAMARN(resource string) string {
	return "arn:aws:iam::" + p.AccountID + ":" + resource
}
