package metrics_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// The board and the alerts under deploy/watching ask for metrics and labels that a node shows.
func TestWatchingAsksForMetricsThatExist(t *testing.T) {
	read, _ := page(t)
	shown := read()
	asked := append(boardQueries(t), alertQueries(t)...)
	name := regexp.MustCompile(`pasarela_[a-z_]+`)
	label := regexp.MustCompile(`(?:by \(|\{)([a-z_, ]+)`)
	for _, query := range asked {
		names := name.FindAllString(query, -1)
		if len(names) == 0 {
			t.Errorf("%s asks for nothing of pasarela", query)
		}
		for _, metric := range names {
			if !regexp.MustCompile(`(?m)^` + metric + `[ {]`).MatchString(shown) {
				t.Errorf("%s: no node shows %s", query, metric)
			}
		}
		for _, labels := range label.FindAllStringSubmatch(query, -1) {
			for one := range strings.SplitSeq(labels[1], ",") {
				if one = strings.TrimSpace(one); one != "instance" && !regexp.MustCompile(`(?m)^`+names[0]+`\{[^}]*\b`+one+`="`).MatchString(shown) {
					t.Errorf("%s: %s has no label %q", query, names[0], one)
				}
			}
		}
	}
}

// boardQueries are the queries of the board's panels, each of which has a title and a unit.
func boardQueries(t *testing.T) (queries []string) {
	t.Helper()
	var board struct {
		Panels []struct {
			Title       string
			FieldConfig struct{ Defaults struct{ Unit string } }
			Targets     []struct{ Expr string }
		}
	}
	text, err := os.ReadFile("../../../deploy/watching/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &board); err != nil || len(board.Panels) == 0 {
		t.Fatal(err)
	}
	for _, panel := range board.Panels {
		if panel.Title == "" || panel.FieldConfig.Defaults.Unit == "" || len(panel.Targets) == 0 {
			t.Errorf("panel %+v lacks a title, a unit or a query", panel)
		}
		for _, target := range panel.Targets {
			queries = append(queries, target.Expr)
		}
	}
	return queries
}

// alertQueries are the queries of the alerts, each of which says what it means.
func alertQueries(t *testing.T) (queries []string) {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For string
				Labels           struct{ Severity string }
				Annotations      struct{ Summary, Description string }
			}
		}
	}
	text, err := os.Open("../../../deploy/watching/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	decoder := yaml.NewDecoder(text)
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil || len(file.Groups) == 0 {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, rule := range file.Groups[0].Rules {
		if _, err := time.ParseDuration(rule.For); err != nil || seen[rule.Alert] || rule.Labels.Severity == "" || rule.Annotations.Summary == "" || rule.Annotations.Description == "" {
			t.Errorf("%+v is not whole, or there twice (%v)", rule, err)
		}
		seen[rule.Alert] = true
		queries = append(queries, rule.Expr)
	}
	return queries
}
