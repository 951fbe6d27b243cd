//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// target is one line of the table: the largest value allowed and, where given, the
// largest ratio to the baseline of the same run.
type target struct {
	name    string
	unit    string
	value   func(figures) float64
	must    float64
	ratio   float64 // to the baseline; 0: none
	stretch float64
}

const mib = 1 << 20

var targets = [...]target{
	{"idle connection, slope", "B", func(f figures) float64 { return f.slope }, 2600, 0.32, 2100},
	{"idle connection, as it stands", "B", func(f figures) float64 { return f.full }, 0, 0, 0},
	{"$connect, CPU", "us", func(f figures) float64 { return f.connect }, 100, 0.65, 85},
	{"message and answer, CPU", "us", func(f figures) float64 { return f.message }, 30, 0.56, 26},
	{"signed push, CPU", "us", func(f figures) float64 { return f.push }, 45, 0.82, 40},
	{"idle CPU", "s/s", func(f figures) float64 { return f.idle }, 0.005, 0, 0},
	{"RSS after warm-up", "MiB", func(f figures) float64 { return float64(f.base) / mib }, 60, 0, 0},
	{"all leave, last $disconnect", "s", func(f figures) float64 { return f.closing.Seconds() }, 4, 0, 0},
	{"RSS then, above base", "MiB", func(f figures) float64 { return float64(f.after) / mib }, 15, 0, 0},
	{"connects a second", "", func(f figures) float64 { return f.connects }, 0, 0, 0},
	{"messages a second", "", func(f figures) float64 { return f.messages }, 0, 0, 0},
	{"pushes a second", "", func(f figures) float64 { return f.pushes }, 0, 0, 0},
	{"pushes at 2,000 a second, median", "ms", func(f figures) float64 { return f.median }, 0, 0, 0},
	{"pushes at 2,000 a second, p99", "ms", func(f figures) float64 { return f.p99 }, 0, 0, 0},
	{"wss: idle connection, slope", "B", secure(func(f figures) float64 { return f.slope }), 4000, 0, 2500},
	{"wss: idle connection, as it stands", "B", secure(func(f figures) float64 { return f.full }), 4000, 0, 0},
	{"wss: $connect, full handshake, CPU", "us", secure(func(f figures) float64 { return f.connect }), 0, 0, 0},
	{"wss: $connect, resumed session, CPU", "us", secure(func(f figures) float64 { return f.resumed }), 0, 0, 0},
	{"wss: message and answer, CPU", "us", secure(func(f figures) float64 { return f.message }), 0, 0, 0},
	{"wss: signed push, CPU", "us", secure(func(f figures) float64 { return f.push }), 38, 0, 0},
	{"wss: pushes at 2,000 a second, p99", "ms", secure(func(f figures) float64 { return f.p99 }), 0, 0, 0},
	{"wss: idle CPU", "s/s", secure(func(f figures) float64 { return f.idle }), 0.005, 0, 0},
	{"with a session: idle connection, slope", "B", sessions(func(f figures) float64 { return f.slope }), 900, 0, 0},
	{"with a session: idle connection, as it stands", "B", sessions(func(f figures) float64 { return f.full }), 0, 0, 0},
	{"with a session: $connect, CPU", "us", sessions(func(f figures) float64 { return f.connect }), 0, 0, 0},
	{"with a session: signed push, CPU", "us", sessions(func(f figures) float64 { return f.push }), 45, 0, 0},
	{"with a session: pushes a second", "", sessions(func(f figures) float64 { return f.pushes }), 0, 0, 0},
	{"with a session, away: durable push, CPU", "us", sessions(func(f figures) float64 { return f.queued }), 0, 0, 0},
	{"with a session, away: durable pushes a second", "", sessions(func(f figures) float64 { return f.queues }), 0, 0, 0},
	{"of three: idle connection, slope", "B", cluster(func(f figures) float64 { return f.slope }), 700, 0, 0},
	{"of three: $connect, CPU of all nodes", "us", cluster(func(f figures) float64 { return f.connect }), 0, 0, 0},
	{"of three: $connect, of one node's", "x", func(f figures) float64 {
		return cluster(func(three figures) float64 { return three.connect / f.connect })(f)
	}, 1.15, 0, 0},
	{"of three: message, CPU of all nodes", "us", cluster(func(f figures) float64 { return f.message }), 0, 0, 0},
	{"of three: push through another, CPU of all", "us", cluster(func(f figures) float64 { return f.push }), 85, 0, 0},
	{"of three: pushes through another at 2,000 a second, median", "ms", cluster(func(f figures) float64 { return f.median }), 0, 0, 0},
	{"of three: pushes through another at 2,000 a second, p99", "ms", cluster(func(f figures) float64 { return f.p99 }), 5, 0, 0},
	{"of three: idle CPU of all", "s/s", cluster(func(f figures) float64 { return f.idle }), 0, 0, 0},
}

// cluster is a figure of a node of three.
func cluster(value func(figures) float64) func(figures) float64 {
	return func(f figures) float64 {
		if f.cluster == nil {
			return 0
		}
		return value(*f.cluster)
	}
}

// sessions is a figure of connections with a session.
func sessions(value func(figures) float64) func(figures) float64 {
	return func(f figures) float64 {
		if f.sessions == nil {
			return 0
		}
		return value(*f.sessions)
	}
}

// secure is a figure of the same run over TLS.
func secure(value func(figures) float64) func(figures) float64 {
	return func(f figures) float64 {
		if f.secure == nil {
			return 0
		}
		return value(*f.secure)
	}
}

// report prints the table and says whether every target was met. A target with a
// ratio is met by the ratio, because absolute values differ between machines.
func report(out io.Writer, p plan, results map[string][]figures) (met bool) {
	met = true
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "%d to %d connections, %d messages, %d pushes, %d in flight, median of %d\n\n", p.from, p.to, p.messages, p.pushes, p.inFlight, p.rounds)
	fmt.Fprintln(w, "measure\tpasarela\tbaseline\tratio\tmust\tstretch\t\t")
	for _, t := range targets {
		ours, measured := median(results["pasarela"], t.value)
		baseline, compared := median(results["baseline"], t.value)
		if !measured && !compared && (t.unit != "s/s" || strings.Contains(t.name, ": ")) { // a CPU that idles may use none
			continue
		}
		line := ""
		if len(results["pasarela"]) > 0 {
			line = result(t, ours, baseline, compared && t.ratio > 0)
		}
		met = met && line != "missed"
		fmt.Fprintf(w, "%s\t%s %s\t%s\t%s\t%s\t%s\t%s\t\n", t.name, number(ours), t.unit, either(compared, number(baseline)),
			either(compared && ours > 0, fmt.Sprintf("%.2f", ours/baseline)), goalText(t), either(t.stretch > 0, number(t.stretch)), line)
	}
	_ = w.Flush()
	return met
}

func result(t target, ours, baseline float64, compared bool) string {
	switch {
	case t.must == 0:
		return ""
	case compared && ours <= t.ratio*baseline, !compared && ours <= t.must:
		return "ok"
	}
	return "missed"
}

func goalText(t target) string {
	switch {
	case t.must == 0:
		return ""
	case t.ratio > 0:
		return fmt.Sprintf("%.2fx, %s", t.ratio, number(t.must))
	}
	return number(t.must)
}

func either(ok bool, text string) string {
	if ok {
		return text
	}
	return "-"
}

func number(v float64) string {
	if v != 0 && v < 10 && v > -10 {
		return fmt.Sprintf("%.3g", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// median of the rounds; false when none measured it.
func median(rounds []figures, value func(figures) float64) (float64, bool) {
	var all []float64
	for _, f := range rounds {
		if v := value(f); v != 0 {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	return all[len(all)/2], true
}
