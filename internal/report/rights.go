package report

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// checkRights warns of sources whose login can write. A source that cannot be asked is
// left to the readiness checks, which say why.
func (s *Service) checkRights(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(s.sources)) {
		asked, cancel := context.WithTimeout(ctx, checkTimeout)
		rights, err := s.sources[name].Writes(asked)
		cancel()
		switch {
		case err != nil:
			s.log.Debug("the rights of a source's login are not known", "source", name, "cause", err)
		case len(rights) > 0:
			warning := language.Errorf("reports_program.can_write", "source", name, "rights", strings.Join(rights, ", "))
			s.log.Warn(s.options.Spoken.Of(warning))
		}
	}
}
