package commandline

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// NewVersion is the command that tells what the program was built from.
func NewVersion(l language.Language) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "version", Short: l.Say("version.short"), Args: None}
	cmd.Flags().BoolVar(&asJSON, "json", false, l.Say("version.json"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		info, _ := debug.ReadBuildInfo()
		b := BuildOf(info)
		if asJSON {
			return json.NewEncoder(cmd.OutOrStdout()).Encode(b)
		}
		return b.print(cmd.OutOrStdout(), cmd.Root().Name())
	}
	return cmd
}

// Version is the first of what a build tells: the version of a release or of a module,
// or the revision of a checkout.
func Version() string {
	info, _ := debug.ReadBuildInfo()
	return BuildOf(info).Version
}

// A Build is what Go noted when it built this program. Commit and date are empty where
// the program was built from a module or an archive, which have no history.
type Build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built with changes that are in no commit
	Date     string `json:"date,omitempty"`     // of the commit, RFC 3339
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// BuildOf reads what Go noted; info is nil where it noted nothing.
func BuildOf(info *debug.BuildInfo) Build {
	b := Build{Version: "unknown", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if info == nil {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	if b.Commit == "" {
		b.Commit, b.Date = pseudo(info.Main.Version)
	}
	switch v := info.Main.Version; {
	case v != "" && v != "(devel)":
		b.Version = v
	case len(b.Commit) >= 12:
		b.Version = "devel-" + b.Commit[:12]
	default:
		b.Version = "devel"
	}
	return b
}

// pseudo reads the commit and its time out of a version that Go makes for a commit
// without a tag: v0.0.0-20261129020000-ace4bad01234.
func pseudo(version string) (commit, date string) {
	version, _, _ = strings.Cut(version, "+")
	parts := strings.Split(version, "-")
	if len(parts) < 3 {
		return "", ""
	}
	stamp := parts[len(parts)-2]
	stamp = stamp[strings.LastIndexByte(stamp, '.')+1:]
	at, err := time.Parse("20060102150405", stamp)
	if err != nil {
		return "", ""
	}
	return parts[len(parts)-1], at.Format(time.RFC3339)
}

func (b Build) print(out io.Writer, program string) error {
	fmt.Fprintln(out, program, b.Version)
	table := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	commit := b.Commit
	if b.Modified {
		commit += " +modified"
	}
	for _, row := range [][2]string{{"commit", commit}, {"date", b.Date}, {"go", b.Go}, {"platform", b.OS + "/" + b.Arch}} {
		if row[1] != "" {
			fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
		}
	}
	return table.Flush()
}
