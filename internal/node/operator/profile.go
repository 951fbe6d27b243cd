package operator

import (
	"bytes"
	"net/http"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// maxProfile bounds a CPU profile; answers of the listener end after 90 s.
const maxProfile = 60

// profile answers what "go tool pprof" reads: kind=cpu for so many seconds, heap,
// goroutine. Before the heap is shown its garbage is collected and what is free
// is given back to the system, so that the process's RSS is what it needs.
func (o Options) profile(w http.ResponseWriter, r *http.Request, _ []byte) error {
	var data bytes.Buffer
	switch kind := r.URL.Query().Get("kind"); kind {
	case "cpu":
		if err := profileCPU(&data, r); err != nil {
			return err
		}
	case "heap", "goroutine":
		if kind == "heap" {
			debug.FreeOSMemory()
		}
		if err := pprof.Lookup(kind).WriteTo(&data, 0); err != nil {
			return err
		}
	default:
		return pasarela.Errorf(pasarela.CodeBadRequest, "kind: %q is not cpu, heap or goroutine", kind)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data.Bytes())
	return nil
}

func profileCPU(into *bytes.Buffer, r *http.Request) error {
	seconds, err := strconv.Atoi(r.URL.Query().Get("seconds"))
	if err != nil || seconds < 1 || seconds > maxProfile {
		return pasarela.Errorf(pasarela.CodeBadRequest, "seconds: %q is not a number from 1 to %d", r.URL.Query().Get("seconds"), maxProfile)
	}
	if err := pprof.StartCPUProfile(into); err != nil {
		return pasarela.Errorf(pasarela.CodeConflict, "Another CPU profile is being taken.")
	}
	defer pprof.StopCPUProfile()
	select {
	case <-time.After(time.Duration(seconds) * time.Second):
	case <-r.Context().Done():
	}
	return nil
}
