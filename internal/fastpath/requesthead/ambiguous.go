package requesthead

import "bytes"

// Ambiguous says whether a head, which may have no end yet, tells the length of its
// body more than once: by Transfer-Encoding and Content-Length, or by two of either.
// net/http settles some of these for itself and goes on with the connection; whoever
// stands in front may have settled them otherwise, which is what request smuggling
// lives on (RFC 9112, 6.1 and 6.3).
func Ambiguous(data []byte) bool {
	lengths, encodings := 0, 0
	for first := true; len(data) > 0; first = false {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			break
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch name = bytes.TrimRight(name, " \t"); {
		case first:
		case bytes.EqualFold(name, []byte("Content-Length")):
			lengths++
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			encodings++
		}
	}
	return lengths > 1 || encodings > 1 || lengths > 0 && encodings > 0
}
