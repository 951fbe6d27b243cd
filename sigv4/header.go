package sigv4

import (
	"net/http"
	"strings"
	"time"
)

// parseHeader reads the Authorization header form. Parameters may come in any
// order, separated by a comma with or without a space.
func parseHeader(r *http.Request, authorization string) (Signature, error) {
	var s Signature
	scheme, parameters, _ := strings.Cut(authorization, " ")
	if scheme != algorithm && strings.HasPrefix(scheme, "AWS4-") {
		return s, incomplete("Unsupported AWS 'algorithm': '" + scheme + "'. Use " + algorithm + ".")
	}
	var credential, signedHeaders string
	for part := range strings.SplitSeq(parameters, ",") {
		part = strings.TrimSpace(part)
		name, value, ok := strings.Cut(part, "=")
		if !ok && part != "" {
			return s, incomplete("'" + part + "' not a valid key=value pair (missing equal-sign) in Authorization header: '" + authorization + "'.")
		}
		var place *string
		switch name {
		case "Credential":
			place = &credential
		case "SignedHeaders":
			place = &signedHeaders
		case "Signature":
			place = &s.hex
		default:
			continue
		}
		if *place != "" {
			return s, incomplete("The Authorization header has the parameter '" + name + "' more than once.")
		}
		*place = value
	}
	date, err := headerDate(r)
	if err != nil {
		return s, err
	}
	if missing := missingParameters(credential, s.hex, signedHeaders, date); missing != "" {
		return s, incomplete(missing + "Authorization=" + authorization)
	}
	s.SessionToken = r.Header.Get("X-Amz-Security-Token")
	return s, s.complete(credential, signedHeaders, date)
}

func (s *Signature) complete(credential, signedHeaders, date string) error {
	if err := s.setCredential(credential); err != nil {
		return err
	}
	if err := s.setTime(date); err != nil {
		return err
	}
	return s.setSignedHeaders(signedHeaders)
}

func missingParameters(credential, signature, signedHeaders, date string) string {
	var b strings.Builder
	for _, p := range [...]struct{ name, value string }{
		{"Credential", credential}, {"Signature", signature}, {"SignedHeaders", signedHeaders},
	} {
		if p.value == "" {
			b.WriteString("Authorization header requires '" + p.name + "' parameter. ")
		}
	}
	if date == "" {
		b.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
	}
	return b.String()
}

// headerDate is X-Amz-Date, or Date turned into the form that is signed: signers
// that use Date put its HTTP form on the wire and the basic ISO form into the
// string to sign.
func headerDate(r *http.Request) (string, error) {
	if date := r.Header.Get("X-Amz-Date"); date != "" {
		return date, nil
	}
	date := r.Header.Get("Date")
	if date == "" {
		return "", nil
	}
	if t, err := http.ParseTime(date); err == nil {
		return t.UTC().Format(basicISO), nil
	}
	if _, err := time.Parse(basicISO, date); err != nil {
		return "", incomplete("Date must be in ISO-8601 'basic format'. Got '" + date + "'. See http://en.wikipedia.org/wiki/ISO_8601")
	}
	return date, nil
}
