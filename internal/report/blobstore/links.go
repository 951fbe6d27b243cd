package blobstore

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Errors of links.
var (
	ErrForged  = errors.New("the signature of the link does not match")
	ErrExpired = errors.New("the link has expired")
)

// Links makes and checks download links that expire. A link is a capability: its bearer
// may download, without other credentials (A-REPORT-4).
type Links struct {
	base   string
	secret []byte
}

// NewLinks makes links below the public URL of this service, signed with the key
// that the folder keeps.
func NewLinks(publicURL, dir string) (*Links, error) {
	secret, err := OpenKey(dir)
	if err != nil {
		return nil, err
	}
	return LinksWith(publicURL, secret), nil
}

// LinksWith makes links below the public URL of this service, signed with a key.
func LinksWith(publicURL string, key []byte) *Links { return &Links{publicURL, key} }

// Path is where downloads are served: Path + id + "/" + name.
const Path = "/files/"

// Make returns a link to a report that is valid until then.
func (l *Links) Make(id, name string, until time.Time) string {
	expires := strconv.FormatInt(until.Unix(), 10)
	query := url.Values{"expires": {expires}, "signature": {l.sign(id, name, expires)}}
	return l.base + Path + url.PathEscape(id) + "/" + url.PathEscape(name) + "?" + query.Encode()
}

// Check verifies the signature of a link (ErrForged) and its expiry (ErrExpired).
func (l *Links) Check(id, name string, query url.Values, now time.Time) error {
	expires := query.Get("expires")
	if !hmac.Equal([]byte(query.Get("signature")), []byte(l.sign(id, name, expires))) {
		return ErrForged
	}
	until, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || now.Unix() >= until {
		return ErrExpired
	}
	return nil
}

func (l *Links) sign(id, name, expires string) string {
	mac := hmac.New(sha256.New, l.secret)
	fmt.Fprintf(mac, "%d:%s%d:%s%s", len(id), id, len(name), name, expires)
	return hex.EncodeToString(mac.Sum(nil))
}
