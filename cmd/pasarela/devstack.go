package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/stackfolder"
)

const (
	watchEvery  = 200 * time.Millisecond // how often files are looked at
	statusEvery = 20 * time.Millisecond  // how often a stack is looked at
)

// devObjects are the zip files and nested templates of the stack that dev runs, by key. Templates
// of the CDK name its bucket, the others ours; keys are made of what is there.
type devObjects struct {
	mu    sync.Mutex
	byKey map[string][]byte
}

// get is [node.Options.Objects].
func (o *devObjects) get(bucket, key string) ([]byte, bool) {
	if bucket != stackfolder.Bucket && !strings.HasPrefix(bucket, "cdk-") {
		return nil, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	data, ok := o.byKey[key]
	return data, ok
}

func (o *devObjects) set(objects map[string][]byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byKey = objects
}

// stackRun is `pasarela dev TEMPLATE`: a stack of files that is kept up while they change.
type stackRun struct {
	l          language.Language
	screen     *terminal
	log        *slog.Logger
	node       *node.Node
	source     *stackfolder.Source
	objects    *devObjects
	failures   chan functionFailure
	printed    map[string]bool // functions whose failure was printed since the last deployment
	parameters []stack.Parameter
	data       string // --data of the node, as a word of a shell
}

// functionFailure is an invocation that failed.
type functionFailure struct{ name, text string }

// failed is [node.Options.FunctionFailed]; what finds no place is not printed.
func (r *stackRun) failed(name string, payload []byte) {
	var said struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	failure := functionFailure{name, string(payload)}
	if err := json.Unmarshal(payload, &said); err == nil && said.Type+said.Message != "" {
		failure.text, _, _ = strings.Cut(strings.TrimPrefix(said.Type+": "+said.Message, ": "), "\n")
	}
	select {
	case r.failures <- failure:
	default:
	}
}

// printFailure prints the first failure of a function since the last deployment.
func (r *stackRun) printFailure(failure functionFailure) {
	if !r.printed[failure.name] {
		r.printed[failure.name] = true
		r.print("stack.function", "name", failure.name, "error", failure.text)
	}
}

// devStack runs the stack at path until ctx ends, and leaves the server as it was.
func devStack(cmd *cobra.Command, l language.Language, settings node.Settings, path string, parameters []string) (failed error) {
	keepHeapSmall()
	ctx, run := cmd.Context(), &stackRun{l: l, screen: newTerminal(cmd.OutOrStdout()), objects: &devObjects{}, data: shellWord(settings.DataDir), failures: make(chan functionFailure, 16), printed: map[string]bool{}}
	var err error
	if run.source, err = stackfolder.Find(path); err != nil {
		return err
	}
	if run.parameters, err = stackParameters(parameters); err != nil {
		return err
	}
	if run.log, err = newLog(cmd.ErrOrStderr(), settings.LogLevel); err != nil {
		return err
	}
	run.node, err = node.Start(ctx, node.Options{Settings: settings, Log: run.log, Version: commandline.Version(), Objects: run.objects.get, FunctionFailed: run.failed})
	if err != nil {
		return err
	}
	defer noteRunning(run.node, settings.DataDir)()
	defer func() { failed = errors.Join(failed, stopped(ctx, settings.StopPatience, run.node.Stop)) }()
	defer run.remove(ctx, settings.StopPatience)
	return run.watch(ctx)
}

func stackParameters(given []string) (parameters []stack.Parameter, err error) {
	for _, each := range given {
		name, value, ok := strings.Cut(each, "=")
		if !ok || name == "" {
			return nil, language.Errorf("stack.parameter", "value", strconv.Quote(each))
		}
		parameters = append(parameters, stack.Parameter{Key: name, Value: &value})
	}
	return parameters, nil
}

// watch deploys at once and whenever a file has changed.
func (r *stackRun) watch(ctx context.Context) error {
	state := r.source.State()
	r.deploy(ctx)
	r.print("stack.watching", "file", r.source.Template)
	r.print("stack.commands", "connect", program()+" connect URL", "program", program(), "data", r.data, "console", r.node.Endpoint()+console.Path)
	printReady(ctx, r.screen, r.node)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-r.node.Failed():
			return err
		case failure := <-r.failures:
			r.printFailure(failure)
		case <-tick.C:
			if now := r.source.State(); now != state {
				state = now
				clear(r.printed)
				r.deploy(ctx)
			}
		}
	}
}

func (r *stackRun) print(id language.ID, pairs ...any) { fmt.Fprintln(r.screen, r.l.Say(id, pairs...)) }

// deploy deploys the files. Errors are printed: a later change of a file may fix them.
func (r *stackRun) deploy(ctx context.Context) {
	began := time.Now()
	changed, err := r.change(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.print("stack.refused", "name", r.source.Name, "reason", r.l.Of(err))
		}
		return
	}
	if !changed {
		r.print("stack.same", "name", r.source.Name)
		return
	}
	now, err := r.settled(ctx)
	switch {
	case err != nil:
		return // ctx is over
	case now.Status != "CREATE_COMPLETE" && now.Status != "UPDATE_COMPLETE":
		r.print("stack.failed", "name", now.Name, "status", now.Status, "reason", reasonOf(now))
		return
	}
	r.print("stack.up", "name", now.Name, "took", time.Since(began).Round(time.Millisecond))
	r.describe(ctx, now)
}

// change begins the operation; false when there is nothing to change.
func (r *stackRun) change(ctx context.Context) (bool, error) {
	read, err := r.source.Read()
	if err != nil {
		return false, err
	}
	r.objects.set(read.Objects)
	stacks, who := r.node.Stacks(), r.node.Root()
	in := stack.DesiredInput{
		StackName: r.source.Name, Template: stack.TemplateInput{TemplateBody: read.Template}, Parameters: r.parameters,
		Capabilities: []string{"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"},
	}
	now, err := stacks.Stack(ctx, r.source.Name)
	there := err == nil && now.Deleted.IsZero()
	if there && !strings.HasSuffix(now.Status, "_COMPLETE") || there && now.Status == "ROLLBACK_COMPLETE" { // never was up
		if _, err := r.settled(ctx); err != nil {
			return false, err
		}
		if now, err = stacks.Stack(ctx, r.source.Name); err == nil && (now.Status == "ROLLBACK_COMPLETE" || strings.HasSuffix(now.Status, "FAILED")) {
			if err := r.removed(ctx); err != nil {
				return false, err
			}
			there = false
		}
	}
	if !there {
		_, err = stacks.CreateStack(ctx, who, stack.CreateStackInput{DesiredInput: in})
		return err == nil, err
	}
	_, err = stacks.UpdateStack(ctx, who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: in}})
	var known *pasarela.Error
	if errors.As(err, &known) && strings.Contains(known.Message, "No updates are to be performed") {
		return false, nil
	}
	return err == nil, err
}

// settled waits until no operation runs on the stack.
func (r *stackRun) settled(ctx context.Context) (*stack.Stack, error) {
	for {
		now, err := r.node.Stacks().Stack(ctx, r.source.Name)
		if err != nil {
			return nil, err
		}
		if now.Operation == nil || !strings.HasSuffix(now.Status, "_IN_PROGRESS") || !now.Deleted.IsZero() {
			return now, nil
		}
		select {
		case <-time.After(statusEvery):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// reasonOf is why the last operation failed: the first resource that did.
func reasonOf(s *stack.Stack) string {
	var operation string
	if len(s.Events) > 0 {
		operation = s.Events[len(s.Events)-1].OperationID
	}
	for _, event := range s.Events {
		if event.OperationID == operation && strings.HasSuffix(event.Status, "_FAILED") && event.Reason != "" {
			return event.LogicalID + " (" + event.Type + "): " + event.Reason
		}
	}
	return s.StatusReason
}

// describe prints where the stack's APIs are served, and its outputs.
func (r *stackRun) describe(ctx context.Context, now *stack.Stack) {
	for _, resource := range now.Resources {
		if resource.Type != "AWS::ApiGatewayV2::Stage" {
			continue
		}
		apiID, _ := resource.Properties["ApiId"].(string)
		name, _ := resource.Properties["StageName"].(string)
		if err := r.node.WaitServed(ctx, apiID, name); err != nil {
			r.print("stack.failed", "name", now.Name, "status", resource.LogicalID, "reason", err)
			continue
		}
		url := strings.Replace(r.node.Endpoint(), "http", "ws", 1) + "/" + apiID + "/" + name
		r.print("stack.endpoint", "api", resource.LogicalID, "url", url)
	}
	for _, output := range now.Outputs {
		r.print("stack.output", "key", output.Key, "value", output.Value)
	}
}

// remove deletes the stack at the end.
func (r *stackRun) remove(ctx context.Context, timeout time.Duration) {
	r.print("stack.removing", "name", r.source.Name)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout/2)
	defer cancel()
	if err := r.removed(ctx); err != nil {
		r.print("stack.not_removed", "name", r.source.Name, "reason", r.l.Of(err))
	}
}

func (r *stackRun) removed(ctx context.Context) error {
	if err := r.node.Stacks().DeleteStack(ctx, r.node.Root(), stack.DeleteStackInput{StackName: r.source.Name}); err != nil {
		return err
	}
	now, err := r.settled(ctx)
	var known *pasarela.Error
	if errors.As(err, &known) || err == nil && !now.Deleted.IsZero() {
		return nil // it is gone
	}
	if err == nil {
		return errors.New(now.Status + ": " + reasonOf(now))
	}
	return err
}
