package apis

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Stage is the view of a stage: AWS shows its maps even when they are empty.
type Stage struct {
	pasarela.Stage
	DefaultRouteSettings RouteSettings            `json:"defaultRouteSettings"`
	RouteSettings        map[string]RouteSettings `json:"routeSettings"`
	StageVariables       map[string]string        `json:"stageVariables"`
	Tags                 map[string]string        `json:"tags"`
}

// RouteSettings is the view of a route's settings.
type RouteSettings struct {
	DataTraceEnabled       *bool  `json:"dataTraceEnabled,omitempty"`
	DetailedMetricsEnabled *bool  `json:"detailedMetricsEnabled,omitempty"`
	LoggingLevel           string `json:"loggingLevel,omitempty"`
	ThrottlingBurstLimit   *int   `json:"throttlingBurstLimit,omitempty"`
	ThrottlingRateLimit    *Rate  `json:"throttlingRateLimit,omitempty"`
}

// Rate is a number that AWS writes with a decimal point: 2000.0.
type Rate float64

// MarshalJSON writes the point.
func (r Rate) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(r), 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return []byte(text), nil
}

func viewRouteSettings(r pasarela.RouteSettings) RouteSettings {
	view := RouteSettings{
		DataTraceEnabled:       r.DataTraceEnabled,
		DetailedMetricsEnabled: r.DetailedMetricsEnabled,
		LoggingLevel:           r.LoggingLevel,
		ThrottlingBurstLimit:   r.ThrottlingBurstLimit,
	}
	if r.ThrottlingRateLimit != nil {
		view.ThrottlingRateLimit = new(Rate(*r.ThrottlingRateLimit))
	}
	return view
}

func viewStage(stage pasarela.Stage) Stage {
	view := Stage{
		Stage:                stage,
		DefaultRouteSettings: viewRouteSettings(stage.DefaultRouteSettings),
		RouteSettings:        make(map[string]RouteSettings, len(stage.RouteSettings)),
		StageVariables:       orEmpty(stage.StageVariables),
		Tags:                 orEmpty(stage.Tags),
	}
	for key, settings := range stage.RouteSettings {
		view.RouteSettings[key] = viewRouteSettings(settings)
	}
	return view
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// checkLogging refuses logs that AWS would not write because the account has no
// role for them.
func (s *Stages) checkLogging(ctx context.Context, in *StageFields) error {
	if !s.apis.RequireCloudWatchRole || !in.logs() {
		return nil
	}
	account, err := s.apis.account.Get(ctx, pasarela.AccountKey)
	if err != nil && !errors.Is(err, pasarela.ErrNotFound) {
		return err
	}
	if err != nil || account.Value.CloudWatchRoleARN == "" {
		return bad("CloudWatch Logs role ARN must be set in account settings to enable logging")
	}
	return nil
}

func (in *StageFields) logs() bool {
	if in.AccessLogSettings != nil && *in.AccessLogSettings != (pasarela.AccessLogSettings{}) {
		return true
	}
	settings := make([]pasarela.RouteSettings, 0, len(in.RouteSettings)+1)
	for _, s := range in.RouteSettings {
		settings = append(settings, s)
	}
	if in.DefaultRouteSettings != nil {
		settings = append(settings, *in.DefaultRouteSettings)
	}
	for _, s := range settings {
		if s.LoggingLevel != "" && s.LoggingLevel != pasarela.LoggingOff || s.DataTraceEnabled != nil && *s.DataTraceEnabled {
			return true
		}
	}
	return false
}

// checkCertificate holds that a client certificate exists.
func (s *Stages) checkCertificate(ctx context.Context, id *string) error {
	if id == nil || *id == "" {
		return nil
	}
	if !isID(*id) {
		return unknown("client certificate", *id)
	}
	_, err := s.apis.ClientCertificates.certificates.Get(ctx, pasarela.PrefixClientCertificate+*id)
	if errors.Is(err, pasarela.ErrNotFound) {
		return unknown("client certificate", *id)
	}
	return err
}
