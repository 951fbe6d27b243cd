package workbook

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"slices"
)

// values is a set of the values of a column, of each its hash: that any two of a full set
// have the same happens once in hundreds of billions of reports (A-REPORT-34).
type values map[uint64]struct{}

// maxValues bounds a set. Rows that do not come in the order of a column bring some value
// again long before.
const maxValues = 10_000

func hashOf(text string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text)) // a hash never fails
	return hash.Sum64()
}

func (v values) add(text string) {
	if len(v) < maxValues {
		v[hashOf(text)] = struct{}{}
	}
}

func (v values) has(text string) bool {
	_, known := v[hashOf(text)]
	return known
}

// bytes are the hashes, eight bytes each.
func (v values) bytes() (all []byte) {
	for _, one := range slices.Sorted(maps.Keys(v)) {
		all = binary.BigEndian.AppendUint64(all, one)
	}
	return all
}

func valuesOf(all []byte) values {
	v := values{}
	for ; len(all) >= 8; all = all[8:] {
		v[binary.BigEndian.Uint64(all)] = struct{}{}
	}
	return v
}
