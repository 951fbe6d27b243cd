package execution

import (
	"encoding/binary"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// A message is encoded as the length and bytes of its id, the number of its arguments,
// each with its length, and a byte that says whether a nested message follows. An empty
// id is no message.

// maxDepth bounds how deeply messages are nested.
const maxDepth = 6

// appendMessage writes m; without data, its URLs lose their query strings.
func appendMessage(dst []byte, m language.Message, data bool) []byte {
	for depth := 1; ; depth++ {
		dst = appendText(dst, string(m.ID()))
		dst = append(dst, byte(len(m.Args())))
		for _, arg := range m.Args() {
			if arg = arg[:min(len(arg), maxText)]; !data {
				arg = withoutQueries(arg)
			}
			dst = appendText(dst, arg)
		}
		why := m.Why()
		if why == nil || depth == maxDepth {
			return append(dst, 0)
		}
		dst = append(dst, 1)
		m = *why
	}
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// messageSize is how many bytes [appendMessage] writes of m as it is.
func messageSize(m language.Message) int {
	size := 0
	for depth := 1; ; depth++ {
		size += textSize(len(m.ID())) + 2
		for _, arg := range m.Args() {
			size += textSize(min(len(arg), maxText))
		}
		why := m.Why()
		if why == nil || depth == maxDepth {
			return size
		}
		m = *why
	}
}

func textSize(length int) int {
	size := 1 + length
	for n := length; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

// cutMessage reads a message and returns what follows it. A cause that is not known is
// no message.
func cutMessage(data []byte) (m language.Message, rest []byte, ok bool) {
	return cutMessageWithin(data, 1)
}

// cutMessageWithin reads a message and the causes below it, which are [maxDepth] deep at most.
// A message whose cause this version does not know is the zero message, and what follows is
// read all the same.
func cutMessageWithin(data []byte, depth int) (m language.Message, rest []byte, ok bool) {
	id, data, ok := cutText(data)
	if !ok || len(data) == 0 || depth > maxDepth {
		return m, nil, false
	}
	args := make([]string, 0, data[0])
	n, data := int(data[0]), data[1:]
	for range n {
		var arg string
		if arg, data, ok = cutText(data); !ok {
			return m, nil, false
		}
		args = append(args, arg)
	}
	if len(data) == 0 {
		return m, nil, false
	}
	follows, data := data[0] != 0, data[1:]
	var why *language.Message
	if follows {
		var below language.Message
		if below, data, ok = cutMessageWithin(data, depth+1); !ok {
			return m, nil, false
		}
		why = &below
	}
	if m, ok = language.FromParts(language.ID(id), args, why); !ok {
		m = language.Message{}
	}
	return m, data, true
}
