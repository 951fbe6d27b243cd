package bodylength

import (
	"bytes"
	"strconv"
)

// length says how a head gives the end of its body.
type length uint8

const (
	counted   length = iota // by a number, or there is no body
	uncounted               // in chunks, or in a way that net/http refuses
	ambiguous               // in more than one way
)

// size is the length in bytes of the head at the start of data, its empty line included; 0
// while that is incomplete. Lines end in LF or CR LF, as for net/http, which also passes
// over line ends before a request.
func size(data []byte) int {
	at := len(data) - len(bytes.TrimLeft(data, "\r\n"))
	for {
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			return 0
		}
		at += end + 1
		switch rest := data[at:]; {
		case bytes.HasPrefix(rest, []byte("\n")):
			return at + 1
		case bytes.HasPrefix(rest, []byte("\r\n")):
			return at + 2
		}
	}
}

// body reads the length of the body after a head. Two lengths, two encodings or one of
// each are ambiguous, and so is an encoding in HTTP/1.0, which has none: net/http ignores
// it there.
func body(head []byte) (n int64, how length) {
	line, fields, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	lengths, encodings, text := 0, 0, ""
	for field := range bytes.Lines(fields) {
		name, value, _ := bytes.Cut(field, []byte(":"))
		switch name = bytes.TrimRight(name, " \t"); {
		case bytes.EqualFold(name, []byte("Content-Length")):
			lengths++
			text = string(bytes.Trim(value, " \t\r\n"))
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			encodings++
		}
	}
	switch {
	case lengths+encodings > 1, encodings > 0 && bytes.HasSuffix(bytes.TrimRight(line, "\r"), []byte("HTTP/1.0")):
		return 0, ambiguous
	case encodings > 0:
		return 0, uncounted
	case lengths == 0:
		return 0, counted
	}
	number, err := strconv.ParseUint(text, 10, 63) // as net/http reads it
	if err != nil {
		return 0, uncounted
	}
	return int64(number), counted
}
