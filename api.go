package pasarela

import "time"

// API is a WebSocket API as CreateApi made it. JSON names are AWS's wire names,
// so that a stored document reads like the answer of GetApi.
type API struct {
	APIID                     string            `json:"apiId"`
	Name                      string            `json:"name"`
	Description               string            `json:"description,omitempty"`
	ProtocolType              string            `json:"protocolType"`
	RouteSelectionExpression  string            `json:"routeSelectionExpression"`
	APIKeySelectionExpression string            `json:"apiKeySelectionExpression"`
	Version                   string            `json:"version,omitempty"`
	IPAddressType             string            `json:"ipAddressType,omitempty"`
	DisableSchemaValidation   bool              `json:"disableSchemaValidation,omitempty"`
	DisableExecuteAPIEndpoint bool              `json:"disableExecuteApiEndpoint"`
	Tags                      map[string]string `json:"tags,omitempty"`
	CreatedDate               time.Time         `json:"createdDate"`
}

// ProtocolWebSocket is the one protocol type that this service speaks.
const ProtocolWebSocket = "WEBSOCKET"

// Keys that AWS reserves among route keys and response keys.
const (
	RouteConnect    = "$connect"
	RouteDisconnect = "$disconnect"
	KeyDefault      = "$default"
)

// Route says what happens to one kind of event: the handshake ($connect), the
// end ($disconnect), or the messages whose selection expression yields RouteKey.
type Route struct {
	RouteID                          string                          `json:"routeId"`
	RouteKey                         string                          `json:"routeKey"`
	Target                           string                          `json:"target,omitempty"`
	AuthorizationType                string                          `json:"authorizationType"`
	AuthorizationScopes              []string                        `json:"authorizationScopes,omitempty"`
	AuthorizerID                     string                          `json:"authorizerId,omitempty"`
	APIKeyRequired                   bool                            `json:"apiKeyRequired"`
	ModelSelectionExpression         string                          `json:"modelSelectionExpression,omitempty"`
	OperationName                    string                          `json:"operationName,omitempty"`
	RequestModels                    map[string]string               `json:"requestModels,omitempty"`
	RequestParameters                map[string]ParameterConstraints `json:"requestParameters,omitempty"`
	RouteResponseSelectionExpression string                          `json:"routeResponseSelectionExpression,omitempty"`
	Responses                        []RouteResponse                 `json:"routeResponses,omitempty"`
}

// Values of Route.AuthorizationType. AuthorizationJWT is an extension of
// pasarela on WebSocket APIs: AWS knows it for HTTP APIs only.
const (
	AuthorizationNone   = "NONE"
	AuthorizationIAM    = "AWS_IAM"
	AuthorizationCustom = "CUSTOM"
	AuthorizationJWT    = "JWT"
)

// IntegrationID is the integration that Target ("integrations/{id}") names, ""
// for a route without one.
func (r *Route) IntegrationID() string {
	const prefix = "integrations/"
	if len(r.Target) > len(prefix) && r.Target[:len(prefix)] == prefix {
		return r.Target[len(prefix):]
	}
	return ""
}

// TwoWay says whether clients get an answer on this route: they do when a
// $default route response exists (aws-dataplane §5.1).
func (r *Route) TwoWay() bool {
	for i := range r.Responses {
		if r.Responses[i].RouteResponseKey == KeyDefault {
			return true
		}
	}
	return false
}

// ParameterConstraints says whether a declared request parameter is required.
type ParameterConstraints struct {
	Required bool `json:"required"`
}

// RouteResponse makes its route two-way. Only the key $default exists.
type RouteResponse struct {
	RouteResponseID          string                          `json:"routeResponseId"`
	RouteResponseKey         string                          `json:"routeResponseKey"`
	ModelSelectionExpression string                          `json:"modelSelectionExpression,omitempty"`
	ResponseModels           map[string]string               `json:"responseModels,omitempty"`
	ResponseParameters       map[string]ParameterConstraints `json:"responseParameters,omitempty"`
}

// Integration is a backend and how it is called.
type Integration struct {
	IntegrationID           string                `json:"integrationId"`
	IntegrationType         string                `json:"integrationType"`
	IntegrationMethod       string                `json:"integrationMethod,omitempty"`
	IntegrationURI          string                `json:"integrationUri,omitempty"`
	ConnectionType          string                `json:"connectionType"`
	ConnectionID            string                `json:"connectionId,omitempty"`
	ContentHandlingStrategy string                `json:"contentHandlingStrategy,omitempty"`
	CredentialsARN          string                `json:"credentialsArn,omitempty"`
	Description             string                `json:"description,omitempty"`
	PassthroughBehavior     string                `json:"passthroughBehavior"`
	PayloadFormatVersion    string                `json:"payloadFormatVersion"`
	RequestParameters       map[string]string     `json:"requestParameters,omitempty"`
	RequestTemplates        map[string]string     `json:"requestTemplates,omitempty"`
	TemplateSelectionExpr   string                `json:"templateSelectionExpression,omitempty"`
	TimeoutInMillis         int                   `json:"timeoutInMillis"`
	TLSConfig               *TLSConfig            `json:"tlsConfig,omitempty"`
	Responses               []IntegrationResponse `json:"integrationResponses,omitempty"`
}

// Values of Integration.ConnectionType.
const (
	ConnectionInternet = "INTERNET"
	ConnectionVPCLink  = "VPC_LINK"
)

// Values of Integration.PassthroughBehavior.
const (
	PassthroughWhenNoMatch     = "WHEN_NO_MATCH"
	PassthroughWhenNoTemplates = "WHEN_NO_TEMPLATES"
	PassthroughNever           = "NEVER"
)

// Values of ContentHandlingStrategy on integrations and their responses.
const (
	ConvertToBinary = "CONVERT_TO_BINARY"
	ConvertToText   = "CONVERT_TO_TEXT"
)

// TLSConfig names the host that a backend's certificate must be for.
type TLSConfig struct {
	ServerNameToVerify string `json:"serverNameToVerify,omitempty"`
}

// IntegrationResponse says how one kind of backend response is mapped.
type IntegrationResponse struct {
	IntegrationResponseID   string            `json:"integrationResponseId"`
	IntegrationResponseKey  string            `json:"integrationResponseKey"`
	ContentHandlingStrategy string            `json:"contentHandlingStrategy,omitempty"`
	ResponseParameters      map[string]string `json:"responseParameters,omitempty"`
	ResponseTemplates       map[string]string `json:"responseTemplates,omitempty"`
	TemplateSelectionExpr   string            `json:"templateSelectionExpression,omitempty"`
}

// Model is a JSON Schema (draft-04) by name. Schema is its text, at most 32 KiB.
type Model struct {
	ModelID     string `json:"modelId"`
	Name        string `json:"name"`
	ContentType string `json:"contentType,omitempty"`
	Description string `json:"description,omitempty"`
	Schema      string `json:"schema,omitempty"`
}

// Authorizer decides at $connect. AuthorizerType is REQUEST; JWT is pasarela's
// extension (see AuthorizationJWT).
type Authorizer struct {
	AuthorizerID                 string            `json:"authorizerId"`
	Name                         string            `json:"name"`
	AuthorizerType               string            `json:"authorizerType"`
	AuthorizerURI                string            `json:"authorizerUri,omitempty"`
	AuthorizerCredentialsARN     string            `json:"authorizerCredentialsArn,omitempty"`
	AuthorizerResultTTLInSeconds int               `json:"authorizerResultTtlInSeconds,omitempty"`
	IdentitySource               []string          `json:"identitySource,omitempty"`
	IdentityValidationExpression string            `json:"identityValidationExpression,omitempty"`
	JWTConfiguration             *JWTConfiguration `json:"jwtConfiguration,omitempty"`
}

// Values of Authorizer.AuthorizerType.
const (
	AuthorizerRequest = "REQUEST"
	AuthorizerJWT     = "JWT"
)

// JWTConfiguration names whose tokens a JWT authorizer accepts.
type JWTConfiguration struct {
	Audience []string `json:"audience,omitempty"`
	Issuer   string   `json:"issuer,omitempty"`
}

// Definition is what a deployment freezes: everything about an API that affects
// clients, except the settings of its stages.
type Definition struct {
	API          API           `json:"api"`
	Routes       []Route       `json:"routes,omitempty"`
	Integrations []Integration `json:"integrations,omitempty"`
	Models       []Model       `json:"models,omitempty"`
	Authorizers  []Authorizer  `json:"authorizers,omitempty"`
}

// APIDocument is one API as it is kept: its Definition as last edited, its
// stages, and the index of its deployments. One document, so that a cascade or a
// concurrent edit is one compare-and-set. Its key is [APIDocumentKey].
type APIDocument struct {
	Definition
	Stages      []Stage      `json:"stages,omitempty"`
	Deployments []Deployment `json:"deployments,omitempty"`

	// Edits counts the changes of Definition; AutoDeployed is the count at the
	// last automatic deployment. By their difference a node knows, also after a
	// crash, that stages with AutoDeploy are behind.
	Edits        uint64 `json:"edits,omitempty"`
	AutoDeployed uint64 `json:"autoDeployed,omitempty"`
	// Frozen is the count of edits that each deployment froze, by its id; older
	// deployments are not in it. It says whether Definition is still what was frozen.
	Frozen map[string]uint64 `json:"frozen,omitempty"`
}

// NoteFrozen notes that a deployment froze the definition as it was after that
// many edits.
func (d *APIDocument) NoteFrozen(deploymentID string, edits uint64) {
	if d.Frozen == nil {
		d.Frozen = map[string]uint64{}
	}
	d.Frozen[deploymentID] = edits
}

// ForgetFrozen removes the note of [APIDocument.NoteFrozen], for a deployment
// that is deleted.
func (d *APIDocument) ForgetFrozen(deploymentID string) { delete(d.Frozen, deploymentID) }

// FrozenIsDraft says whether Definition is known to be what a deployment froze;
// false when that is not known.
func (d *APIDocument) FrozenIsDraft(deploymentID string) bool {
	edits, known := d.Frozen[deploymentID]
	return known && edits == d.Edits
}

// Lags says whether some stage deploys automatically and does not have the last
// edit.
func (d *APIDocument) Lags() bool {
	for i := range d.Stages {
		if d.Stages[i].AutoDeploys() && d.AutoDeployed < d.Edits {
			return true
		}
	}
	return false
}

// Stage returns the stage of that name, nil when the API has none.
func (d *APIDocument) Stage(name string) *Stage {
	for i := range d.Stages {
		if d.Stages[i].StageName == name {
			return &d.Stages[i]
		}
	}
	return nil
}
