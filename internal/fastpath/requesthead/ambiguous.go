package requesthead

import "bytes"

// Ambiguous says whether a head, which may have no end yet, gives the length of its
// body more than once: by Transfer-Encoding and Content-Length, or by two of either.
// net/http chooses one of them and goes on with the connection; a proxy in front of this
// program may have chosen the other, which is what request smuggling needs (RFC 9112, 6.1
// and 6.3, A-WIRE-12).
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
