package pasarela

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
)

type creationKey struct{}

// WithCreationToken marks the work of ctx as one creation, which may be tried again with the
// same token: the first identifier of each kind that it makes is derived from the token, so
// that a repeated attempt recognizes by its identifier what an earlier one created.
func WithCreationToken(ctx context.Context, token string) context.Context {
	return context.WithValue(ctx, creationKey{}, token)
}

// CreationToken is the token of [WithCreationToken], "" where there is none.
func CreationToken(ctx context.Context) string {
	token, _ := ctx.Value(creationKey{}).(string)
	return token
}

// LongIDs makes identifiers as [NewLongID] does, the first one derived where ctx has a token.
func LongIDs(ctx context.Context) func() string {
	return derivedFirst(CreationToken(ctx), DerivedLongID, NewLongID)
}

// APIIDs makes identifiers as [NewAPIID] does, the first one derived where ctx has a token.
func APIIDs(ctx context.Context) func() string {
	return derivedFirst(CreationToken(ctx), DerivedAPIID, NewAPIID)
}

// ShortIDs makes identifiers as [NewShortID] does, the first one derived where ctx has a token.
func ShortIDs(ctx context.Context) func() string {
	return derivedFirst(CreationToken(ctx), DerivedShortID, NewShortID)
}

func derivedFirst(token string, derive func(token string) string, generate func() string) func() string {
	return func() string {
		if token == "" {
			return generate()
		}
		id := derive(token)
		token = ""
		return id
	}
}

// DerivedAPIID is the first of [APIIDs] for a token.
func DerivedAPIID(token string) string { return DerivedText(token, idAlphabet, lenAPIID) }

// DerivedLongID is the first of [LongIDs] for a token.
func DerivedLongID(token string) string { return DerivedText(token, idAlphabet, lenLongID) }

// DerivedShortID is the first of [ShortIDs] for a token.
func DerivedShortID(token string) string { return DerivedText(token, idAlphabet, lenShortID) }

// DerivedText is n letters of an alphabet, the same for the same token.
func DerivedText(token, alphabet string, n int) string {
	text := make([]byte, n)
	for i := range text {
		sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(token+"/"), uint32(i)))
		text[i] = alphabet[binary.BigEndian.Uint64(sum[:])%uint64(len(alphabet))] // the bias is 2^-58
	}
	return string(text)
}

// RevisionIDFor is a [NewUUID], or one derived from the token of ctx.
func RevisionIDFor(ctx context.Context) string {
	if token := CreationToken(ctx); token != "" {
		return DerivedRevisionID(token)
	}
	return NewUUID()
}

// DerivedRevisionID is [RevisionIDFor] of a token, in the form of a UUID (version 8: of
// one's own making).
func DerivedRevisionID(token string) string {
	const hex = "0123456789abcdef"
	t := DerivedText(token, hex, 30)
	return t[:8] + "-" + t[8:12] + "-8" + t[12:15] + "-a" + t[15:18] + "-" + t[18:30]
}
