package memory_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

func TestBucket(t *testing.T) {
	statetest.Bucket(t, func(*testing.T) pasarela.Bucket { return memory.NewBucket() })
}

func TestBus(t *testing.T) {
	statetest.Bus(t, func(_ *testing.T, here, there string) (pasarela.Bus, pasarela.Bus) {
		network := memory.NewNetwork()
		return network.Node(here), network.Node(there)
	})
}
