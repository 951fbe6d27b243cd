package definition

import (
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/recurrence"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A Schedule has a report made at recurring times, without anybody asking.
type Schedule struct {
	Name       string // once in a definition
	When       string // as recurrence.Parse takes it
	Zone       string // IANA name; the definition's, else UTC
	Parameters map[string]string
	Language   locale.Language
	Format     Format
	Deliver    []jobs.Target
	Line       int

	ParametersLine int
	DeliverLine    int   // of the list
	TargetLines    []int // of each in it
}

func (w *walk) schedule(node *yaml.Node, d *Definition) {
	schedule := Schedule{Parameters: map[string]string{}, Line: node.Line, ParametersLine: node.Line}
	w.mapping(node, language.ID("definition.a_schedule"), map[string]member{
		"name": func(v *yaml.Node) { schedule.Name = w.name(v, language.ID("definition.schedule_name"), nameShape) },
		"when": func(v *yaml.Node) {
			schedule.When = w.words(v, "when")
			if _, err := recurrence.Parse(schedule.When); err != nil {
				w.fault(v, "definition.when", "why", err)
			}
		},
		"timezone":   func(v *yaml.Node) { schedule.Zone = w.zoneName(v) },
		"parameters": func(v *yaml.Node) { schedule.ParametersLine = v.Line; w.given(v, schedule.Parameters) },
		"language":   func(v *yaml.Node) { schedule.Language = oneOf(w, v, "language", locale.All()...) },
		"format":     func(v *yaml.Node) { schedule.Format = oneOf(w, v, "format", XLSX, CSV) },
		"deliver": func(v *yaml.Node) {
			schedule.DeliverLine = v.Line
			w.list(v, "deliver", func(item *yaml.Node) {
				schedule.Deliver, schedule.TargetLines = append(schedule.Deliver, w.target(item)), append(schedule.TargetLines, item.Line)
			})
		},
	}, "name", "when", "timezone", "deliver")
	if slices.ContainsFunc(d.Schedules, func(other Schedule) bool { return other.Name == schedule.Name }) {
		w.fault(node, "definition.schedule_twice", "name", strconv.Quote(schedule.Name))
	}
	d.Schedules = append(d.Schedules, schedule)
}

// zoneName reads the name of a schedule's time zone.
func (w *walk) zoneName(node *yaml.Node) string {
	text := w.words(node, "timezone")
	if err := CheckZoneName(text); err != nil {
		w.faultOf(node, err)
	}
	return text
}

// CheckZoneName returns an error unless a time zone can be a schedule's: it needs a
// name, since an offset has no summer time.
func CheckZoneName(text string) error {
	zone, err := value.ParseZone(text)
	if err != nil || zone.Fixed() {
		return NewFieldError("timezone", language.Errorf("value.zone_name", "value", text))
	}
	_, err = time.LoadLocation(text)
	return err
}

// given reads the parameters of a schedule as a request would give them.
func (w *walk) given(node *yaml.Node, into map[string]string) {
	if node.Kind != yaml.MappingNode {
		w.fault(node, "definition.parameters_mapping")
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		into[node.Content[i].Value] = w.words(node.Content[i+1], node.Content[i].Value)
	}
}

func (w *walk) target(node *yaml.Node) (target jobs.Target) {
	set := func(into *string, what string) member {
		return func(v *yaml.Node) { *into = w.words(v, what) }
	}
	w.mapping(node, language.ID("definition.a_target"), map[string]member{
		"mail": set(&target.Mail, "mail"), "webHook": set(&target.WebHook, "webHook"), "folder": set(&target.Folder, "folder"),
	})
	return target
}
