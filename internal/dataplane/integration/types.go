package integration

import (
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
)

// kind is how integrations of one type are compiled and invoked.
type kind struct {
	// address reads integrationUri, in which stage variables are replaced. unset are
	// those that the stage does not have. nil: the type has no address.
	address func(i *Integration, text string, unset []string)
	invoke  func(i *Integration, x *Invocation) *execution.GatewayError
}

// kinds has a row for every one of [pasarela.IntegrationTypes].
var kinds = map[string]kind{
	pasarela.IntegrationHTTP:      {(*Integration).httpAddress, (*Integration).http},
	pasarela.IntegrationHTTPProxy: {(*Integration).httpAddress, (*Integration).http},
	pasarela.IntegrationAWS:       {(*Integration).serviceAddress, (*Integration).aws},
	pasarela.IntegrationAWSProxy:  {(*Integration).functionAddress, (*Integration).aws},
	pasarela.IntegrationMock:      {nil, (*Integration).mock},
}

func (i *Integration) httpAddress(text string, unset []string) {
	i.uri = compileURI(text)
	i.tls = clientTLS(i.def, i.env.Certificate)
	if i.def.ConnectionType != pasarela.ConnectionVPCLink {
		i.setDefect("integrationUri", checkAddress(text), unset)
	}
}

func (i *Integration) serviceAddress(text string, unset []string) {
	var err error
	i.target.URI, err = awsuri.ParseService(text)
	i.setDefect("integrationUri", err, unset)
}

func (i *Integration) functionAddress(text string, unset []string) {
	var err error
	i.target.URI, err = awsuri.ParseFunction(text)
	i.setDefect("integrationUri", err, unset)
}
