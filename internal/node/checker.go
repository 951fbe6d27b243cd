package node

import (
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
)

// checker is the control plane's checker: the engines one by one, because they
// find every fault with its place, and then the data plane's own compilation, so
// that what is deployed is what is served.
type checker struct{ apis.EngineChecker }

// CheckStage is [apis.Checker].
func (checker) CheckStage(d pasarela.Definition, at *pasarela.Stage) []apis.Fault {
	return faultsOf(stage.Check(&d, at))
}

// faultsOf converts the data plane's faults to the control plane's: the two planes never
// import each other, and this package imports both.
func faultsOf(found []stage.Fault) []apis.Fault {
	faults := make([]apis.Fault, len(found))
	for i, f := range found {
		faults[i] = apis.Fault(f)
	}
	return faults
}
