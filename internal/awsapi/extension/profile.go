package extension

import (
	"bytes"
	"context"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// maxProfile bounds a CPU profile, in seconds; responses of the listener begin
// within 90.
const maxProfile = 60

type profileInput struct {
	Kind    string `uri:"kind"`
	Seconds int    `query:"seconds"` // of a CPU profile
}

// profile returns what "go tool pprof" reads: cpu for so many seconds, heap,
// goroutine. Before the heap is shown its garbage is collected and what is free
// is given back to the system, so that the process's RSS is what it needs.
func profile(ctx context.Context, in profileInput) (wire.Content, error) {
	var data bytes.Buffer
	switch in.Kind {
	case "cpu":
		if err := profileCPU(ctx, &data, in.Seconds); err != nil {
			return nil, err
		}
	case "heap", "goroutine":
		if in.Kind == "heap" {
			debug.FreeOSMemory()
		}
		if err := pprof.Lookup(in.Kind).WriteTo(&data, 0); err != nil {
			return nil, err
		}
	default:
		return nil, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'kind': %q is none of [cpu, heap, goroutine].", in.Kind)
	}
	return whole(data.Bytes()), nil
}

func profileCPU(ctx context.Context, into *bytes.Buffer, seconds int) error {
	if seconds < 1 || seconds > maxProfile {
		return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'seconds': %d is not from 1 to %d.", seconds, maxProfile)
	}
	if err := pprof.StartCPUProfile(into); err != nil {
		return pasarela.Errorf(pasarela.CodeConflict, "Another CPU profile is being taken.")
	}
	defer pprof.StopCPUProfile()
	select {
	case <-time.After(time.Duration(seconds) * time.Second):
	case <-ctx.Done():
	}
	return nil
}
