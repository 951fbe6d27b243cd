package commandline_test

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/commandline"
)

func TestWhatABuildTells(t *testing.T) {
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "ace4bad0123456789"}
	cases := []struct {
		name string
		info *debug.BuildInfo
		want commandline.Build
	}{
		{"nothing noted", nil, commandline.Build{Version: "unknown"}},
		{"a release by go install", info("v1.2.3"), commandline.Build{Version: "v1.2.3"}},
		{
			"a commit by go install", info("v0.0.0-20261129020304-ace4bad01234"),
			commandline.Build{Version: "v0.0.0-20261129020304-ace4bad01234", Commit: "ace4bad01234", Date: "2026-11-29T02:03:04Z"},
		},
		{
			"a commit after a release", info("v1.2.4-0.20261129020304-ace4bad01234"),
			commandline.Build{Version: "v1.2.4-0.20261129020304-ace4bad01234", Commit: "ace4bad01234", Date: "2026-11-29T02:03:04Z"},
		},
		{"a candidate", info("v1.2.3-rc.1"), commandline.Build{Version: "v1.2.3-rc.1"}},
		{
			"a tag of a checkout", info("v1.2.3", revision, debug.BuildSetting{Key: "vcs.time", Value: "2026-11-29T02:00:00Z"}),
			commandline.Build{Version: "v1.2.3", Commit: "ace4bad0123456789", Date: "2026-11-29T02:00:00Z"},
		},
		{
			"a changed checkout", info("(devel)", revision, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
			commandline.Build{Version: "devel-ace4bad01234", Commit: "ace4bad0123456789", Modified: true},
		},
		{"an archive", info(""), commandline.Build{Version: "devel"}},
	}
	for _, c := range cases {
		c.want.Go, c.want.OS, c.want.Arch = runtime.Version(), runtime.GOOS, runtime.GOARCH
		if got := commandline.BuildOf(c.info); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func info(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
	return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
}
