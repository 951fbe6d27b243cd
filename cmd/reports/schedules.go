package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
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
	schedules.AddCommand(list, addScheduleCommand(l, &at), changeScheduleCommand(l, &at), run, pause, resume, remove)
	return schedules
}

const nextShape = "2006-01-02 15:04 -07:00"

// shownSchedule is what the commands show of a schedule.
type shownSchedule struct {
	ID         string              `json:"id"`
	Type       string              `json:"type"`
	When       string              `json:"when"`
	WhenText   map[string]string   `json:"whenText"` // by language
	Timezone   string              `json:"timezone"`
	Language   string              `json:"language"`
	Format     string              `json:"format"`
	Parameters map[string]string   `json:"parameters"`
	Defaults   map[string]string   `json:"defaults"`
	Deliver    []map[string]string `json:"deliver"`
	Caller     string              `json:"caller"`
	Attributes map[string]string   `json:"attributes"`
	Next       time.Time           `json:"next"` // zero while it is paused, and without its report
	Paused     bool                `json:"paused"`
	LastReport string              `json:"lastReport"`
	LastState  string              `json:"lastState"`
	Defined    bool                `json:"fromDefinition"`
	Skipped    int                 `json:"skipped"`
	Problem    string              `json:"problem"`
	WebHookKey string              `json:"webHookKey"`
}

// newSchedule is the body of the calls that make and change one.
type newSchedule struct {
	Type       string              `json:"type"`
	When       string              `json:"when"`
	Timezone   string              `json:"timezone"`
	Language   string              `json:"language,omitempty"`
	Format     string              `json:"format,omitempty"`
	Caller     string              `json:"caller,omitempty"`
	Attributes map[string]string   `json:"attributes,omitempty"`
	Parameters map[string]string   `json:"parameters,omitempty"`
	Deliver    []map[string]string `json:"deliver"`
}

// scheduleFlags are the flags of the commands that make and change a schedule.
type scheduleFlags struct {
	wish                                          newSchedule
	parameters, attributes, mails, hooks, folders []string
}

func (f *scheduleFlags) add(l language.Language, command *cobra.Command) {
	set := command.Flags()
	set.StringVar(&f.wish.When, "when", "", l.Say("reports_schedules.when"))
	set.StringVar(&f.wish.Timezone, "timezone", "", l.Say("reports_schedules.timezone"))
	set.StringArrayVarP(&f.parameters, "parameter", "p", nil, l.Say("reports_schedules.parameter"))
	set.StringVar(&f.wish.Language, "language", "", l.Say("reports_run.language"))
	set.StringVar(&f.wish.Format, "format", "", l.Say("reports_schedules.format"))
	set.StringVar(&f.wish.Caller, "caller", "", l.Say("reports_schedules.caller"))
	set.StringArrayVar(&f.attributes, "attribute", nil, l.Say("reports_schedules.attribute"))
	set.StringArrayVar(&f.mails, "mail", nil, l.Say("reports_schedules.mail"))
	set.StringArrayVar(&f.hooks, "web-hook", nil, l.Say("reports_schedules.web_hook"))
	set.StringArrayVar(&f.folders, "folder", nil, l.Say("reports_schedules.folder"))
}

// read completes the wish with what was given as lists.
func (f *scheduleFlags) read() (err error) {
	if f.wish.Parameters, err = readPairs("-p", f.parameters); err != nil {
		return err
	}
	if len(f.attributes) > 0 {
		if f.wish.Attributes, err = readPairs("--attribute", f.attributes); err != nil {
			return err
		}
	}
	for _, targets := range []struct {
		kind string
		of   []string
	}{{"mail", f.mails}, {"webHook", f.hooks}, {"folder", f.folders}} {
		for _, target := range targets.of {
			f.wish.Deliver = append(f.wish.Deliver, map[string]string{targets.kind: target})
		}
	}
	return nil
}

// missing returns an error that names the flags without which there is no schedule.
func (f *scheduleFlags) missing() error {
	var missing []string
	if f.wish.When == "" {
		missing = append(missing, "--when")
	}
	if f.wish.Timezone == "" {
		missing = append(missing, "--timezone")
	}
	switch noTarget := len(f.wish.Deliver) == 0; {
	case noTarget && len(missing) == 0:
		return language.Errorf("reports_program.target_needed")
	case noTarget:
		return language.Errorf("reports_program.flags_needed", "missing", strings.Join(missing, ", "), "target", language.Errorf("reports_program.and_target"))
	case len(missing) > 0:
		return language.Errorf("reports_program.flags_needed", "missing", strings.Join(missing, ", "), "target", "")
	}
	return nil
}

// onto puts what was given in the place of what a schedule has. Of parameters each is
// replaced by itself, and an empty one goes; targets are replaced together.
func (f *scheduleFlags) onto(known *shownSchedule) newSchedule {
	changed := f.wish
	changed.Type = cmp.Or(changed.Type, known.Type)
	changed.When, changed.Timezone = cmp.Or(changed.When, known.When), cmp.Or(changed.Timezone, known.Timezone)
	changed.Language, changed.Format = cmp.Or(changed.Language, known.Language), cmp.Or(changed.Format, known.Format)
	if len(changed.Deliver) == 0 {
		changed.Deliver = known.Deliver
	}
	changed.Parameters = map[string]string{}
	maps.Copy(changed.Parameters, known.Parameters)
	maps.Copy(changed.Parameters, f.wish.Parameters)
	maps.DeleteFunc(changed.Parameters, func(_, value string) bool { return value == "" })
	return changed
}

func addScheduleCommand(l language.Language, at *service) *cobra.Command {
	var flags scheduleFlags
	add := &cobra.Command{
		Use:   "add TYPE",
		Short: l.Say("reports_schedules.add"),
		Example: `  reports schedules add ventas --when "every monday at 7:00" --timezone Europe/Madrid --mail accounts@example.com
  reports schedules add ventas -p year=2026 --when "cada día laborable a las 7" --timezone Europe/Madrid --folder accounts`,
		Args: one("reports_program.a_type"),
		RunE: func(command *cobra.Command, args []string) error {
			if err := flags.read(); err != nil {
				return err
			}
			if err := flags.missing(); err != nil {
				return err
			}
			flags.wish.Type = args[0]
			return at.addSchedule(command.Context(), command.OutOrStdout(), flags.wish)
		},
	}
	flags.add(l, add)
	return add
}

func changeScheduleCommand(l language.Language, at *service) *cobra.Command {
	var flags scheduleFlags
	change := &cobra.Command{
		Use:     "change ID",
		Short:   l.Say("reports_schedules.change"),
		Long:    l.Say("reports_schedules.change_long"),
		Example: `  reports schedules change ID --when "every monday at 8:30" -p year=2027`,
		Args:    one("reports_program.a_schedule"),
		RunE: func(command *cobra.Command, ids []string) error {
			if command.Flags().NFlag() == 0 {
				return language.Errorf("reports_program.nothing_to_change")
			}
			if err := flags.read(); err != nil {
				return err
			}
			return at.changeSchedule(command.Context(), command.OutOrStdout(), ids[0], &flags)
		},
	}
	flags.add(l, change)
	change.Flags().StringVar(&flags.wish.Type, "type", "", l.Say("reports_schedules.type"))
	return change
}

func (s service) changeSchedule(ctx context.Context, out io.Writer, id string, flags *scheduleFlags) error {
	known, err := s.schedules(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(known, func(each shownSchedule) bool { return each.ID == id })
	if i < 0 {
		return language.Errorf("reports_api.no_schedule")
	}
	var now shownSchedule
	if err := s.send(ctx, http.MethodPut, "/api/schedules/"+url.PathEscape(id), flags.onto(&known[i]), &now); err != nil {
		return err
	}
	said := language.ID("reports_program.schedule_made")
	if now.Paused {
		said = "reports_program.schedule_paused"
	}
	return s.say(out, said, &now)
}

// say says what a schedule is now; what is wrong with one whose report is gone.
func (s service) say(out io.Writer, said language.ID, now *shownSchedule) error {
	text := s.l.Say(said, "id", now.ID, "next", now.Next.Format(nextShape))
	if said == "reports_program.schedule_made" && now.Next.IsZero() && now.Problem != "" {
		text = s.l.Say("reports_program.schedule_broken", "id", now.ID, "problem", now.Problem)
	}
	_, err := fmt.Fprintln(out, text)
	return err
}

func (s service) addSchedule(ctx context.Context, out io.Writer, wish newSchedule) error {
	var made shownSchedule
	if err := s.send(ctx, http.MethodPost, "/api/schedules", wish, &made); err != nil {
		return err
	}
	err := s.say(out, "reports_program.schedule_made", &made)
	if made.WebHookKey != "" {
		_, keyErr := fmt.Fprintln(out, s.l.Say("reports_program.hook_key", "key", made.WebHookKey))
		err = errors.Join(err, keyErr)
	}
	return err
}

func (s service) schedules(ctx context.Context) ([]shownSchedule, error) {
	var page struct{ Schedules []shownSchedule }
	err := s.call(ctx, http.MethodGet, "/api/schedules", &page)
	return page.Schedules, err
}

func (s service) listSchedules(ctx context.Context, out io.Writer) error {
	all, err := s.schedules(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, s.l.Say("reports_program.schedules_head"))
	for i := range all {
		each := &all[i]
		for _, cell := range []string{each.ID, each.Type, s.callerText(each), s.parametersText(each), each.Format, cmp.Or(each.WhenText[string(s.l)], each.When), each.Timezone, nextRun(s.l, each), s.targetsText(each.Deliver), s.lastReport(each)} {
			fmt.Fprintf(table, "%s\t", commandline.Cell(cell))
		}
		fmt.Fprintf(table, "%d\t%s\n", each.Skipped, commandline.Cell(strings.ReplaceAll(each.Problem, "\n", " ")))
	}
	return table.Flush()
}

// callerText is in whose name a schedule is, with its attributes: a definition's own needs none.
func (s service) callerText(each *shownSchedule) string {
	switch {
	case each.Defined:
		return s.l.Say("reports_program.of_definition")
	case len(each.Attributes) > 0:
		return strings.TrimSpace(each.Caller + " (" + pairsText(each.Attributes, func(value string) string { return value }) + ")")
	}
	return each.Caller
}

// parametersText is name=value of each, in the order of the names, and then those that are left
// to their defaults.
func (s service) parametersText(each *shownSchedule) string {
	said := func(value string) string { return definition.RelativeIn(locale.Language(s.l), value) }
	given, defaults := pairsText(each.Parameters, said), pairsText(each.Defaults, func(value string) string {
		return s.l.Say("reports_program.by_default", "value", said(value))
	})
	if given != "" && defaults != "" {
		given += ", "
	}
	return given + defaults
}

// pairsText is name=value of each, in the order of the names.
func pairsText(pairs map[string]string, said func(value string) string) string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		texts = append(texts, name+"="+said(pairs[name]))
	}
	return strings.Join(texts, ", ")
}

// targetsText is where a report goes: addresses and URLs as they are, folders and
// connections with what they are.
func (s service) targetsText(deliver []map[string]string) string {
	var texts []string
	for _, target := range deliver {
		for kind, name := range target {
			switch kind {
			case "folder":
				name = s.l.Say("reports_program.to_folder", "name", name)
			case "connection":
				name = s.l.Say("reports_program.to_connection", "name", name)
			}
			texts = append(texts, name)
		}
	}
	return strings.Join(texts, ", ")
}

// lastStates are the words for what became of a run.
var lastStates = map[string]language.ID{
	"queued": "reports_program.last_queued", "running": "reports_program.last_running", "delivering": "reports_program.last_delivering", "ready": "reports_program.last_ready",
	"undelivered": "reports_program.last_undelivered", "failed": "reports_program.last_failed", "cancelled": "reports_program.last_cancelled",
}

// lastReport is what became of the last run, and the id of its report.
func (s service) lastReport(each *shownSchedule) string {
	state := each.LastState // of a newer service, as it is
	if id, ok := lastStates[state]; ok {
		state = s.l.Say(id)
	}
	return strings.TrimSpace(state + " " + each.LastReport)
}

func nextRun(l language.Language, s *shownSchedule) string {
	switch {
	case s.Paused:
		return l.Say("reports_program.paused")
	case s.Next.IsZero(): // the problem says why
		return "-"
	}
	return s.Next.Format("2006-01-02 15:04")
}

func (s service) onSchedule(command *cobra.Command, method, id, action string, said language.ID) error {
	var now shownSchedule
	if err := s.call(command.Context(), method, "/api/schedules/"+url.PathEscape(id)+action, &now); err != nil {
		return err
	}
	return s.say(command.OutOrStdout(), said, &now)
}
