package apis

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Bursts of edits become one automatic deployment: it waits until the API has
// been left alone for quiet, but no edit waits longer than longestWait.
const (
	quiet       = 150 * time.Millisecond
	longestWait = time.Second
	retry       = 5 * time.Second // after a deployment that could not be written
)

// autoDeployed are the automatic deployments without a stage that are kept.
const autoDeployed = 10

const autoDescription = "Automatic deployment triggered by changes to the Api configuration"

// Run deploys the stages with autoDeploy, on every node, reports deployments that are
// missing in the store, and removes what interruptions left behind. It returns when ctx
// ends, after the deployment under way, or with the error of the store.
//
// Which APIs lag is read from the documents, so an edit that was acknowledged before a
// crash is deployed after it.
func (s *Deployments) Run(ctx context.Context) error {
	a := autoDeployer{deployments: s, due: map[string]dueDeployment{}, wake: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watched := make(chan error, 1)
	go func() { watched <- s.apis.apis.Watch(ctx, pasarela.PrefixAPI, a.note) }()
	var cleaning sync.WaitGroup
	cleaning.Go(func() { s.keepClean(ctx) })
	defer cleaning.Wait()
	defer cancel()
	a.deployUntil(ctx, watched)
	cancel()
	return <-watched
}

// lagPoll is how often [Deployments.AwaitAutoDeployed] looks.
const lagPoll = 20 * time.Millisecond

// AwaitAutoDeployed returns when the stages of an API that deploy automatically have
// every edit, when the API is gone, or when ctx ends.
func (s *Deployments) AwaitAutoDeployed(ctx context.Context, apiID string) {
	ticker := time.NewTicker(lagPoll)
	defer ticker.Stop()
	for {
		if doc, err := s.apis.read(ctx, apiID); err != nil || !doc.Lags() {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// deployedMessage begins what a stage says that has followed the last edit (aws-controlplane
// §3.10).
const deployedMessage = "Successfully deployed stage"

// AutoDeployFault is why a stage with AutoDeploy could not follow the last edit of its
// API, and the deployment that it serves meanwhile, "" for none; why is "" when it has
// followed, or when that cannot be read.
func (s *Deployments) AutoDeployFault(ctx context.Context, apiID, stageName string) (why, deploymentID string) {
	found, err := s.apis.Stages.GetStage(ctx, StageInput{APIID: apiID, StageName: stageName})
	if err != nil || !found.AutoDeploys() || strings.HasPrefix(found.LastDeploymentStatusMessage, deployedMessage) {
		return "", ""
	}
	return found.LastDeploymentStatusMessage, found.DeploymentID
}

// dueDeployment is an API that lags: since when, and when to deploy it.
type dueDeployment struct{ since, at time.Time }

// autoDeployer has the APIs that lag. mu guards due; wake holds at most one wake-up.
type autoDeployer struct {
	deployments *Deployments
	wake        chan struct{}

	mu  sync.Mutex
	due map[string]dueDeployment
}

// note is called with every change of every API, from the watch.
func (a *autoDeployer) note(change document.Change[pasarela.APIDocument]) {
	if change.Synced() {
		return
	}
	id := strings.TrimPrefix(change.Key, pasarela.PrefixAPI)
	a.mu.Lock()
	defer a.mu.Unlock()
	if change.Value == nil || !change.Value.Lags() {
		delete(a.due, id)
		return
	}
	now := time.Now()
	p, ok := a.due[id]
	if !ok {
		p.since = now
	}
	// All nodes see a change at the same time; a random delay makes it likely that one
	// node deploys first and the others find nothing to do.
	p.at = now.Add(quiet + rand.N(quiet/3))
	if last := p.since.Add(longestWait); p.at.After(last) {
		p.at = last
	}
	a.due[id] = p
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// deployUntil deploys what is due until ctx or the watch ends.
func (a *autoDeployer) deployUntil(ctx context.Context, watched chan error) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		id, wait := a.next()
		if id != "" && wait <= 0 {
			a.deploy(ctx, id)
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case err := <-watched:
			watched <- err
			return
		case <-a.wake:
		case <-timer.C:
		}
	}
}

// next is the API that is due first, and the time until then.
func (a *autoDeployer) next() (id string, wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	wait = time.Hour
	for candidate, p := range a.due {
		if until := time.Until(p.at); id == "" || until < wait {
			id, wait = candidate, until
		}
	}
	return id, wait
}

func (a *autoDeployer) deploy(ctx context.Context, apiID string) {
	err := a.deployments.autoDeploy(ctx, apiID)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil || ctx.Err() != nil {
		delete(a.due, apiID)
		return
	}
	a.deployments.apis.Log.Error("automatic deployment could not be written and will be tried again", "apiId", apiID, "error", err)
	now := time.Now()
	a.due[apiID] = dueDeployment{since: now, at: now.Add(retry)}
}

// autoDeploy freezes an API and moves its stages with autoDeploy to the new deployment.
// If it would not run, the stages stay where they are and lastDeploymentStatusMessage
// says why (A-APIS-10).
func (s *Deployments) autoDeploy(ctx context.Context, apiID string) error {
	doc, err := s.apis.read(ctx, apiID)
	if pasarela.CodeOf(err) == pasarela.CodeNotFound {
		return nil // deleted meanwhile
	}
	if err != nil || !doc.Lags() {
		return err
	}
	seen, definition := doc.Edits, doc.Definition
	if fault := s.checkDefinition(doc.Definition, nil); fault != nil {
		return s.noteFailure(ctx, apiID, seen, fault)
	}
	id, err := s.copyDefinition(ctx, apiID, doc.Definition)
	if err != nil {
		return err
	}
	var dropped []string
	err = s.apis.change(ctx, apiID, func(doc *pasarela.APIDocument) error {
		if !doc.Lags() || doc.AutoDeployed >= seen {
			return errDone
		}
		s.moveStages(doc, definition, id, seen)
		dropped = dropOld(doc)
		return nil
	})
	if err != nil {
		err = s.removeUnreferenced(ctx, err, apiID, id)
		if pasarela.CodeOf(err) != "" || errors.Is(err, errDone) {
			return nil // deleted, or another node was first
		}
		return err
	}
	for _, old := range dropped {
		err = errors.Join(err, s.removeDefinition(ctx, apiID, old))
	}
	return err
}

var errDone = pasarela.Errorf(pasarela.CodeConflict, "another node has deployed this edit")

// moveStages moves the stages that can serve the deployment; for the others it records
// why not.
func (s *Deployments) moveStages(doc *pasarela.APIDocument, d pasarela.Definition, id string, seen uint64) {
	at := s.apis.now()
	doc.AutoDeployed = seen
	doc.NoteFrozen(id, seen)
	doc.Deployments = append(doc.Deployments, pasarela.Deployment{
		DeploymentID:     id,
		Description:      autoDescription,
		DeploymentStatus: pasarela.DeploymentDeployed,
		AutoDeployed:     true,
		CreatedDate:      at,
	})
	for i := range doc.Stages {
		stage := &doc.Stages[i]
		if !stage.AutoDeploys() {
			continue
		}
		if err := s.checkStage(d, stage); err != nil {
			stage.LastDeploymentStatusMessage = pasarela.MessageOf(err)
		} else {
			stage.DeploymentID, stage.LastUpdatedDate = id, at
			stage.LastDeploymentStatusMessage = deployedMessage + " with deployment ID '" + id + "'"
		}
	}
}

// dropOld removes the oldest automatic deployments without a stage from the index and
// returns their ids: one for each edit would otherwise accumulate.
func dropOld(doc *pasarela.APIDocument) (dropped []string) {
	used := map[string]bool{}
	for i := range doc.Stages {
		used[doc.Stages[i].DeploymentID] = true
	}
	spare := -autoDeployed
	for i := range doc.Deployments {
		if doc.Deployments[i].AutoDeployed && !used[doc.Deployments[i].DeploymentID] {
			spare++
		}
	}
	kept := doc.Deployments[:0]
	for _, d := range doc.Deployments {
		if spare > 0 && d.AutoDeployed && !used[d.DeploymentID] {
			spare--
			dropped = append(dropped, d.DeploymentID)
			doc.ForgetFrozen(d.DeploymentID)
			continue
		}
		kept = append(kept, d)
	}
	doc.Deployments = kept
	return dropped
}

// noteFailure records why the stages could not follow.
func (s *Deployments) noteFailure(ctx context.Context, apiID string, seen uint64, fault error) error {
	message := pasarela.MessageOf(fault)
	err := s.apis.change(ctx, apiID, func(doc *pasarela.APIDocument) error {
		if doc.AutoDeployed < seen {
			doc.AutoDeployed = seen
		}
		for i := range doc.Stages {
			if stage := &doc.Stages[i]; stage.AutoDeploys() {
				stage.LastDeploymentStatusMessage = message
			}
		}
		return nil
	})
	if pasarela.CodeOf(err) == pasarela.CodeNotFound {
		return nil
	}
	return err
}
