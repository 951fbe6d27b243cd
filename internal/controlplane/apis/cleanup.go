package apis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela"
)

const (
	cleanEvery = 10 * time.Minute
	// unnamedFor is how long no document must have named a frozen definition before it is
	// removed. By then an unanswered write that names it has been made, or never will be.
	unnamedFor = time.Hour
)

// lostMessage begins the status message of a stage whose deployment is not in the store.
const lostMessage = "Deployment lost: "

// keepClean checks the frozen definitions, and what belongs to API keys, at the start and
// then every cleanEvery, until ctx ends.
func (s *Deployments) keepClean(ctx context.Context) {
	unnamed, keyless := map[string]time.Time{}, map[string]time.Time{}
	tick := time.NewTicker(cleanEvery)
	defer tick.Stop()
	for {
		if err := s.clean(ctx, unnamed); err != nil && ctx.Err() == nil {
			s.apis.Log.Warn("frozen definitions could not be checked for unused ones; it is tried again later", "error", err, "in", cleanEvery)
		}
		if err := s.apis.UsagePlans.clean(ctx, keyless); err != nil && ctx.Err() == nil {
			s.apis.Log.Warn("what belongs to API keys could not be checked for removed ones; it is tried again later", "error", err, "in", cleanEvery)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// clean compares the frozen definitions with the documents. unnamed has when each was
// first seen unnamed, by key and revision.
func (s *Deployments) clean(ctx context.Context, unnamed map[string]time.Time) error {
	frozen, err := s.frozen(ctx)
	if err != nil {
		return err
	}
	// The documents are read after the definitions. A definition is written before the
	// document that names it, so no document read here names a definition that is newer
	// than the list.
	docs, err := s.apis.apis.List(ctx, pasarela.PrefixAPI)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, doc := range docs {
		s.repairStages(ctx, doc.Value, frozen)
		for _, id := range namedBy(doc.Value) {
			named[pasarela.DeploymentKey(doc.Value.API.APIID, id)] = true
		}
	}
	return s.removeUnnamed(ctx, frozen, named, unnamed)
}

// removeUnnamed removes the frozen definitions that were unnamed for [unnamedFor], and brings
// unnamed up to date.
func (s *Deployments) removeUnnamed(ctx context.Context, frozen map[string]uint64, named map[string]bool, unnamed map[string]time.Time) error {
	now := time.Now()
	still := map[string]bool{}
	for key, revision := range frozen {
		if named[key] {
			continue
		}
		mark := fmt.Sprint(key, "@", revision)
		still[mark] = true
		since, known := unnamed[mark]
		if !known {
			unnamed[mark] = now
			continue
		}
		if now.Sub(since) < unnamedFor {
			continue
		}
		if err := s.apis.Bucket.Delete(ctx, key, revision); err != nil && !errors.Is(err, pasarela.ErrNotFound) && !errors.Is(err, pasarela.ErrConflict) {
			return err
		}
		s.apis.Log.Info("a frozen definition that no API named for an hour was removed", "key", key)
	}
	for mark := range unnamed {
		if !still[mark] {
			delete(unnamed, mark)
		}
	}
	return nil
}

// frozen is the revision of each frozen definition, by key.
func (s *Deployments) frozen(ctx context.Context) (map[string]uint64, error) {
	entries, err := s.apis.Bucket.List(ctx, pasarela.PrefixDeployment)
	if err != nil {
		return nil, err
	}
	found := make(map[string]uint64, len(entries))
	for _, entry := range entries {
		found[entry.Key] = entry.Revision
	}
	return found, nil
}

// namedBy are the deployments that a document names: in its index and by its stages.
func namedBy(doc *pasarela.APIDocument) []string {
	var ids []string
	for i := range doc.Deployments {
		ids = append(ids, doc.Deployments[i].DeploymentID)
	}
	for i := range doc.Stages {
		if id := doc.Stages[i].DeploymentID; id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// repairStages handles stages whose deployment is not in the store: if the API is
// unchanged since, it is frozen again, else the stage and the log say what is lost.
func (s *Deployments) repairStages(ctx context.Context, doc *pasarela.APIDocument, frozen map[string]uint64) {
	var logged []string
	for i := range doc.Stages {
		stage := &doc.Stages[i]
		key := pasarela.DeploymentKey(doc.API.APIID, stage.DeploymentID)
		if stage.DeploymentID == "" || frozen[key] != 0 || slices.Contains(logged, key) {
			continue
		}
		logged = append(logged, key)
		if err := s.repairDeployment(ctx, doc.API.APIID, stage.DeploymentID); err != nil && ctx.Err() == nil {
			s.apis.Log.Error("a stage whose deployment is lost could not be repaired; it is tried again later",
				"apiId", doc.API.APIID, "stage", stage.StageName, "deploymentId", stage.DeploymentID, "error", err)
		}
	}
}

// repairDeployment freezes a lost deployment again, if the API has not changed since; else the
// stages that name it say that they cannot be served.
func (s *Deployments) repairDeployment(ctx context.Context, apiID, deploymentID string) error {
	key := pasarela.DeploymentKey(apiID, deploymentID)
	if _, err := s.apis.Bucket.Get(ctx, key); !errors.Is(err, pasarela.ErrNotFound) {
		return err // it came since the list
	}
	doc, err := s.apis.read(ctx, apiID)
	if err != nil {
		return err
	}
	if doc.FrozenIsDraft(deploymentID) {
		if _, err := s.apis.definitions.Create(ctx, key, &doc.Definition); err != nil && !errors.Is(err, pasarela.ErrConflict) {
			return err
		}
		s.apis.Log.Warn("a deployment was lost from the store and was frozen again from its API, which has not changed since",
			"apiId", apiID, "deploymentId", deploymentID)
		return nil
	}
	return s.apis.change(ctx, apiID, func(doc *pasarela.APIDocument) error {
		for i := range doc.Stages {
			stage := &doc.Stages[i]
			if stage.DeploymentID != deploymentID {
				continue
			}
			s.apis.Log.Error("the deployment of a stage is lost from the store: after the next start the stage answers no client; deploy it again",
				"apiId", apiID, "stage", stage.StageName, "deploymentId", deploymentID)
			stage.LastDeploymentStatusMessage = lostMessage + "what deployment " + deploymentID +
				" froze is not in the store any more. Create a deployment for this stage, or point it at another one."
		}
		return nil
	})
}
