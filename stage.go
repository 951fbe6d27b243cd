package pasarela

import "time"

// Stage is a name under which one deployment of an API is served, with the
// settings that take effect at once, without a new deployment.
type Stage struct {
	StageName                   string                   `json:"stageName"`
	DeploymentID                string                   `json:"deploymentId,omitempty"`
	Description                 string                   `json:"description,omitempty"`
	AutoDeploy                  *bool                    `json:"autoDeploy,omitempty"`
	ClientCertificateID         string                   `json:"clientCertificateId,omitempty"`
	AccessLogSettings           *AccessLogSettings       `json:"accessLogSettings,omitempty"`
	DefaultRouteSettings        RouteSettings            `json:"defaultRouteSettings"`
	RouteSettings               map[string]RouteSettings `json:"routeSettings,omitempty"`
	StageVariables              map[string]string        `json:"stageVariables,omitempty"`
	Tags                        map[string]string        `json:"tags,omitempty"`
	LastDeploymentStatusMessage string                   `json:"lastDeploymentStatusMessage,omitempty"`
	CreatedDate                 time.Time                `json:"createdDate"`
	LastUpdatedDate             time.Time                `json:"lastUpdatedDate"`
}

// AutoDeploys says whether edits of the API are deployed to the stage
// automatically.
func (s *Stage) AutoDeploys() bool { return s.AutoDeploy != nil && *s.AutoDeploy }

// AccessLogSettings sends one line an event to DestinationARN.
type AccessLogSettings struct {
	DestinationARN string `json:"destinationArn,omitempty"`
	Format         string `json:"format,omitempty"`
}

// RouteSettings are the settings of one route of a stage. A nil pointer means "not
// given": the account's limit holds for the throttles, false and OFF for the rest.
type RouteSettings struct {
	DataTraceEnabled       *bool    `json:"dataTraceEnabled,omitempty"`
	DetailedMetricsEnabled *bool    `json:"detailedMetricsEnabled,omitempty"`
	LoggingLevel           string   `json:"loggingLevel,omitempty"`
	ThrottlingBurstLimit   *int     `json:"throttlingBurstLimit,omitempty"`
	ThrottlingRateLimit    *float64 `json:"throttlingRateLimit,omitempty"`
}

// Values of RouteSettings.LoggingLevel.
const (
	LoggingOff   = "OFF"
	LoggingError = "ERROR"
	LoggingInfo  = "INFO"
)

// Deployment is the entry of a frozen Definition in its API's index; the frozen
// definition is at [DeploymentKey].
type Deployment struct {
	DeploymentID            string    `json:"deploymentId"`
	Description             string    `json:"description,omitempty"`
	DeploymentStatus        string    `json:"deploymentStatus"`
	DeploymentStatusMessage string    `json:"deploymentStatusMessage,omitempty"`
	AutoDeployed            bool      `json:"autoDeployed"`
	CreatedDate             time.Time `json:"createdDate"`
}

// Values of Deployment.DeploymentStatus.
const (
	DeploymentPending  = "PENDING"
	DeploymentFailed   = "FAILED"
	DeploymentDeployed = "DEPLOYED"
)

// DomainName is a custom domain with the API mappings on it, one document at
// [DomainNameKey].
type DomainName struct {
	DomainName              string                    `json:"domainName"`
	Configurations          []DomainNameConfiguration `json:"domainNameConfigurations"`
	MutualTLSAuthentication *MutualTLSAuthentication  `json:"mutualTlsAuthentication,omitempty"`
	RoutingMode             string                    `json:"routingMode,omitempty"`
	Tags                    map[string]string         `json:"tags,omitempty"`
	Mappings                []APIMapping              `json:"apiMappings,omitempty"`
}

// DomainNameConfiguration is how a custom domain is served. Exactly one exists.
type DomainNameConfiguration struct {
	APIGatewayDomainName                string     `json:"apiGatewayDomainName,omitempty"`
	CertificateARN                      string     `json:"certificateArn,omitempty"`
	CertificateName                     string     `json:"certificateName,omitempty"`
	CertificateUploadDate               *time.Time `json:"certificateUploadDate,omitempty"`
	DomainNameStatus                    string     `json:"domainNameStatus,omitempty"`
	EndpointType                        string     `json:"endpointType,omitempty"`
	HostedZoneID                        string     `json:"hostedZoneId,omitempty"`
	IPAddressType                       string     `json:"ipAddressType,omitempty"`
	SecurityPolicy                      string     `json:"securityPolicy,omitempty"`
	OwnershipVerificationCertificateARN string     `json:"ownershipVerificationCertificateArn,omitempty"`
}

// MutualTLSAuthentication names the certificates that clients of a domain must chain to.
type MutualTLSAuthentication struct {
	TruststoreURI     string `json:"truststoreUri,omitempty"`
	TruststoreVersion string `json:"truststoreVersion,omitempty"`
}

// APIMapping serves Stage of the API under a path of a custom domain; the empty
// key serves it at the root.
type APIMapping struct {
	APIMappingID  string `json:"apiMappingId"`
	APIMappingKey string `json:"apiMappingKey"`
	APIID         string `json:"apiId"`
	Stage         string `json:"stage"`
}

// VPCLink is a named private target. pasarela resolves it to the base URL in
// its tag "pasarela:target" (see docs/compatibility.md).
type VPCLink struct {
	VPCLinkID        string            `json:"vpcLinkId"`
	Name             string            `json:"name"`
	SecurityGroupIDs []string          `json:"securityGroupIds,omitempty"`
	SubnetIDs        []string          `json:"subnetIds,omitempty"`
	Tags             map[string]string `json:"tags,omitempty"`
	CreatedDate      time.Time         `json:"createdDate"`
}
