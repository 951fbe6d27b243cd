package report

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// checkRights warns of sources whose login can write.
func (s *Service) checkRights(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(s.sources)) {
		warnOfRights(ctx, s.log, s.options.WarningLanguage, name, s.sources[name].Writes)
	}
}

// warnOfRights warns when the login of a source can write. A source that cannot be asked is
// left to the readiness checks, which say why.
func warnOfRights(ctx context.Context, log *slog.Logger, l language.Language, name string, writes func(context.Context) ([]string, error)) {
	asked, cancel := context.WithTimeout(ctx, checkTimeout)
	rights, err := writes(asked)
	cancel()
	switch {
	case err != nil:
		log.Debug("the rights of a source's login are not known", "source", name, "cause", err)
	case len(rights) > 0:
		log.Warn(l.Of(language.Errorf("reports_program.can_write", "source", name, "rights", strings.Join(rights, ", "))))
	}
}
