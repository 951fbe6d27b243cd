package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Lookup returns the secret of an access key; sessionToken is empty for
// long-term keys. It returns [ErrUnknownKey] or [ErrExpiredToken], or any other
// error when it cannot tell.
type Lookup func(accessKeyID, sessionToken string) (secret string, err error)

// Options of a [Verifier]. The zero value is AWS's behaviour.
type Options struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Window is the largest difference of the clocks of client and server that
	// a service accepts; [Window] when nil.
	Window func(service string) time.Duration
	// Secure says whether a request came over TLS, which UNSIGNED-PAYLOAD needs;
	// r.TLS != nil when nil. Give one when a proxy in front ends TLS.
	Secure func(r *http.Request) bool
	// Unsigned says for which services UNSIGNED-PAYLOAD may stand in place of the
	// hash of the body, over TLS; execute-api alone when nil. With it a signature
	// is valid for every body.
	Unsigned func(service string) bool
	// Keys bounds the cache of derived signing keys; 1024 when 0. A key takes
	// about 300 bytes, and 2 KB more while it is in use.
	Keys int
}

// Verifier checks signatures. It is safe for concurrent use.
type Verifier struct {
	now    func() time.Time
	window func(service string) time.Duration
	secure func(r *http.Request) bool

	unsigned func(service string) bool
	keys     *keyCache
}

// New makes a Verifier.
func New(o Options) *Verifier {
	v := &Verifier{now: o.Now, window: o.Window, secure: o.Secure, unsigned: o.Unsigned}
	if v.now == nil {
		v.now = time.Now
	}
	if v.window == nil {
		v.window = Window
	}
	if v.secure == nil {
		v.secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	if v.unsigned == nil {
		v.unsigned = func(service string) bool { return service == "execute-api" }
	}
	if o.Keys <= 0 {
		o.Keys = 1024
	}
	v.keys = newKeyCache(o.Keys)
	return v
}

// Window is AWS's tolerance: 15 minutes for the query services, 5 for the
// others (aws-controlplane §10.3).
func Window(service string) time.Duration {
	switch service {
	case "iam", "sts", "cloudformation":
		return 15 * time.Minute
	}
	return 5 * time.Minute
}

// Verify checks that sig, which [Parse] read from r, was made over r and body
// with the secret that lookup knows, for the scope that the server wants, and
// that its time is within the window. The error is an [*Error], or what lookup
// answered when that is neither [ErrUnknownKey] nor [ErrExpiredToken].
func (v *Verifier) Verify(r *http.Request, sig Signature, body []byte, want Scope, lookup Lookup) error {
	a, err := v.Admit(r, sig, want, lookup)
	if err != nil {
		return err
	}
	return a.Verify(body)
}

// Admission is a request whose signature was checked as far as possible without the
// body.
type Admission struct {
	verifier *Verifier
	request  *http.Request
	sig      Signature
	secret   string
	declared string // the hash of the body or UNSIGNED-PAYLOAD, as the request says; "" when it does not
	proved   bool   // a signed header declares it, and Admit checked the signature
}

// Admit checks everything that needs no body: scope, access key, time and, where a
// signed header declares the hash of the body, the signature itself. So a server need not
// read the body of a caller without a key. Call [Admission.Verify] with the
// body; nothing is proved before it. Errors are those of [Verifier.Verify].
func (v *Verifier) Admit(r *http.Request, sig Signature, want Scope, lookup Lookup) (Admission, error) {
	a := Admission{verifier: v, request: r, sig: sig}
	if err := checkScope(sig.Scope, want); err != nil {
		return a, err
	}
	var err error
	a.secret, err = lookup(sig.AccessKeyID, sig.SessionToken)
	switch {
	case errors.Is(err, ErrUnknownKey):
		return a, &Error{Fault: FaultUnknownKey, AccessKeyID: sig.AccessKeyID, Presigned: sig.Presigned}
	case errors.Is(err, ErrExpiredToken):
		return a, &Error{Fault: FaultExpiredToken, AccessKeyID: sig.AccessKeyID, Presigned: sig.Presigned}
	case err != nil:
		return a, err
	}
	if err := v.checkTime(&a.sig); err != nil {
		return a, err
	}
	if err := a.declare(); err != nil || !a.proved {
		return a, err
	}
	return a, v.checkSignature(r, &a.sig, a.secret, a.declared)
}

// Verify checks what is left: the body against the hash that the request declares,
// or the signature over it.
func (a *Admission) Verify(body []byte) error {
	if a.declared == unsignedPayload {
		return nil
	}
	var text [2 * sha256.Size]byte
	hash := sha256.Sum256(body)
	actual := string(hex.AppendEncode(text[:0], hash[:]))
	if a.declared != "" && !strings.EqualFold(a.declared, actual) {
		return &Error{Fault: FaultPayload, Presigned: a.sig.Presigned, Detail: "The provided 'x-amz-content-sha256' header does not match what was computed: '" + a.declared + "' != '" + actual + "'."}
	}
	if a.proved {
		return nil
	}
	if a.declared != "" {
		actual = a.declared // in the letter case that was signed
	}
	return a.verifier.checkSignature(a.request, &a.sig, a.secret, actual)
}

func checkScope(got, want Scope) error {
	switch {
	case want.Service != "" && got.Service != want.Service:
		return &Error{Fault: FaultScope, Detail: "Credential should be scoped to correct service: '" + want.Service + "'."}
	case want.Region != "" && got.Region != want.Region:
		return &Error{Fault: FaultScope, Detail: "Credential should be scoped to a valid region, not '" + got.Region + "'."}
	}
	return nil
}

func (v *Verifier) checkTime(s *Signature) error {
	now, window := v.now().UTC().Truncate(time.Second), v.window(s.Scope.Service)
	life := window
	if s.Expires > 0 {
		life = s.Expires
	}
	detail := ""
	switch {
	case s.Time.Add(life).Before(now):
		detail = fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - %s)",
			s.timestamp, now.Add(-life).Format(basicISO), now.Format(basicISO), span(life))
	case s.Time.Add(-window).After(now):
		detail = fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + %s)",
			s.timestamp, now.Add(window).Format(basicISO), now.Format(basicISO), span(window))
	default:
		return nil
	}
	return &Error{Fault: FaultTime, Detail: detail, Presigned: s.Presigned}
}

func span(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%d min.", d/time.Minute)
	}
	return fmt.Sprintf("%d sec.", d/time.Second)
}

const (
	contentSHA256   = "X-Amz-Content-Sha256"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// declare reads what the request declares about its body: its hash, or
// UNSIGNED-PAYLOAD where that is allowed (A-WIRE-8).
func (a *Admission) declare() error {
	declared, signed := declaredPayload(a.request, &a.sig)
	detail := ""
	if declared == "" && a.sig.Presigned && a.sig.Scope.Service == "s3" {
		declared, signed = unsignedPayload, true // S3's presigned URLs do not cover the body
	}
	switch {
	case declared != unsignedPayload && declared != streamingUnsignedTrailer:
	case a.sig.Scope.Service == "s3" && a.request.ContentLength == 0 && declared == unsignedPayload: // there is no body to change
	case !a.verifier.unsigned(a.sig.Scope.Service):
		detail = "UNSIGNED-PAYLOAD is not accepted by the service '" + a.sig.Scope.Service + "': sign the SHA-256 of the body."
	case !signed:
		detail = "'x-amz-content-sha256' must be a signed header when it is UNSIGNED-PAYLOAD."
	case !a.verifier.secure(a.request):
		detail = declared + " is accepted over TLS only: sign the SHA-256 of the body."
	}
	if detail != "" {
		return &Error{Fault: FaultPayload, Presigned: a.sig.Presigned, Detail: detail}
	}
	a.declared, a.proved = declared, signed && declared != ""
	return nil
}

func declaredPayload(r *http.Request, s *Signature) (value string, signed bool) {
	if value = r.Header.Get(contentSHA256); value != "" {
		for name := range strings.SplitSeq(s.SignedHeaders, ";") {
			if strings.EqualFold(name, contentSHA256) {
				return value, true
			}
		}
		return value, false
	}
	if !s.Presigned {
		return "", false
	}
	for pair := range strings.SplitSeq(rawQuery(r), "&") {
		if name, text, _ := strings.Cut(pair, "="); name == contentSHA256 {
			return unescape(text), true
		}
	}
	return "", false
}

// checkSignature tries the canonical form of AWS's SDKs first, and only when
// that fails the few others that signers use. All of them cover method, path,
// query, headers and body.
func (v *Verifier) checkSignature(r *http.Request, s *Signature, secret, payload string) error {
	var given [sha256.Size]byte
	n, err := hex.Decode(given[:], []byte(s.hex[:min(len(s.hex), 2*sha256.Size)]))
	wellFormed := err == nil && n == sha256.Size && len(s.hex) == 2*sha256.Size
	key := v.keys.signingKey(s, secret)
	if wellFormed && matches(r, s, key, payload, form{query: queryForm{keepSignature: !s.Presigned}}, &given) {
		return nil
	}
	for _, f := range otherForms(s) {
		if wellFormed && matches(r, s, key, payload, f, &given) {
			return nil
		}
	}
	return mismatch(r, s, payload)
}

func otherForms(s *Signature) []form {
	var list []form
	queries := []queryForm{{}, {raw: true}}
	if s.Presigned && s.SessionToken != "" {
		queries = append(queries, queryForm{withoutToken: true}, queryForm{raw: true, withoutToken: true})
	}
	for _, q := range queries {
		q.keepSignature = !s.Presigned
		for _, p := range [...]pathForm{pathTwice, pathOnce, pathRaw, pathClean} {
			list = append(list, form{path: p, query: q})
		}
	}
	return list[1:] // the first has been tried
}

func matches(r *http.Request, s *Signature, key *signingKey, payload string, f form, given *[sha256.Size]byte) bool {
	m := key.take()
	defer key.give(m)
	m.text = appendCanonical(m.text[:0], r, s, payload, f)
	canonical := sha256.Sum256(m.text)
	m.text = appendStringToSign(m.text[:0], s, canonical)
	m.keyed.Reset()
	m.keyed.Write(m.text)
	m.sum = m.keyed.Sum(m.sum[:0])
	return subtle.ConstantTimeCompare(m.sum, given[:]) == 1
}

func mismatch(r *http.Request, s *Signature, payload string) *Error {
	f := form{query: queryForm{keepSignature: !s.Presigned}}
	canonical := sha256.Sum256(appendCanonical(nil, r, s, payload, f))
	f.query.maskToken = true
	return &Error{
		Fault:            FaultMismatch,
		AccessKeyID:      s.AccessKeyID,
		Presigned:        s.Presigned,
		CanonicalRequest: string(appendCanonical(nil, r, s, payload, f)),
		StringToSign:     string(appendStringToSign(nil, s, canonical)),
	}
}
