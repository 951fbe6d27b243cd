package lambda

import (
	"context"
	"maps"

	"github.com/pasarela-ws/pasarela"
)

// PutFunctionConcurrency reserves concurrency: 0 throttles every invocation.
func (s *Service) PutFunctionConcurrency(ctx context.Context, in PutConcurrencyInput) (Concurrency, error) {
	if in.Reserved == nil || *in.Reserved < 0 {
		return Concurrency{}, invalid("1 validation error detected: Value at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must be a number of 0 or more")
	}
	return in.Concurrency, s.setConcurrency(ctx, in.FunctionName, in.Reserved)
}

// DeleteFunctionConcurrency takes a reservation back.
func (s *Service) DeleteFunctionConcurrency(ctx context.Context, in WholeFunctionInput) error {
	return s.setConcurrency(ctx, in.FunctionName, nil)
}

func (s *Service) setConcurrency(ctx context.Context, functionName string, reserved *int) error {
	r, err := s.Refer(functionName, "")
	if err != nil {
		return err
	}
	_, err = s.change(ctx, r, func(f *pasarela.Function) error {
		f.Concurrency = reserved
		return nil
	})
	return err
}

// GetFunctionConcurrency reads what is reserved.
func (s *Service) GetFunctionConcurrency(ctx context.Context, in WholeFunctionInput) (Concurrency, error) {
	f, _, _, err := s.version(ctx, FunctionInput{FunctionName: in.FunctionName})
	if err != nil {
		return Concurrency{}, err
	}
	return Concurrency{f.Concurrency}, nil
}

// SigningOutput is what GetFunctionCodeSigningConfig returns.
type SigningOutput struct {
	FunctionName string `json:"FunctionName"`
}

// GetFunctionCodeSigningConfig says that a function has none: code is not signed here.
func (s *Service) GetFunctionCodeSigningConfig(ctx context.Context, in WholeFunctionInput) (SigningOutput, error) {
	f, _, _, err := s.version(ctx, FunctionInput{FunctionName: in.FunctionName})
	if err != nil {
		return SigningOutput{}, err
	}
	return SigningOutput{f.Name}, nil
}

// ListTags reads the tags of a function.
func (s *Service) ListTags(ctx context.Context, in TagsInput) (TagsOutput, error) {
	f, _, _, err := s.version(ctx, FunctionInput{FunctionName: in.Resource})
	if err != nil {
		return TagsOutput{}, err
	}
	tags := f.Tags
	if tags == nil {
		tags = map[string]string{}
	}
	return TagsOutput{tags}, nil
}

// TagResource adds tags to a function.
func (s *Service) TagResource(ctx context.Context, in TagInput) error {
	return s.changeTags(ctx, in.Resource, func(tags map[string]string) { maps.Copy(tags, in.Tags) })
}

// UntagResource takes tags away.
func (s *Service) UntagResource(ctx context.Context, in UntagInput) error {
	return s.changeTags(ctx, in.Resource, func(tags map[string]string) {
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
	})
}

const maxTags = 50

func (s *Service) changeTags(ctx context.Context, arn string, change func(map[string]string)) error {
	r, err := s.Refer(arn, "")
	if err != nil {
		return err
	}
	_, err = s.change(ctx, r, func(f *pasarela.Function) error {
		if f.Tags == nil {
			f.Tags = map[string]string{}
		}
		change(f.Tags)
		if len(f.Tags) > maxTags {
			return invalid("A function can have up to %d tags.", maxTags)
		}
		return nil
	})
	return err
}
