package extension

import "context"

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
