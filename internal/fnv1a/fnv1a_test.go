package fnv1a_test

import (
	"hash/fnv"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fnv1a"
)

func TestSum32IsHashFNVs(t *testing.T) {
	for _, text := range []string{"", "a", "foobar", "\x00\xff", "IAjQTdSFoAMCJgg=", strings.Repeat("long ", 1000)} {
		want := fnv.New32a()
		_, _ = want.Write([]byte(text)) // never an error
		if got := fnv1a.Sum32(text); got != want.Sum32() {
			t.Errorf("Sum32(%.20q) = %#x, hash/fnv says %#x", text, got, want.Sum32())
		}
	}
}

func TestSum32AllocatesNothing(t *testing.T) {
	text := strings.Repeat("x", 100)
	var sum uint32
	if n := testing.AllocsPerRun(100, func() { sum += fnv1a.Sum32(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
