package extension

import "context"

// Bounds that tests go to.
var (
	MaxFile     = maxFile
	MaxTemplate = maxTemplate
)

// CheckPolicy is the operation without its wire.
func CheckPolicy(ctx context.Context, kind, document string) ([]fault, error) {
	out, err := checkPolicy(ctx, checkPolicyInput{Kind: kind, Document: document})
	return out.Faults, err
}
