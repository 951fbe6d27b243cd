package stack_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// previewed makes a change set of stack s with those of nested stacks.
func previewed(t *testing.T, s *stack.Service, name, kind, text string) *stack.ChangeSet {
	t.Helper()
	set, err := s.CreateChangeSet(t.Context(), who, stack.CreateChangeSetInput{
		ChangedInput: stack.ChangedInput{DesiredInput: body(text)}, ChangeSetName: name, ChangeSetType: kind, IncludeNested: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// nestedOf is the change set of the nested stack with that logical id.
func nestedOf(t *testing.T, s *stack.Service, set *stack.ChangeSet, id string) *stack.ChangeSet {
	t.Helper()
	for _, change := range set.Changes {
		if change.LogicalID != id {
			continue
		}
		below, err := s.ChangeSet(t.Context(), change.ChangeSetID, change.PhysicalID)
		if err != nil {
			t.Fatal(err)
		}
		return below
	}
	t.Fatalf("%s changes no %s: %+v", set.Name, id, set.Changes)
	return nil
}

func execute(t *testing.T, s *stack.Service, set *stack.ChangeSet) *stack.Stack {
	t.Helper()
	if err := s.ExecuteChangeSet(t.Context(), who, stack.ExecuteChangeSetInput{ChangeSetName: set.ID}); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return see(t, s, set.StackID)
}

// nothingInReview says that the stacks there are have all been made.
func nothingInReview(t *testing.T, s *stack.Service, want int) {
	t.Helper()
	all, err := s.Stacks(t.Context(), "")
	if err != nil || len(all) != want {
		t.Errorf("there are %d stacks, want %d, %v", len(all), want, err)
	}
	for _, each := range all {
		if each.Status == "REVIEW_IN_PROGRESS" {
			t.Errorf("%s is in review", each.Name)
		}
	}
}

// A change set shows what changes in nested stacks, three deep, and is executed and deleted
// as one (A-STACK-19).
func TestChangeSetsOfNestedStacks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := nesting(t, w, memory.NewBucket())
		middle := func(key string) string {
			return strings.ReplaceAll(parentTemplate(key, "Size: 2"), "Name: !GetAtt Below.Outputs.Name", "Name: middle") + "Outputs: {Name: {Value: !GetAtt Below.Outputs.Name}}\n"
		}
		w.params["middle1"], w.params["middle2"] = middle("first"), middle("second")
		for _, name := range []string{"middle1", "middle2"} {
			w.params[name] = "Parameters: {Size: {Type: Number}}\n" + w.params[name]
		}

		set := previewed(t, s, "make", "CREATE", parentTemplate("middle1", "Size: 1"))
		below := nestedOf(t, s, set, "Below")
		lowest := nestedOf(t, s, below, "Below")
		if set.Status != "CREATE_COMPLETE" || below.ParentID != set.ID || below.RootID != set.ID || lowest.ParentID != below.ID || lowest.RootID != set.ID {
			t.Fatalf("the tree: %+v\n%+v\n%+v", set, below, lowest)
		}
		if len(lowest.Changes) != 1 || lowest.Changes[0].Action != "Add" || !strings.Contains(lowest.Changes[0].After, `"Name":"one"`) || !strings.HasPrefix(lowest.Name, "make-Below-") {
			t.Errorf("the lowest shows %+v", lowest.Changes)
		}
		if child := see(t, s, below.StackID); child.Status != "REVIEW_IN_PROGRESS" || child.ParentID != set.StackID {
			t.Errorf("the nested stack is %s of %s", child.Status, child.ParentID)
		}
		var refused *pasarela.Error
		for _, err := range []error{
			s.ExecuteChangeSet(t.Context(), who, stack.ExecuteChangeSetInput{ChangeSetName: lowest.ID}),
			s.DeleteChangeSet(t.Context(), lowest.ID, ""),
		} {
			if !errors.As(err, &refused) || refused.Code != stack.CodeInvalidChangeSetStatus || !strings.Contains(refused.Message, set.ID) {
				t.Errorf("a nested one by itself: %v", err)
			}
		}
		wants(t, execute(t, s, set), "CREATE_COMPLETE", w, "middle 2 ", "of-one 1 ", "one 3 ")
		nothingInReview(t, s, 3)
		if made := see(t, s, below.StackID); made.Status != "CREATE_COMPLETE" || made.ChangeSetID != below.ID {
			t.Errorf("the nested stack is %s by %s", made.Status, made.ChangeSetID)
		}
		if now := see(t, s, "s").Resources["Below"].ID; now != below.StackID {
			t.Errorf("another was made: %s", now)
		}

		set = previewed(t, s, "change", "UPDATE", parentTemplate("middle2", "Size: 1"))
		lowest = nestedOf(t, s, nestedOf(t, s, set, "Below"), "Below")
		if len(lowest.Changes) != 1 || lowest.Changes[0].Action != "Modify" || lowest.Changes[0].LogicalID != "A" || !strings.Contains(lowest.Changes[0].After, `"Name":"two"`) {
			t.Errorf("the lowest shows %+v", lowest.Changes)
		}
		w.params["second"] = childTemplate("three", "") // what was looked at is carried out
		wants(t, execute(t, s, set), "UPDATE_COMPLETE", w, "middle 2 ", "of-two 1 ", "two 3 ")
		if again := previewed(t, s, "again", "UPDATE", parentTemplate("middle2", "Size: 1")); again.Status != "FAILED" || !strings.Contains(again.StatusReason, "didn't contain changes") {
			t.Errorf("the same again: %s %s", again.Status, again.StatusReason)
		}
	})
}

// What change sets have made goes with them, with their stack, and with an operation that
// failed before it came to them.
func TestNestedChangeSetsGoWithTheirRoot(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *stack.Service, set *stack.ChangeSet){
		"deleted": func(t *testing.T, s *stack.Service, set *stack.ChangeSet) {
			if err := s.DeleteChangeSet(t.Context(), set.ID, ""); err != nil {
				t.Fatal(err)
			}
		},
		"the stack is deleted": func(t *testing.T, s *stack.Service, set *stack.ChangeSet) {
			if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "s"}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		},
		"the operation fails": func(t *testing.T, s *stack.Service, set *stack.ChangeSet) {
			if made := execute(t, s, set); made.Status != "ROLLBACK_COMPLETE" {
				t.Errorf("it is %s", made.Status)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := nesting(t, w, memory.NewBucket())
				text := parentTemplate("first", "Size: 1") + "  First: {Type: AWS::Test::Thing, Properties: {Name: x, Fail: create}}\n"
				set := previewed(t, s, "c", "CREATE", strings.Replace(text, "Type: AWS::CloudFormation::Stack,", "Type: AWS::CloudFormation::Stack, DependsOn: First,", 1))
				below := nestedOf(t, s, set, "Below")
				end(t, s, set)
				if _, err := s.ChangeSet(t.Context(), below.ID, ""); err == nil {
					t.Error("the nested change set is left")
				}
				all, err := s.Stacks(t.Context(), "")
				for _, each := range all {
					if each.Name != "s" {
						t.Errorf("%s is left in %s, %v", each.Name, each.Status, err)
					}
				}
			})
		})
	}
}

// What depends on resources that are not there yet is told as such; where the whole preview
// depends on it there is none, and the stack comes up all the same.
func TestWhatANestedChangeSetCannotKnow(t *testing.T) {
	const uses = "Parameters: {Arn: {Type: String, AllowedPattern: 'arn:.*'}}\n"
	const thing = "Resources: {A: {Type: AWS::Test::Thing, Properties: {Name: !Sub 'n-${Arn}'}}}\n"
	for name, c := range map[string]struct {
		template string
		shown    bool
	}{
		"a property":  {uses + thing, true},
		"a condition": {uses + "Conditions: {C: !Equals [!Ref Arn, arn:x]}\n" + thing, false},
		"a rule":      {uses + "Rules: {R: {Assertions: [{Assert: !Not [!Equals [!Ref Arn, arn:x]]}]}}\n" + thing, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := nesting(t, w, memory.NewBucket())
				w.params["uses"] = c.template
				set := previewed(t, s, "c", "CREATE", `Resources:
  First: {Type: AWS::Test::Thing, Properties: {Name: first}}
  Below: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.us-east-1.amazonaws.com/b/uses', Parameters: {Arn: !GetAtt First.Arn}}}
`)
				if set.Status != "CREATE_COMPLETE" || (set.Changes[0].ChangeSetID != "") != c.shown {
					t.Fatalf("%s %s: %+v", set.Status, set.StatusReason, set.Changes[0])
				}
				if c.shown {
					below := nestedOf(t, s, set, "Below")
					if values := s.Parameters(below.Input); len(values) != 1 || values[0].Value != "{{changeSet:KNOWN_AFTER_APPLY}}" || below.Status != "CREATE_COMPLETE" {
						t.Errorf("%s: the parameters are %+v", below.Status, values)
					}
				}
				wants(t, execute(t, s, set), "CREATE_COMPLETE", w, "first <nil> ", "n-arn:thing:thing1 <nil> ")
				nothingInReview(t, s, 2)
			})
		})
	}
}

// A nested template that cannot be carried out fails the whole change set, which names it.
func TestANestedChangeSetThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := nesting(t, w, memory.NewBucket())
		for template, want := range map[string]string{
			"Parameters: {Size: {Type: Number}}\nResources: {A: {Type: AWS::Not::There}}":                                         "Unrecognized resource types: [AWS::Not::There]",
			"Parameters: {Size: {Type: Number}}\nResources: {A: {Type: AWS::Test::Thing, Properties: {Unknown: 1}}}":              "Properties validation failed for resource A",
			"Parameters: {Size: {Type: Number}, Other: {Type: String}}\nResources: {A: {Type: AWS::Test::Thing, Properties: {}}}": "Parameters: [Other] must have values",
			"": "S3 error",
		} {
			if w.params["wrong"] = template; template == "" {
				delete(w.params, "wrong")
			}
			set := previewed(t, s, "c", "CREATE", parentTemplate("wrong", "Size: 1"))
			below := nestedOf(t, s, set, "Below")
			if set.Status != "FAILED" || set.StatusReason != "Nested change set "+below.ID+" was not successfully created: Currently in FAILED." || below.Status != "FAILED" || !strings.Contains(below.StatusReason, want) {
				t.Errorf("%q: %s %s, below it %s %s", want, set.Status, set.StatusReason, below.Status, below.StatusReason)
			}
			if err := s.ExecuteChangeSet(t.Context(), who, stack.ExecuteChangeSetInput{ChangeSetName: set.ID}); err == nil {
				t.Error("it is executed")
			}
			if err := s.DeleteChangeSet(t.Context(), set.ID, ""); err != nil {
				t.Fatal(err)
			}
		}
		w.params["itself"] = "Parameters: {Size: {Type: Number}}\n" + parentTemplate("itself", "Size: 1") + "Outputs: {Name: {Value: x}}\n"
		if set := previewed(t, s, "deep", "CREATE", parentTemplate("itself", "Size: 1")); set.Status != "FAILED" {
			t.Errorf("a template that nests itself: %s", set.Status)
		}
		w.params["twice"] = "Parameters: {Size: {Type: Number}}\n" + parentTemplate("twice", "Size: 1") + strings.SplitAfterN(strings.ReplaceAll(parentTemplate("twice", "Size: 1"), "Below", "Below2"), "\n", 3)[1] + "Outputs: {Name: {Value: x}}\n"
		if set := previewed(t, s, "wide", "CREATE", parentTemplate("twice", "Size: 1")); set.Status != "FAILED" {
			t.Errorf("a template that nests itself twice: %s", set.Status)
		}
	})
}

// A node that ends while the change sets of a tree are executed leaves them to the next,
// which makes nothing twice.
func TestANestedChangeSetGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, bucket := newWorld(), memory.NewBucket()
		registry := nestingTypes(w)
		w.params["slow"] = childTemplate("slow", "")
		first, stop := start(t, w, bucket, "n1", registry)
		set := previewed(t, first, "c", "CREATE", parentTemplate("slow", "Size: 1"))
		below := nestedOf(t, first, set, "Below")
		go func() {
			_ = first.ExecuteChangeSet(t.Context(), who, stack.ExecuteChangeSetInput{ChangeSetName: set.ID})
		}()
		synctest.Wait()
		stop()
		close(w.hold)
		second, _ := start(t, w, bucket, "n1", registry)
		time.Sleep(time.Minute)
		wants(t, see(t, second, "s"), "CREATE_COMPLETE", w, "of-slow 1 ", "slow 3 ")
		nothingInReview(t, second, 2)
		if now := see(t, second, "s").Resources["Below"].ID; now != below.StackID {
			t.Errorf("another was made: %s", now)
		}
	})
}
