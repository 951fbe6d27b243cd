package stack

import (
	"context"
	"slices"
	"time"
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// Export is a value that other stacks may import: the name is unique among all stacks.
type Export struct{ Name, Value, StackID string }

// exports are all exports by name.
func (s *Service) exports(ctx context.Context) (map[string]Export, error) {
	stacks, err := s.all(ctx)
	found := map[string]Export{}
	for _, stack := range stacks {
		for _, output := range stack.Outputs {
			if output.ExportName != "" {
				found[output.ExportName] = Export{output.ExportName, output.Value, stack.ID}
			}
		}
	}
	return found, err
}

// importers are the names of the stacks that import an export, sorted.
func (s *Service) importers(ctx context.Context, name string) ([]string, error) {
	stacks, err := s.all(ctx)
	var names []string
	for _, stack := range stacks {
		if slices.Contains(stack.Imports, name) {
			names = append(names, stack.Name)
		}
	}
	return names, err
}

// checkExports holds that the outputs of a stack export no name of another's, and keep
// what others import.
func (s *Service) checkExports(ctx context.Context, stack Stack, outputs []Output) error {
	exports, err := s.exports(ctx)
	if err != nil {
		return err
	}
	kept := map[string]string{}
	for _, output := range outputs {
		if output.ExportName == "" {
			continue
		}
		if other, there := exports[output.ExportName]; there && other.StackID != stack.ID {
			owner, _, _ := nameOf(other.StackID)
			return sentence("Export with name %s is already exported by stack %s", output.ExportName, owner)
		}
		if _, twice := kept[output.ExportName]; twice {
			return sentence("Duplicate Export names [%s]", output.ExportName)
		}
		kept[output.ExportName] = output.Value
	}
	return s.checkImporters(ctx, stack, func(output Output) string {
		value, there := kept[output.ExportName]
		switch {
		case !there:
			return "deleted"
		case value != output.Value:
			return "updated"
		}
		return ""
	})
}

// checkImporters refuses what change does to exports that others import: "deleted" or
// "updated", "" for nothing.
func (s *Service) checkImporters(ctx context.Context, stack Stack, change func(Output) string) error {
	for _, output := range stack.Outputs {
		if output.ExportName == "" {
			continue
		}
		what := change(output)
		if what == "" {
			continue
		}
		users, err := s.importers(ctx, output.ExportName)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return sentence("Export %s cannot be %s as it is in use by %s", output.ExportName, what, users[0])
		}
	}
	return nil
}
