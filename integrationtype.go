package pasarela

// Values of Integration.IntegrationType.
const (
	IntegrationHTTP      = "HTTP"
	IntegrationHTTPProxy = "HTTP_PROXY"
	IntegrationAWS       = "AWS"
	IntegrationAWSProxy  = "AWS_PROXY"
	IntegrationMock      = "MOCK"
)

// IntegrationType has the properties of a type of integration that several packages
// need. internal/dataplane/integration has a row for how a type is called, the
// console's Integrations.tsx one for how it is named.
type IntegrationType struct {
	Name string // the value of Integration.IntegrationType
	// Proxy: the backend's response goes back as it is, without integration responses
	// and templates (aws-dataplane §4.1).
	Proxy bool
	// Backend: a call leaves the gateway, so that the integration needs an address, a
	// method and a role.
	Backend bool
	// AWS: the address is the ARN of an action of an AWS service (aws-dataplane §4.1).
	AWS bool
	// Selection is the integrationResponseSelectionExpression, which follows from the
	// type; empty: the type has no integration responses.
	Selection string
}

// IntegrationTypes is the table of the types that WebSocket APIs have, in the order of
// the service model.
var IntegrationTypes = []IntegrationType{
	{Name: IntegrationAWS, Backend: true, AWS: true, Selection: "${integration.response.body.errorMessage}"},
	{Name: IntegrationHTTP, Backend: true, Selection: "${integration.response.statuscode}"},
	{Name: IntegrationMock, Selection: "${integration.response.statuscode}"},
	{Name: IntegrationHTTPProxy, Backend: true, Proxy: true},
	{Name: IntegrationAWSProxy, Backend: true, Proxy: true, AWS: true},
}

// Type is the row of the integration's type; its Name is empty for an unknown
// type.
func (i *Integration) Type() IntegrationType {
	for n := range IntegrationTypes {
		if IntegrationTypes[n].Name == i.IntegrationType {
			return IntegrationTypes[n]
		}
	}
	return IntegrationType{}
}

// IntegrationTypeNames are the names of the table.
func IntegrationTypeNames() []string {
	names := make([]string, len(IntegrationTypes))
	for n := range IntegrationTypes {
		names[n] = IntegrationTypes[n].Name
	}
	return names
}
