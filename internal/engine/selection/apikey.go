package selection

import (
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// APIKeySource is where the value of an API key comes from.
type APIKeySource uint8

const (
	// APIKeyFromHeader is $request.header.x-api-key, the default.
	APIKeyFromHeader APIKeySource = iota
	// APIKeyFromAuthorizer is $context.authorizer.usageIdentifierKey.
	APIKeyFromAuthorizer
)

// CompileAPIKey reads an apiKeySelectionExpression. There are exactly two
// (aws-dataplane §2.2); an empty one is the default.
func CompileAPIKey(text string) (APIKeySource, error) {
	switch unbraced(text) {
	case "", "$request.header.x-api-key":
		return APIKeyFromHeader, nil
	case "$context.authorizer.usageIdentifierKey":
		return APIKeyFromAuthorizer, nil
	}
	return 0, &Error{text, 0, language.SelectionAPIKey.Of()}
}

func unbraced(text string) string {
	if name, is := strings.CutPrefix(text, "${"); is && strings.HasSuffix(name, "}") {
		return "$" + strings.TrimSuffix(name, "}")
	}
	return text
}

// CheckRouteResponse says what is wrong with a routeResponseSelectionExpression
// or routeResponseKey: $default is the only one there is (aws-dataplane §5.1).
func CheckRouteResponse(text string) error {
	switch text {
	case "", pasarela.KeyDefault, escapedDefault:
		return nil
	}
	return &Error{text, 0, language.SelectionRoute.Of()}
}
