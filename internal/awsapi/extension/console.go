package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// Console is the web console of the node.
type Console interface {
	// SignInURL makes an address that signs a browser on the node's machine in with
	// that long-term access key, once.
	SignInURL(accessKeyID string) (string, error)
}

type signInOutput struct {
	URL string `json:"url"`
}

// signIn returns an address for the caller's own key: it gives no more rights than the
// key that signed the call (A-CONSOLE-1).
func (s Services) signIn(ctx context.Context, _ struct{}) (signInOutput, error) {
	call, ok := wire.CallFrom(ctx)
	if !ok || call.Principal.Type == pasarela.PrincipalSession {
		return signInOutput{}, pasarela.Errorf(pasarela.CodeBadRequest, "An address to sign in by is made for long-term access keys; enter temporary credentials on the console's page.")
	}
	url, err := s.Console.SignInURL(call.Principal.AccessKeyID)
	if err != nil {
		return signInOutput{}, pasarela.Errorf(pasarela.CodeBadRequest, "%v", err)
	}
	return signInOutput{url}, nil
}
