package proxies

import "strings"

// elementsOf are the elements of a Forwarded header's values: parts between commas that
// stand in no quoted string (RFC 7239 §4).
func elementsOf(values []string) (elements []string) {
	for _, value := range values {
		for _, element := range splitQuoted(value, ',') {
			if element = strings.TrimSpace(element); element != "" {
				elements = append(elements, element)
			}
		}
	}
	return elements
}

// parseElement reads for= and proto= of an element. ok is false without an address in for=,
// as with "unknown" and obfuscated names (RFC 7239 §6), and where a parameter is there twice.
func parseElement(element string) (h hop, ok bool) {
	seen := map[string]bool{}
	for _, pair := range splitQuoted(element, ';') {
		name, value, found := strings.Cut(pair, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !found || seen[name] {
			return hop{}, false
		}
		seen[name] = true
		switch value = unquoted(strings.TrimSpace(value)); name {
		case "for":
			if h.address, ok = parseAddress(value); !ok {
				return hop{}, false
			}
		case "proto":
			h.proto = protoOf(value)
		}
	}
	return h, ok
}

// splitQuoted cuts at a byte that stands in no quoted string.
func splitQuoted(text string, at byte) (parts []string) {
	quoted, begin := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == at && !quoted:
			parts, begin = append(parts, text[begin:i]), i+1
		}
	}
	return append(parts, text[begin:])
}

// unquoted is the text of a token or of a quoted string (RFC 9110 §5.6.4).
func unquoted(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	var plain strings.Builder
	for i := 1; i < len(value)-1; i++ {
		if value[i] == '\\' && i+1 < len(value)-1 {
			i++
		}
		plain.WriteByte(value[i])
	}
	return plain.String()
}
