package console

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// ErrNotLocal says that the node has no loopback address by which a browser on
// its machine could reach it.
var ErrNotLocal = errors.New("the node does not listen on a loopback address: sign in to the console with an access key")

// maxExchange bounds the body of an exchange, in bytes: a token in JSON.
const maxExchange = 4 << 10

// SignInURL makes an address that signs one browser on this machine in with that access
// key, once, within [TokenLife] (A-CONSOLE-1). The token is in the URL's fragment,
// which browsers do not send, so it gets into no log.
func (c *Console) SignInURL(accessKeyID string) (string, error) {
	if c.options.Loopback == "" {
		return "", ErrNotLocal
	}
	return c.options.Loopback + Path + "#token=" + c.tokens.issue(accessKeyID), nil
}

// session exchanges a token for the key it was made for. An invalid request is refused
// before the token is read, so that the token remains valid.
func (c *Console) session(w http.ResponseWriter, r *http.Request) {
	if !ownPage(r) {
		refuse(w, r, "signin.own_page", http.StatusForbidden)
		return
	}
	var in struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxExchange)).Decode(&in); err != nil {
		refuse(w, r, "signin.body", http.StatusBadRequest)
		return
	}
	accessKeyID, ok := c.tokens.redeem(in.Token)
	if !ok {
		refuse(w, r, "signin.token", http.StatusForbidden)
		return
	}
	key, err := c.options.Key(r.Context(), accessKeyID)
	if err != nil {
		refuse(w, r, "signin.key", http.StatusForbidden)
		return
	}
	writeJSON(w, key)
}

// refuse answers in the language of the browser: the console's page shows the text as it is.
func refuse(w http.ResponseWriter, r *http.Request, id language.ID, status int) {
	w.Header().Add("Vary", "Accept-Language")
	http.Error(w, language.Accepted(r.Header.Get("Accept-Language")).Say(id), status)
}
