package apis

import (
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// The sentences of aws-controlplane §3.14. What AWS says where is not always
// known; A-APIS-2 lists which are ours.

func (o *Options) noAPI(apiID string) error {
	return pasarela.Errorf(pasarela.CodeNotFound, "Invalid API identifier specified %s:%s", o.RegionAccount.AccountID, apiID)
}

// unknown is the 404 of a part of an API: kind is Route, Integration ...
func unknown(kind, id string) error {
	return pasarela.Errorf(pasarela.CodeNotFound, "Invalid %s identifier specified %s", kind, id)
}

func noStage() error {
	return pasarela.Errorf(pasarela.CodeNotFound, "Invalid stage identifier specified")
}

func bad(format string, args ...any) error {
	return pasarela.Errorf(pasarela.CodeBadRequest, format, args...)
}

func conflict(format string, args ...any) error {
	return pasarela.Errorf(pasarela.CodeConflict, format, args...)
}

// faulty makes the error of a create or update from the checker's faults.
func faulty(intro string, faults []Fault) error {
	const shown = 10
	var b strings.Builder
	b.WriteString(intro)
	for i, f := range faults {
		if i == shown {
			b.WriteString("; and more")
			break
		}
		if i > 0 {
			b.WriteString(";")
		}
		b.WriteString(" " + f.String())
	}
	return bad("%s", b.String())
}
