package intake

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// GrantLife is how long a capability is valid; every report and every visit of the
// page brings a new one.
const GrantLife = 30 * 24 * time.Hour

const grantPrefix = "client"

// Grants make and check capabilities. A capability names a client, a random name
// that means nothing elsewhere, and opens the reports that this client asked for:
// their state, history, preview, link, cancelling and removing. It is signed, so
// that it need not be stored. A-REPORT-4.
type Grants struct{ key []byte }

// NewGrants makes capabilities signed with a key that is derived from the secret.
func NewGrants(secret []byte) (*Grants, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "reports: capabilities of clients", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("intake: the key of the capabilities: %w", err)
	}
	return &Grants{key}, nil
}

// newClient is the name of a client that is new.
func newClient() string { return "web-" + strings.ToLower(rand.Text()) }

// New returns a capability of a client that is new.
func (g *Grants) New(now time.Time) string { return g.Make(newClient(), now) }

// Make returns a capability of a client.
func (g *Grants) Make(client string, now time.Time) string {
	expires := strconv.FormatInt(now.Add(GrantLife).Unix(), 10)
	return strings.Join([]string{grantPrefix, client, expires, g.sign(client, expires)}, ".")
}

// Read returns the client that a capability names, unless it is forged or has
// expired. Without Grants there is none.
func (g *Grants) Read(capability string, now time.Time) (client string, ok bool) {
	parts := strings.Split(capability, ".")
	if g == nil || len(parts) != 4 || parts[0] != grantPrefix || parts[1] == "" {
		return "", false
	}
	if !hmac.Equal([]byte(parts[3]), []byte(g.sign(parts[1], parts[2]))) {
		return "", false
	}
	until, err := strconv.ParseInt(parts[2], 10, 64)
	return parts[1], err == nil && now.Unix() < until
}

func (g *Grants) sign(client, expires string) string {
	mac := hmac.New(sha256.New, g.key)
	fmt.Fprintf(mac, "%d:%s%s", len(client), client, expires)
	return hex.EncodeToString(mac.Sum(nil))
}
