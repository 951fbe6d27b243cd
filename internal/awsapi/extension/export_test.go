package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// Operations is the table, to be held against the documentation and the tests.
func Operations() []wire.Operation { return Services{}.operations() }

// Bounds that tests go to.
const (
	MaxFile     = maxFile
	MaxTemplate = maxTemplate
)

// CheckPolicy is the operation without its wire.
func CheckPolicy(ctx context.Context, kind, document string) ([]Fault, error) {
	out, err := checkPolicy(ctx, checkPolicyInput{kind, document})
	return out.Faults, err
}
