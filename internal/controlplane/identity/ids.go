package identity

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Prefixes of unique ids (aws-controlplane §6.2).
const (
	prefixUser            = "AIDA"
	prefixRole            = "AROA"
	prefixPolicy          = "ANPA"
	prefixGroup           = "AGPA"
	prefixInstanceProfile = "AIPA"
	prefixAccessKey       = "AKIA"
	prefixSessionKey      = "ASIA"
)

const (
	idLength        = 21
	accessKeyLength = 20
	idAlphabet      = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// accountOffset is the number that the first account id stands at in ids.
const accountOffset = 1 << 39

// newID makes an id whose letters after the prefix encode the account, as AWS's
// do: sts:GetAccessKeyInfo and tools read it back. Where ctx has a creation token, the last
// letters are derived from it.
func newID(ctx context.Context, prefix, accountID string, length int) string {
	account, _ := strconv.ParseUint(accountID, 10, 64) // 12 digits, checked by the settings
	half := account/2 + accountOffset
	raw := [5]byte{byte(half >> 32), byte(half >> 24), byte(half >> 16), byte(half >> 8), byte(half)}
	id := append([]byte(prefix), base32.StdEncoding.EncodeToString(raw[:])...)
	random := make([]byte, length-len(id))
	_, _ = rand.Read(random) // crypto/rand.Read never fails since Go 1.24
	if token := pasarela.CreationToken(ctx); token != "" {
		for i, letter := range []byte(pasarela.DerivedText(token, idAlphabet, len(random))) {
			random[i] = byte(strings.IndexByte(idAlphabet, letter))
		}
	}
	for i, c := range random {
		letter := c % 32
		if i == 0 {
			letter = c%16 + byte(account%2)*16 // the lowest bit of the account
		}
		id = append(id, idAlphabet[letter])
	}
	return string(id)
}

// accountOf reads the account id back out of an access key id; it is "" for ids
// of another make.
func accountOf(accessKeyID string) string {
	const account = len(prefixAccessKey)
	if len(accessKeyID) != accessKeyLength {
		return ""
	}
	raw, err := base32.StdEncoding.DecodeString(accessKeyID[account : account+8])
	if err != nil {
		return ""
	}
	var half uint64
	for _, c := range raw {
		half = half<<8 | uint64(c)
	}
	if half < accountOffset {
		return ""
	}
	id := (half - accountOffset) * 2
	if c := accessKeyID[account+8]; c >= 'Q' && c <= 'Z' || c >= '2' && c <= '7' {
		id++
	}
	text := strconv.FormatUint(id, 10)
	if len(text) > 12 {
		return ""
	}
	return "000000000000"[len(text):] + text
}

// newSecret makes a secret access key: 40 characters of the base64 alphabet.
func newSecret() string {
	var raw [30]byte
	_, _ = rand.Read(raw[:]) // crypto/rand.Read never fails since Go 1.24
	return base64.StdEncoding.EncodeToString(raw[:])
}
