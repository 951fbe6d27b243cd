package cloudformation

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

// deploymentConfig is how AWS waits for resources; here each is there when it is made.
type deploymentConfig struct {
	Mode            string `aws:"Mode"`
	DisableRollback bool   `aws:"DisableRollback"`
}

type createInput struct {
	stack.CreateStackInput
	refusedDirect
	DeploymentConfig deploymentConfig `aws:"DeploymentConfig"`
}

type updateInput struct {
	stack.UpdateStackInput
	refusedUpdate
	DeploymentConfig deploymentConfig `aws:"DeploymentConfig"`
}

type startedOutput struct {
	StackID     string `aws:"StackId"`
	OperationID string `aws:"OperationId"`
}

func started(s *stack.Stack) startedOutput {
	out := startedOutput{StackID: s.ID}
	if s.Operation != nil {
		out.OperationID = s.Operation.ID
	}
	return out
}

type cancelInput struct {
	StackName   string `aws:"StackName"`
	ClientToken string `aws:"ClientRequestToken"`
}

type stackInput struct {
	StackName string `aws:"StackName"`
}

type protectInput struct {
	StackName string `aws:"StackName"`
	On        bool   `aws:"EnableTerminationProtection"`
}

type stackIDOutput struct {
	StackID string `aws:"StackId"`
}

type continueInput struct {
	StackName       string   `aws:"StackName"`
	RoleARN         string   `aws:"RoleARN"`
	ClientToken     string   `aws:"ClientRequestToken"`
	ResourcesToSkip []string `aws:"ResourcesToSkip"`
}

type nothing struct{}

// changing are the operations that begin a change.
func (o *operations) changing() []wire.QueryOperation {
	return []wire.QueryOperation{
		wire.QueryReply("CreateStack", func(ctx context.Context, in createInput) wire.Target {
			return desired(o.on(ctx, in.StackName), in.DesiredInput)
		}, o.createStack),
		wire.QueryReply("UpdateStack", func(ctx context.Context, in updateInput) wire.Target {
			return desired(o.on(ctx, in.StackName), in.DesiredInput)
		}, o.updateStack),
		wire.QueryVoid("DeleteStack", func(ctx context.Context, in stack.DeleteStackInput) wire.Target {
			return key(o.on(ctx, in.StackName), "cloudformation:rolearn", in.RoleARN)
		}, func(ctx context.Context, in stack.DeleteStackInput) error {
			who, err := caller(ctx)
			if err != nil {
				return err
			}
			return o.DeleteStack(ctx, who, in)
		}),
		wire.QueryVoid("CancelUpdateStack", func(ctx context.Context, in cancelInput) wire.Target { return o.on(ctx, in.StackName) },
			func(ctx context.Context, in cancelInput) error { return o.CancelUpdate(ctx, in.StackName) }),
		wire.QueryReply("ContinueUpdateRollback", func(ctx context.Context, in continueInput) wire.Target {
			return key(o.on(ctx, in.StackName), "cloudformation:rolearn", in.RoleARN)
		}, o.continueRollback),
		wire.QueryReply("UpdateTerminationProtection", func(ctx context.Context, in protectInput) wire.Target { return o.on(ctx, in.StackName) },
			func(ctx context.Context, in protectInput) (stackIDOutput, error) {
				s, err := o.Protect(ctx, in.StackName, in.On)
				if err != nil {
					return stackIDOutput{}, err
				}
				return stackIDOutput{s.ID}, nil
			}),
	}
}

func (o *operations) createStack(ctx context.Context, in createInput) (startedOutput, error) {
	return direct(ctx, in.check, &in.DisableRollback, in.DeploymentConfig, func(who pasarela.Principal) (*stack.Stack, error) {
		return o.CreateStack(ctx, who, in.CreateStackInput)
	})
}

func (o *operations) updateStack(ctx context.Context, in updateInput) (startedOutput, error) {
	return direct(ctx, in.check, &in.DisableRollback, in.DeploymentConfig, func(who pasarela.Principal) (*stack.Stack, error) {
		return o.UpdateStack(ctx, who, in.UpdateStackInput)
	})
}

// direct begins an operation without a change set. check refuses what is not served here;
// that nothing is rolled back may be said in two members of the input.
func direct(ctx context.Context, check func() error, disableRollback *bool, config deploymentConfig, begin func(pasarela.Principal) (*stack.Stack, error)) (startedOutput, error) {
	who, err := caller(ctx)
	if err == nil {
		err = check()
	}
	if err != nil {
		return startedOutput{}, err
	}
	*disableRollback = *disableRollback || config.DisableRollback
	s, err := begin(who)
	if err != nil {
		return startedOutput{}, err
	}
	return started(s), nil
}

func (o *operations) continueRollback(ctx context.Context, in continueInput) (nothing, error) {
	who, err := caller(ctx)
	if err != nil {
		return nothing{}, err
	}
	if len(in.ResourcesToSkip) > 0 {
		return nothing{}, notServed("ResourcesToSkip", "a rollback here skips nothing; repair what its event names and continue.")
	}
	return nothing{}, o.ContinueRollback(ctx, who, in.StackName, in.RoleARN, in.ClientToken)
}
