package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/language"
)

func schedulesCommand() *cobra.Command {
	var at service
	schedules := &cobra.Command{
		Use:   "schedules",
		Short: "Have reports made at recurring times",
		Long: `schedules speaks to a running service; REPORTS_TOKEN is sent where it is set. Where
reports may be delivered is set with the flags of "reports serve".`,
	}
	schedules.PersistentFlags().StringVar(&at.url, "url", "http://127.0.0.1:8080", "`URL` of the service")
	list := &cobra.Command{
		Use: "list", Short: "List schedules, oldest first", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return at.listSchedules(command.Context(), command.OutOrStdout())
		},
	}
	run := &cobra.Command{
		Use: "run ID", Short: "Make a schedule's report now, besides its times", Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.onSchedule(command, http.MethodPost, ids[0], "/run", "reports_program.schedule_due")
		},
	}
	pause := &cobra.Command{
		Use: "pause ID", Short: "Pause a schedule; the times that pass meanwhile are not made up for", Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.onSchedule(command, http.MethodPost, ids[0], "/pause", "reports_program.schedule_paused")
		},
	}
	resume := &cobra.Command{
		Use: "resume ID", Short: "Resume a paused schedule", Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.onSchedule(command, http.MethodPost, ids[0], "/resume", "reports_program.schedule_made")
		},
	}
	remove := &cobra.Command{
		Use: "delete ID", Short: "Delete a schedule", Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.onSchedule(command, http.MethodDelete, ids[0], "", "reports_program.schedule_gone")
		},
	}
	schedules.AddCommand(list, addScheduleCommand(&at), run, pause, resume, remove)
	return schedules
}

const nextShape = "2006-01-02 15:04 -07:00"

// shownSchedule is what the commands show of a schedule.
type shownSchedule struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	When       string    `json:"when"`
	Timezone   string    `json:"timezone"`
	Next       time.Time `json:"next"` // zero while it is paused
	Paused     bool      `json:"paused"`
	LastReport string    `json:"lastReport"`
	Skipped    int       `json:"skipped"`
	Problem    string    `json:"problem"`
	WebHookKey string    `json:"webHookKey"`
}

// newSchedule is the body of the call that makes one.
type newSchedule struct {
	Type       string              `json:"type"`
	When       string              `json:"when"`
	Timezone   string              `json:"timezone"`
	Language   string              `json:"language,omitempty"`
	Format     string              `json:"format,omitempty"`
	Parameters map[string]string   `json:"parameters,omitempty"`
	Deliver    []map[string]string `json:"deliver"`
}

func addScheduleCommand(at *service) *cobra.Command {
	var wish newSchedule
	var parameters, mails, hooks, folders []string
	add := &cobra.Command{
		Use:   "add TYPE",
		Short: "Have a report made at recurring times and delivered",
		Example: `  reports schedules add ventas --when "every monday at 7:00" --timezone Europe/Madrid --mail accounts@example.com
  reports schedules add ventas -p year=2026 --when "cada día laborable a las 7" --timezone Europe/Madrid --folder accounts`,
		Args: one(language.ID("reports_program.a_type")),
		RunE: func(command *cobra.Command, args []string) (err error) {
			wish.Type = args[0]
			if wish.Parameters, err = readParameters(parameters); err != nil {
				return err
			}
			for kind, targets := range map[string][]string{"mail": mails, "webHook": hooks, "folder": folders} {
				for _, target := range targets {
					wish.Deliver = append(wish.Deliver, map[string]string{kind: target})
				}
			}
			return at.addSchedule(command.Context(), command.OutOrStdout(), wish)
		},
	}
	set := add.Flags()
	set.StringVar(&wish.When, "when", "", "`time`, such as \"every monday at 7:00\", \"every weekday at 7\", \"every month on day 1 at 7\" or \"every hour\"")
	set.StringVar(&wish.Timezone, "timezone", "", "time `zone` of the clock, such as Europe/Madrid")
	set.StringArrayVarP(&parameters, "parameter", "p", nil, "parameter as `name=value`; dates such as yesterday are counted from each run; may be given often")
	set.StringVar(&wish.Language, "language", "", "es or en; the definition's by default")
	set.StringVar(&wish.Format, "format", "", "xlsx or csv; the definition's by default")
	set.StringArrayVar(&mails, "mail", nil, "`address` that gets an e-mail; may be given often")
	set.StringArrayVar(&hooks, "web-hook", nil, "`URL` that is called, signed; may be given often")
	set.StringArrayVar(&folders, "folder", nil, "`name` of a folder or bucket of the service's settings; may be given often")
	for _, needed := range []string{"when", "timezone"} {
		_ = add.MarkFlagRequired(needed) // fails for a flag that is not there
	}
	add.MarkFlagsOneRequired("mail", "web-hook", "folder")
	return add
}

func (s service) addSchedule(ctx context.Context, out io.Writer, wish newSchedule) error {
	var made shownSchedule
	if err := s.send(ctx, http.MethodPost, "/api/schedules", wish, &made); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, spoken().Say("reports_program.schedule_made", "id", made.ID, "next", made.Next.Format(nextShape)))
	if made.WebHookKey != "" {
		_, keyErr := fmt.Fprintln(out, spoken().Say("reports_program.hook_key", "key", made.WebHookKey))
		err = errors.Join(err, keyErr)
	}
	return err
}

func (s service) listSchedules(ctx context.Context, out io.Writer) error {
	var page struct{ Schedules []shownSchedule }
	if err := s.call(ctx, http.MethodGet, "/api/schedules", &page); err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, spoken().Say("reports_program.schedules_head"))
	for _, each := range page.Schedules {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", each.ID, each.Type, each.When, each.Timezone, nextRun(each), each.LastReport, each.Skipped, strings.ReplaceAll(each.Problem, "\n", "; "))
	}
	return table.Flush()
}

func nextRun(s shownSchedule) string {
	if s.Paused {
		return spoken().Say("reports_program.paused")
	}
	return s.Next.Format("2006-01-02 15:04")
}

func (s service) onSchedule(command *cobra.Command, method, id, action string, said language.ID) error {
	var now shownSchedule
	if err := s.call(command.Context(), method, "/api/schedules/"+url.PathEscape(id)+action, &now); err != nil {
		return err
	}
	_, err := fmt.Fprintln(command.OutOrStdout(), spoken().Say(said, "id", now.ID, "next", now.Next.Format(nextShape)))
	return err
}
