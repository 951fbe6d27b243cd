package value

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
	_ "time/tzdata" // the zones' names mean the same on every machine

	"github.com/pasarela-ws/pasarela/internal/language"
)

// A Zone is the time zone in which moments are shown: a name of the IANA database
// such as "Europe/Madrid", or an offset such as "+01:00". The zero Zone is UTC.
type Zone struct {
	name     string
	location *time.Location
	fixed    bool
}

var (
	offsetShape = regexp.MustCompile(`^[+-](0[0-9]|1[0-4]):[0-5][0-9]$`)
	zoneShape   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+/-]{0,63}$`)
)

// ParseZone reads the name or offset of a zone.
func ParseZone(text string) (Zone, error) {
	if offsetShape.MatchString(text) {
		at, err := time.Parse("-07:00", text)
		if err != nil {
			return Zone{}, fmt.Errorf("time zone %q: %w", text, err)
		}
		_, east := at.Zone()
		return Zone{text, time.FixedZone(text, east), true}, nil
	}
	if !zoneShape.MatchString(text) || text == "Local" {
		return Zone{}, language.Errorf("value.zone_form", "zone", strconv.Quote(text))
	}
	location, err := time.LoadLocation(text)
	if err != nil {
		return Zone{}, language.Errorf("value.zone_unknown", "zone", text)
	}
	return Zone{text, location, false}, nil
}

// String is the zone's name or offset.
func (z Zone) String() string {
	if z.name == "" {
		return "UTC"
	}
	return z.name
}

// Location is the zone for Go's clock.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// Fixed tells whether the zone is an offset without a name.
func (z Zone) Fixed() bool { return z.fixed }
