package apis

import (
	"context"
	"fmt"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Grow gives an API n routes with their integrations in one write.
func Grow(ctx context.Context, bucket pasarela.Bucket, apiID string, n int) error {
	_, err := document.NewStore[pasarela.APIDocument](bucket).Update(ctx, pasarela.APIDocumentKey(apiID), func(doc *pasarela.APIDocument) error {
		for i := range n {
			id := fmt.Sprintf("i%06d", i)
			doc.Integrations = append(doc.Integrations, pasarela.Integration{
				IntegrationID: id, IntegrationType: pasarela.IntegrationHTTP, IntegrationMethod: "POST", IntegrationURI: "http://backend/" + id,
				ConnectionType: "INTERNET", PassthroughBehavior: "WHEN_NO_MATCH", PayloadFormatVersion: "1.0", TimeoutInMillis: 29000,
				RequestTemplates: map[string]string{"$default": `{"id":"$context.connectionId","body":$input.json('$')}`},
				Responses:        []pasarela.IntegrationResponse{{IntegrationResponseID: id, IntegrationResponseKey: "$default"}},
			})
			doc.Routes = append(doc.Routes, pasarela.Route{RouteID: fmt.Sprintf("r%06d", i), RouteKey: fmt.Sprint("key", i), AuthorizationType: "NONE", Target: "integrations/" + id})
		}
		return nil
	})
	return err
}

// LeaveDefinition leaves what an interrupted DeleteApi leaves.
func LeaveDefinition(ctx context.Context, s *Service, apiID, deploymentID string) error {
	_, err := s.definitions.Create(ctx, pasarela.DeploymentKey(apiID, deploymentID), &pasarela.Definition{})
	return err
}
