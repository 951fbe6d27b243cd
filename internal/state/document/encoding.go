package document

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/pasarela-ws/pasarela"
)

// The first byte of a stored document is the encoding of the rest.
const (
	formPlain   = 'j' // JSON
	formDeflate = 'z' // JSON, DEFLATE (RFC 1951)
)

const (
	worthDeflating = 512      // bytes of JSON below which compression gains nothing
	maxDocument    = 64 << 20 // bytes of JSON; a stored document beyond is damaged or hostile
)

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // fails for unknown levels only
	return w
}}

// encode writes value as JSON, compressed when it is long. Equal values give
// equal bytes: encoding/json sorts maps and DEFLATE holds no clock.
func encode(value any) ([]byte, error) {
	switch value := value.(type) {
	case *pasarela.APIDocument:
		return encodeBy(value, pasarela.AppendAPIDocument)
	case *pasarela.Definition:
		return encodeBy(value, pasarela.AppendDefinition)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return compressed(text)
}

// texts are buffers for the JSON of APIs, which may have megabytes.
var texts = sync.Pool{New: func() any { return new([]byte) }}

func encodeBy[T any](value *T, appendJSON func([]byte, *T) ([]byte, error)) ([]byte, error) {
	buf := texts.Get().(*[]byte)
	defer texts.Put(buf)
	text, err := appendJSON((*buf)[:0], value)
	if *buf = text; err != nil {
		return nil, err
	}
	return compressed(text)
}

// compressed is text as it is stored, in memory of its own.
func compressed(text []byte) ([]byte, error) {
	if len(text) > maxDocument {
		return nil, fmt.Errorf("document of %d bytes is over the limit of %d", len(text), maxDocument)
	}
	if len(text) < worthDeflating {
		return append([]byte{formPlain}, text...), nil
	}
	var out bytes.Buffer
	out.Grow(len(text) / 4)
	out.WriteByte(formDeflate)
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func decode(data []byte, value any) error {
	if len(data) == 0 {
		return errors.New("is empty")
	}
	switch data[0] {
	case formPlain:
		return json.Unmarshal(data[1:], value)
	case formDeflate:
		text, err := inflate(data[1:])
		if err != nil {
			return fmt.Errorf("is damaged: %w", err)
		}
		return json.Unmarshal(text, value)
	}
	return fmt.Errorf("is written in form %q, which this version does not know", data[0])
}

func inflate(data []byte) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxDocument {
		return nil, fmt.Errorf("longer than %d bytes", maxDocument)
	}
	return text, nil
}
