package socket

import "sync"

// Sizes of pooled buffers: most messages are small, frames end at 32 KiB and
// messages at 128 KiB by default.
const (
	smallBuffer  = 512
	middleBuffer = 4 << 10
	frameBuffer  = 33 << 10 // a frame of 32 KiB with its header
	largeBuffer  = 129 << 10
)

// buffers lends byte slices. They are kept as arrays, so that putting one back
// allocates nothing.
type buffers struct{ small, middle, frame, large sync.Pool }

// get returns an empty slice that can hold n bytes.
func (p *buffers) get(n int) []byte {
	switch {
	case n <= smallBuffer:
		if b, ok := p.small.Get().(*[smallBuffer]byte); ok {
			return b[:0]
		}
		return make([]byte, 0, smallBuffer)
	case n <= middleBuffer:
		if b, ok := p.middle.Get().(*[middleBuffer]byte); ok {
			return b[:0]
		}
		return make([]byte, 0, middleBuffer)
	case n <= frameBuffer:
		if b, ok := p.frame.Get().(*[frameBuffer]byte); ok {
			return b[:0]
		}
		return make([]byte, 0, frameBuffer)
	case n <= largeBuffer:
		if b, ok := p.large.Get().(*[largeBuffer]byte); ok {
			return b[:0]
		}
		return make([]byte, 0, largeBuffer)
	}
	return make([]byte, 0, n)
}

// put returns a slice from get to its pool; slices of other sizes are left to the garbage
// collector.
func (p *buffers) put(b []byte) {
	switch cap(b) {
	case smallBuffer:
		p.small.Put((*[smallBuffer]byte)(b[:smallBuffer]))
	case middleBuffer:
		p.middle.Put((*[middleBuffer]byte)(b[:middleBuffer]))
	case frameBuffer:
		p.frame.Put((*[frameBuffer]byte)(b[:frameBuffer]))
	case largeBuffer:
		p.large.Put((*[largeBuffer]byte)(b[:largeBuffer]))
	}
}

// grow returns b with room for n more bytes, doubling at least.
func (p *buffers) grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	bigger := p.get(max(len(b)+n, 2*cap(b)))
	bigger = append(bigger, b...)
	p.put(b)
	return bigger
}
