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

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func schedulesCommand(l language.Language) *cobra.Command {
	at := service{l: l}
	schedules := &cobra.Command{
		Use:   "schedules",
		Short: l.Say("reports_schedules.short"),
		Long:  l.Say("reports_schedules.long"),
	}
	schedules.PersistentFlags().StringVar(&at.url, "url", "http://127.0.0.1:8080", l.Say("reports_jobs.url"))
	list := &cobra.Command{
		Use: "list", Short: l.Say("reports_schedules.list"), Args: commandline.None,
		RunE: func(command *cobra.Command, _ []string) error {
			return at.listSchedules(command.Context(), command.OutOrStdout())
		},
	}
	run := &cobra.Command{
		Use: "run ID", Short: l.Say("reports_schedules.run"), Args: one("reports_program.a_schedule"),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.onSchedule(command, http.MethodPost, ids[0], "/run", "reports_program.schedule_due")
		},
	}
	pause := &cobra.Command{
		Use: "pause ID", Short: l.Say("reports_schedules.pause"), Args: one("reports_program.a_schedule"),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.onSchedule(command, http.MethodPost, ids[0], "/pause", "reports_program.schedule_paused")
		},
	}
	resume := &cobra.Command{
		Use: "resume ID", Short: l.Say("reports_schedules.resume"), Args: one("reports_program.a_schedule"),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.onSchedule(command, http.MethodPost, ids[0], "/resume", "reports_program.schedule_made")
		},
	}
	remove := &cobra.Command{
		Use: "delete ID", Short: l.Say("reports_schedules.delete"), Args: one("reports_program.a_schedule"),
		RunE: func(command *cobra.Command, ids []string) error {
			return at.onSchedule(command, http.MethodDelete, ids[0], "", "reports_program.schedule_gone")
		},
	}
	schedules.AddCommand(list, addScheduleCommand(l, &at), run, pause, resume, remove)
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

func addScheduleCommand(l language.Language, at *service) *cobra.Command {
	var wish newSchedule
	var parameters, mails, hooks, folders []string
	add := &cobra.Command{
		Use:   "add TYPE",
		Short: l.Say("reports_schedules.add"),
		Example: `  reports schedules add ventas --when "every monday at 7:00" --timezone Europe/Madrid --mail accounts@example.com
  reports schedules add ventas -p year=2026 --when "cada día laborable a las 7" --timezone Europe/Madrid --folder accounts`,
		Args: one("reports_program.a_type"),
		RunE: func(command *cobra.Command, args []string) (err error) {
			if wish.When == "" || wish.Timezone == "" || len(mails)+len(hooks)+len(folders) == 0 {
				return language.Errorf("reports_program.schedule_needs")
			}
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
	set.StringVar(&wish.When, "when", "", l.Say("reports_schedules.when"))
	set.StringVar(&wish.Timezone, "timezone", "", l.Say("reports_schedules.timezone"))
	set.StringArrayVarP(&parameters, "parameter", "p", nil, l.Say("reports_schedules.parameter"))
	set.StringVar(&wish.Language, "language", "", l.Say("reports_run.language"))
	set.StringVar(&wish.Format, "format", "", l.Say("reports_schedules.format"))
	set.StringArrayVar(&mails, "mail", nil, l.Say("reports_schedules.mail"))
	set.StringArrayVar(&hooks, "web-hook", nil, l.Say("reports_schedules.web_hook"))
	set.StringArrayVar(&folders, "folder", nil, l.Say("reports_schedules.folder"))
	return add
}

func (s service) addSchedule(ctx context.Context, out io.Writer, wish newSchedule) error {
	var made shownSchedule
	if err := s.send(ctx, http.MethodPost, "/api/schedules", wish, &made); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, s.l.Say("reports_program.schedule_made", "id", made.ID, "next", made.Next.Format(nextShape)))
	if made.WebHookKey != "" {
		_, keyErr := fmt.Fprintln(out, s.l.Say("reports_program.hook_key", "key", made.WebHookKey))
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
	fmt.Fprintln(table, s.l.Say("reports_program.schedules_head"))
	for _, each := range page.Schedules {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", commandline.Cell(each.ID), commandline.Cell(each.Type), commandline.Cell(each.When), commandline.Cell(each.Timezone), nextRun(s.l, each),
			commandline.Cell(each.LastReport), each.Skipped, commandline.Cell(strings.ReplaceAll(each.Problem, "\n", "; ")))
	}
	return table.Flush()
}

func nextRun(l language.Language, s shownSchedule) string {
	if s.Paused {
		return l.Say("reports_program.paused")
	}
	return s.Next.Format("2006-01-02 15:04")
}

func (s service) onSchedule(command *cobra.Command, method, id, action string, said language.ID) error {
	var now shownSchedule
	if err := s.call(command.Context(), method, "/api/schedules/"+url.PathEscape(id)+action, &now); err != nil {
		return err
	}
	_, err := fmt.Fprintln(command.OutOrStdout(), s.l.Say(said, "id", now.ID, "next", now.Next.Format(nextShape)))
	return err
}
