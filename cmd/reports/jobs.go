package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// service is a running report service, spoken to over its API.
type service struct {
	l   language.Language
	url string
}

func jobsCommand(l language.Language) *cobra.Command {
	at := service{l: l}
	jobs := &cobra.Command{
		Use:   "jobs",
		Short: l.Say("reports_jobs.short"),
		Long:  l.Say("reports_jobs.long"),
	}
	jobs.PersistentFlags().StringVar(&at.url, "url", "http://127.0.0.1:8080", l.Say("reports_jobs.url"))
	var state, caller string
	list := &cobra.Command{
		Use: "list", Short: l.Say("reports_jobs.list"), Args: commandline.None,
		RunE: func(command *cobra.Command, _ []string) error {
			return at.list(command.Context(), command.OutOrStdout(), url.Values{"state": {state}, "caller": {caller}}, at.shortCause)
		},
	}
	list.Flags().StringVar(&state, "state", "", l.Say("reports_jobs.state"))
	list.Flags().StringVar(&caller, "caller", "", l.Say("reports_jobs.caller"))
	dead := &cobra.Command{
		Use: "dead", Short: l.Say("reports_jobs.dead"), Args: commandline.None,
		RunE: func(command *cobra.Command, _ []string) error {
			return at.list(command.Context(), command.OutOrStdout(), url.Values{"state": {"failed"}}, func(r *listed) string { return r.Cause })
		},
	}
	replay := &cobra.Command{
		Use: "replay ID...", Short: l.Say("reports_jobs.replay"), Args: several("reports_program.ids"),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.each(command.Context(), command.OutOrStdout(), http.MethodPost, ids, "/replay")
		},
	}
	cancel := &cobra.Command{
		Use: "cancel ID...", Short: l.Say("reports_jobs.cancel"), Args: several("reports_program.ids"),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.each(command.Context(), command.OutOrStdout(), http.MethodDelete, ids, "")
		},
	}
	jobs.AddCommand(list, dead, replay, cancel)
	return jobs
}

// listed is what the list shows of a report.
type listed struct {
	ID      string    `json:"id"`
	Type    string    `json:"type"`
	State   string    `json:"state"`
	Caller  string    `json:"caller"`
	Created time.Time `json:"created"`
	Attempt int       `json:"attempt"`
	Rows    int64     `json:"rows"`
	Reason  string    `json:"reason"`
	Cause   string    `json:"cause"`
}

// shortCause is why a report failed, or is tried again, in a few words of the reader's
// language; the database's own are in the list of those that failed, and in the log.
func (s service) shortCause(r *listed) string {
	if id, ok := shortCauses[r.Reason]; ok {
		return s.l.Say(id)
	}
	return r.Cause // of a newer service
}

// shortCauses are the few words by the code of a reason.
var shortCauses = map[string]language.ID{
	"source_unavailable": "reports_cause.source_unavailable",
	"login_refused":      "reports_cause.login_refused",
	"query_failed":       "reports_cause.query_failed",
	"groups_scattered":   "reports_cause.groups_scattered",
	"timed_out":          "reports_cause.timed_out",
	"too_many_rows":      "reports_cause.too_many_rows",
	"no_room":            "reports_cause.no_room",
	"type_gone":          "reports_cause.type_gone",
	"not_allowed":        "reports_cause.not_allowed",
	"definition_changed": "reports_cause.definition_changed",
	"interrupted":        "reports_cause.interrupted",
	"unexpected":         "reports_cause.unexpected",
}

func (s service) list(ctx context.Context, out io.Writer, filter url.Values, cause func(*listed) string) error {
	var page struct {
		Reports []listed
		More    bool
	}
	filter.Set("limit", "500")
	if err := s.call(ctx, http.MethodGet, "/api/reports?"+filter.Encode(), &page); err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, s.l.Say("reports_program.jobs_head"))
	for i := range page.Reports {
		r := &page.Reports[i]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", commandline.Cell(r.ID), commandline.Cell(r.Type), commandline.Cell(r.State), commandline.Cell(r.Caller), commandline.Moment(r.Created), r.Attempt, r.Rows, commandline.Cell(r.Reason), commandline.Cell(cause(r)))
	}
	if page.More {
		fmt.Fprintln(table, "...")
	}
	return table.Flush()
}

// each makes a call for every report, and says what it came to. A report that was running
// ends a moment after the call that cancels it.
func (s service) each(ctx context.Context, out io.Writer, method string, ids []string, action string) error {
	for _, id := range ids {
		var now listed
		if err := s.call(ctx, method, "/api/reports/"+url.PathEscape(id)+action, &now); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		said := language.ID("reports_program.job_state")
		if method == http.MethodDelete && now.State == "running" {
			said = "reports_program.job_cancelled"
		}
		fmt.Fprintln(out, s.l.Say(said, "id", id, "state", now.State))
	}
	return nil
}

func (s service) call(ctx context.Context, method, path string, out any) error {
	return s.send(ctx, method, path, nil, out)
}

// send calls with a body, which is written as JSON unless it is nil.
func (s service) send(ctx context.Context, method, path string, body, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(s.url, "/")+path, content)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Accept-Language", string(s.l))
	if token := os.Getenv("REPORTS_TOKEN"); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return language.Errorf("reports_program.no_service", "error", err)
	}
	defer response.Body.Close() // only read
	if response.StatusCode == http.StatusUnauthorized {
		return language.Errorf("reports_program.token")
	}
	if response.StatusCode >= 300 {
		var refusal struct{ Message string }
		_ = json.NewDecoder(response.Body).Decode(&refusal) // the status says enough
		return fmt.Errorf("%s %s", response.Status, refusal.Message)
	}
	return json.NewDecoder(response.Body).Decode(out)
}
