package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/highwayhash"
	"github.com/nats-io/nats.go/jetstream"
)

// blocksFolder is where JetStream keeps the messages of the bucket, in files N.blk.
var blocksFolder = filepath.Join(storeFolder, "jetstream", "$G", "streams", streamName, "msgs")

// The form of a block file of JetStream's file store (nats-server, server/filestore.go):
// records one after the other, in little endian the length of the whole record (4
// bytes, the highest bit: it has a header), the sequence (8; the two highest bits:
// erased, tombstone), the time (8), the length of the subject (2), the subject, the
// length of the header (4) and the header where there is one, the message, and a
// HighwayHash-64 (8) of what lies between the first length and it, without the other
// two lengths. Its key is the SHA-256 of "STREAM-N".
const (
	recordHead  = 22
	recordSum   = 8
	headerBit   = 1 << 31
	erasedBit   = 1 << 63
	tombBit     = 1 << 62
	recordLimit = MaxValue + 1<<20
)

// stored is the newest intact record of a key.
type stored struct {
	revision uint64
	value    []byte // nil for a removal
}

func (s stored) noted() noted {
	if s.value == nil {
		return noted{s.revision, gone}
	}
	return noted{s.revision, sumOf(s.value)}
}

// spot is a place in a block file that cannot be read.
type spot struct {
	File string
	Byte int64
	// Behind: intact records follow. JetStream cuts the file off at the spot when it
	// reads it, and they with it. Otherwise it is what a kill leaves of a write.
	Behind bool
}

func (s spot) String() string { return fmt.Sprintf("%s at byte %d", s.File, s.Byte) }

// blocks are all block files of a bucket as they were read.
type blocks struct {
	newest map[string]stored
	spots  []spot
}

// readBlocks reads the block files below a data directory without changing them. A
// directory without a store has none.
func readBlocks(dir string) (blocks, error) {
	all := blocks{newest: map[string]stored{}}
	folder := filepath.Join(dir, blocksFolder)
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return all, err
	}
	for _, file := range files {
		number, ok := strings.CutSuffix(file.Name(), ".blk")
		if _, err := strconv.ParseUint(number, 10, 32); !ok || err != nil {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			return all, err
		}
		key := sha256.Sum256([]byte(streamName + "-" + number))
		sum, err := highwayhash.NewDigest64(key[:])
		if err != nil {
			return all, err
		}
		all.read(filepath.Join(blocksFolder, file.Name()), data, sum)
	}
	slices.SortFunc(all.spots, func(a, b spot) int { return strings.Compare(a.String(), b.String()) })
	return all, nil
}

// read takes the records of one file. Behind a spot it goes on with the next record
// that is intact.
func (b *blocks) read(name string, data []byte, sum *highwayhash.Digest64) {
	root := []byte(subjectRoot)
	for at := 0; at < len(data); {
		length := b.take(data[at:], sum)
		if length > 0 {
			at += length
			continue
		}
		bad := spot{File: name, Byte: int64(at)}
		for next := at + 1; length == 0; {
			found := bytes.Index(data[min(next, len(data)):], root)
			if found < 0 {
				at = len(data)
				break
			}
			next += found + 1
			if from := next - 1 - recordHead; from > at {
				if length = b.take(data[from:], sum); length > 0 {
					at, bad.Behind = from+length, true
				}
			}
		}
		b.spots = append(b.spots, bad)
	}
}

// take takes the record at the beginning of data; length is 0 when it is not intact.
func (b *blocks) take(data []byte, sum *highwayhash.Digest64) (length int) {
	if len(data) < recordHead+recordSum {
		return 0
	}
	first, subject := binary.LittleEndian.Uint32(data), int(binary.LittleEndian.Uint16(data[20:]))
	length = int(first &^ headerBit)
	headed := first&headerBit != 0
	body := subject
	if headed {
		body += 4
	}
	if length > recordLimit || length > len(data) || recordHead+body+recordSum > length {
		return 0
	}
	rest, end := data[recordHead:length-recordSum], data[length-recordSum:length]
	sum.Reset()
	_, _ = sum.Write(data[4:20]) // hashes take everything
	_, _ = sum.Write(rest[:subject])
	_, _ = sum.Write(rest[body:])
	if !bytes.Equal(sum.Sum(nil), end) {
		return 0
	}
	sequence := binary.LittleEndian.Uint64(data[4:])
	name, ours := bytes.CutPrefix(rest[:subject], []byte(subjectRoot))
	if sequence&(erasedBit|tombBit) != 0 || !ours {
		return length
	}
	var header []byte
	value := rest[body:]
	if headed {
		size := int(binary.LittleEndian.Uint32(rest[subject:]))
		if size > len(value) {
			return 0
		}
		header, value = value[:size], value[size:]
		if !bytes.HasPrefix(header, []byte("NATS/1.0")) || !bytes.HasSuffix(header, []byte("\r\n\r\n")) {
			return 0 // the sum does not cover the header's length
		}
	}
	key := swap(string(name))
	if known, ok := b.newest[key]; ok && known.revision > sequence {
		return length
	}
	found := stored{revision: sequence, value: bytes.Clone(orEmpty(value))}
	if bytes.Contains(header, []byte(operationHeader+":")) || bytes.Contains(header, []byte(jetstream.MarkerReasonHeader+":")) {
		found.value = nil
	}
	b.newest[key] = found
	return length
}

// check is the error of a store that must not be opened: JetStream would cut off what
// lies behind a spot that cannot be read. What earlier runs noted says which writes
// are lost by it.
func (b *blocks) check(dir string, known map[string]noted) error {
	damaged := slices.DeleteFunc(slices.Clone(b.spots), func(s spot) bool { return !s.Behind })
	if len(damaged) == 0 {
		return nil
	}
	text := "the store is damaged: "
	for i, s := range damaged {
		if i > 0 {
			text += ", "
		}
		text += s.String()
	}
	if lost := lostOf(known, b.notes()); len(lost) > 0 {
		text += "; acknowledged writes are lost: " + listed(lost)
	}
	return fmt.Errorf("%s; nothing was changed. \"pasarela store repair --data %s\" brings back everything else. Or%s", text, dir, strings.TrimPrefix(repair, ":"))
}

// notes are revisions and checksums of what can be read.
func (b *blocks) notes() map[string]noted {
	have := make(map[string]noted, len(b.newest))
	for key, s := range b.newest {
		have[key] = s.noted()
	}
	return have
}
