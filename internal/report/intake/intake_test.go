package intake_test

import (
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/intake"
)

func TestEndpointsNeedAnAddress(t *testing.T) {
	for name, test := range map[string]struct {
		endpoints intake.Endpoints
		good      bool
	}{
		"none":          {intake.Endpoints{}, false},
		"a stage":       {intake.Endpoints{Default: "https://abc.execute-api.eu-west-1.amazonaws.com/prod"}, true},
		"a prefix":      {intake.Endpoints{Allowed: []string{"http://127.0.0.1:4566"}}, true},
		"no scheme":     {intake.Endpoints{Default: "abc.execute-api.eu-west-1.amazonaws.com/prod"}, false},
		"a WebSocket's": {intake.Endpoints{Default: "wss://abc/prod"}, false},
		"a bad prefix":  {intake.Endpoints{Default: "https://abc/prod", Allowed: []string{"*"}}, false},
	} {
		if err := test.endpoints.Check(); (err == nil) != test.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProgress(t *testing.T) {
	for name, test := range map[string]struct {
		progress intake.Progress
		percent  float64 // -1: unknown
		left     int64
	}{
		"no total":          {intake.Progress{Rows: 5, Elapsed: time.Second}, -1, -1},
		"a third":           {intake.Progress{Rows: 333, Total: 1000, Elapsed: 2 * time.Second}, 33.3, 5},
		"all rows":          {intake.Progress{Rows: 1000, Total: 1000, Elapsed: 2 * time.Second}, 99.9, 0},
		"more than counted": {intake.Progress{Rows: 1100, Total: 1000, Elapsed: 2 * time.Second}, 99.9, 0},
		"too early":         {intake.Progress{Rows: 64, Total: 4_800_000, Elapsed: time.Second}, 0, -1},
		"after a restart":   {intake.Progress{Rows: 600, Total: 1000, Before: 500, Elapsed: 2 * time.Second}, 60, 8},
		"no row since":      {intake.Progress{Rows: 500, Total: 1000, Before: 500, Elapsed: 9 * time.Second}, 50, -1},
	} {
		percent, left := -1.0, int64(-1)
		if got := test.progress.Percent(); got != nil {
			percent = *got
		}
		if got := test.progress.SecondsLeft(); got != nil {
			left = *got
		}
		if percent != test.percent || left != test.left {
			t.Errorf("%s: %v %%, %d s; want %v %%, %d s", name, percent, left, test.percent, test.left)
		}
	}
}
