package files

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

// Errors of links.
var (
	ErrForged  = errors.New("the link is not one of ours")
	ErrExpired = errors.New("the link has expired")
)

const secretSize = 32

// Links makes and checks download links that expire. Who has one may download:
// it is all that a client is given.
type Links struct {
	base   string
	secret []byte
}

// NewLinks makes links below the public URL of this service. The secret is kept
// in the folder, and made if it is not there.
func NewLinks(publicURL, dir string) (*Links, error) {
	file := filepath.Join(dir, "link.key")
	secret, err := os.ReadFile(file)
	// A blank one was cut off from power before anything of it was on disk: no
	// link that is good was ever made with it.
	if errors.Is(err, fs.ErrNotExist) || err == nil && atomicfile.Blank(secret) {
		secret = make([]byte, secretSize)
		rand.Read(secret) //nolint:errcheck // never fails
		err = atomicfile.Write(file, secret, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("files: the key of the links: %w", err)
	}
	if len(secret) < secretSize {
		return nil, fmt.Errorf("files: the key of the links in %s is shorter than %d bytes: bring it back from a back-up, or remove it, and links that were given out end", file, secretSize)
	}
	return &Links{publicURL, secret}, nil
}

// Path is where downloads are served: Path + id + "/" + name.
const Path = "/files/"

// Make returns a link to a report that is good until then.
func (l *Links) Make(id, name string, until time.Time) string {
	expires := strconv.FormatInt(until.Unix(), 10)
	query := url.Values{"expires": {expires}, "signature": {l.sign(id, name, expires)}}
	return l.base + Path + url.PathEscape(id) + "/" + url.PathEscape(name) + "?" + query.Encode()
}

// Check says whether a link is ours (ErrForged) and still good (ErrExpired).
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
