package stack_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// parentTemplate has a nested stack of the object at key, and a thing that knows its output.
func parentTemplate(key, rest string) string {
	return `Resources:
  Below: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.us-east-1.amazonaws.com/b/` + key + `', Parameters: {Size: 3}}}
  Beside: {Type: AWS::Test::Thing, Properties: {Name: !GetAtt Below.Outputs.Name, ` + rest + `}}
`
}

// childTemplate makes a thing of that name and says so.
func childTemplate(name, rest string) string {
	return `Parameters: {Size: {Type: Number}}
Resources:
  A: {Type: AWS::Test::Thing, Properties: {Name: ` + name + `, Size: !Ref Size, ` + rest + `}}
Outputs:
  Name: {Value: of-` + name + `}
`
}

// nesting is a service whose types have stacks among them.
func nesting(t *testing.T, w *world, bucket pasarela.Bucket) *stack.Service {
	t.Helper()
	w.params["first"], w.params["second"] = childTemplate("one", ""), childTemplate("two", "")
	w.params["broken"] = childTemplate("three", "Fail: create")
	s, _ := start(t, w, bucket, "n1", nestingTypes(w))
	return s
}

// nestingTypes are the test's own type and nested stacks.
func nestingTypes(w *world) *resource.Registry {
	thing, _ := w.types().Type("AWS::Test::Thing")
	nested, _ := types.All().Type("AWS::CloudFormation::Stack")
	return resource.NewRegistry([]resource.Type{*thing, *nested})
}

func TestNestedStacks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := nesting(t, w, memory.NewBucket())
		wants(t, create(t, s, parentTemplate("first", "Size: 1")), "CREATE_COMPLETE", w, "of-one 1 ", "one 3 ")
		parent := see(t, s, "s")
		child := see(t, s, parent.Resources["Below"].ID)
		if child.ParentID != parent.ID || child.RootID != parent.ID || !strings.HasPrefix(child.Name, "s-Below-") {
			t.Errorf("the nested stack is %s of %s, root %s", child.Name, child.ParentID, child.RootID)
		}
		if err := again(t, s, parentTemplate("first", "Size: 1")); err == nil || !strings.Contains(err.Error(), "No updates are to be performed") {
			t.Errorf("the same again: %v", err)
		}
		wants(t, update(t, s, parentTemplate("second", "Size: 1")), "UPDATE_COMPLETE", w, "of-two 1 ", "two 3 ")
		if now := see(t, s, "s").Resources["Below"].ID; now != child.ID {
			t.Errorf("an update has made %s of %s", now, child.ID)
		}
		wants(t, update(t, s, parentTemplate("first", "Size: 1, Fail: create")), "UPDATE_ROLLBACK_COMPLETE", w, "of-two 1 ", "two 3 ")
		broken := update(t, s, parentTemplate("broken", "Size: 1"))
		wants(t, broken, "UPDATE_ROLLBACK_COMPLETE", w, "of-two 1 ", "two 3 ")
		if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "s"}); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Stacks(t.Context(), ""); err != nil || len(all) > 0 || len(w.all()) > 0 {
			t.Errorf("left are %d stacks and %v, %v", len(all), w.all(), err)
		}
	})
}

// again is an update whose error is wanted.
func again(t *testing.T, s *stack.Service, text string) error {
	t.Helper()
	_, err := s.UpdateStack(t.Context(), who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: body(text)}})
	return err
}

// A nested stack that cannot be made takes its parent back, and the parent's event says
// what went wrong in it.
func TestANestedStackThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := nesting(t, w, memory.NewBucket())
		made := create(t, s, parentTemplate("broken", "Size: 1"))
		wants(t, made, "ROLLBACK_COMPLETE", w)
		reason := ""
		for _, e := range made.Events {
			if e.LogicalID == "Below" && e.Status == "CREATE_FAILED" {
				reason = e.Reason
			}
		}
		if !strings.HasPrefix(reason, "Embedded stack arn:aws:cloudformation:") || !strings.Contains(reason, "was not successfully created: The following resource(s) failed to create: [A].") {
			t.Errorf("the event says %q", reason)
		}
		if all, err := s.Stacks(t.Context(), ""); err != nil || len(all) != 1 {
			t.Errorf("there are %d stacks, %v", len(all), err)
		}
	})
}

// A node that ends leaves both stacks to the next, which makes nothing twice.
func TestANestedOperationGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, bucket := newWorld(), memory.NewBucket()
		registry := nestingTypes(w)
		w.params["slow"] = childTemplate("slow", "")
		first, stop := start(t, w, bucket, "n1", registry)
		go func() {
			_, _ = first.CreateStack(t.Context(), who, stack.CreateStackInput{DesiredInput: body(parentTemplate("slow", "Size: 1"))})
		}()
		synctest.Wait()
		stop()
		close(w.hold)
		second, _ := start(t, w, bucket, "n1", registry)
		time.Sleep(time.Minute)
		wants(t, see(t, second, "s"), "CREATE_COMPLETE", w, "of-slow 1 ", "slow 3 ")
		if all, err := second.Stacks(t.Context(), ""); err != nil || len(all) != 2 {
			t.Errorf("there are %d stacks, %v", len(all), err)
		}
	})
}

// An object that changes under its URL is a change of the stack, for updates and for change
// sets, and a rollback goes back to the template that was there before (A-STACK-18).
func TestAnObjectMayChangeUnderItsURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := nesting(t, w, memory.NewBucket())
		wants(t, create(t, s, parentTemplate("first", "Size: 1")), "CREATE_COMPLETE", w, "of-one 1 ", "one 3 ")
		w.params["first"] = childTemplate("two", "")
		set := stack.CreateChangeSetInput{ChangedInput: stack.ChangedInput{DesiredInput: body(parentTemplate("first", "Size: 1"))}, ChangeSetName: "c"}
		made, err := s.CreateChangeSet(t.Context(), who, set)
		if err != nil || len(made.Changes) == 0 || made.Changes[0].LogicalID != "Below" && made.Changes[1].LogicalID != "Below" {
			t.Fatalf("the change set: %+v, %v", made, err)
		}
		if got := update(t, s, parentTemplate("first", "Fail: create")); got.Status != "UPDATE_ROLLBACK_COMPLETE" {
			t.Errorf("an update that fails: %s", got.Status)
		}
		wants(t, see(t, s, "s"), "UPDATE_ROLLBACK_COMPLETE", w, "of-one 1 ", "one 3 ")
		wants(t, update(t, s, parentTemplate("first", "Size: 1")), "UPDATE_COMPLETE", w, "of-two 1 ", "two 3 ")
		if err := again(t, s, parentTemplate("first", "Size: 1")); err == nil || !strings.Contains(err.Error(), "No updates are to be performed") {
			t.Errorf("the same again: %v", err)
		}
	})
}
