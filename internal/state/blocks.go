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
	"sort"
	"strconv"
	"strings"

	"github.com/minio/highwayhash"
	"github.com/nats-io/nats.go/jetstream"
)

// streamFolder is where JetStream keeps a stream: its messages lie in msgs/N.blk.
func streamFolder(stream string) string {
	return filepath.Join(storeFolder, "jetstream", "$G", "streams", stream)
}

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

// position is a place in a block file where no intact record begins.
type position struct {
	File string
	Byte int64
	// Behind says that intact records follow. JetStream truncates the file at the
	// position when it reads it, and loses them. Without any it is the torn end of a
	// write that a kill interrupted.
	Behind bool
}

// String is the place in the words of a report.
func (s position) String() string { return fmt.Sprintf("%s at byte %d", s.File, s.Byte) }

// blocks are all block files of a bucket as they were read.
type blocks struct {
	newest    map[string]stored
	positions []position
}

// readBlocks reads the bucket below a data directory without changing it. A directory
// without a store has none.
func readBlocks(dir string) (blocks, error) {
	all := blocks{newest: map[string]stored{}}
	var err error
	all.positions, err = readStream(dir, streamName, subjectRoot, all.take)
	return all, err
}

// readStream calls take with every intact record of a stream, file by file, and returns
// the positions where there is something else.
func readStream(dir, stream, root string, take func(record)) ([]position, error) {
	folder := filepath.Join(streamFolder(stream), "msgs")
	files, err := os.ReadDir(filepath.Join(dir, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var positions []position
	for _, file := range files {
		number, ok := strings.CutSuffix(file.Name(), ".blk")
		if _, err := strconv.ParseUint(number, 10, 32); !ok || err != nil {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, folder, file.Name()))
		if err != nil {
			return nil, err
		}
		key := sha256.Sum256([]byte(stream + "-" + number))
		sum, err := highwayhash.NewDigest64(key[:])
		if err != nil {
			return nil, err
		}
		positions = append(positions, readBlock(filepath.Join(folder, file.Name()), root, data, sum, take)...)
	}
	sort.Slice(positions, func(i, j int) bool { return positions[i].String() < positions[j].String() })
	return positions, nil
}

// readBlock reads the records of one file. After bytes that are no record it goes on with
// the next intact record.
func readBlock(name, root string, data []byte, sum *highwayhash.Digest64, take func(record)) (positions []position) {
	for at := 0; at < len(data); {
		r, length := parseRecord(data[at:], sum)
		if length > 0 {
			take(r)
			at += length
			continue
		}
		bad := position{File: name, Byte: int64(at)}
		for at++; at < len(data); at++ {
			if !begins(data[at:], root) {
				continue
			}
			if _, length = parseRecord(data[at:], sum); length > 0 {
				bad.Behind = true
				break
			}
		}
		positions = append(positions, bad)
	}
	return positions
}

// begins says whether data may begin with a record: that of a message below root, or of a
// removal, which is a record without a subject and a message.
func begins(data []byte, root string) bool {
	if len(data) < recordHead+recordSum {
		return false
	}
	return binary.LittleEndian.Uint32(data) == recordHead+recordSum || bytes.HasPrefix(data[recordHead:], []byte(root))
}

// record is an intact record of a block file. Its parts are those of the file.
type record struct {
	sequence uint64
	removal  bool // of the message with this sequence
	erased   bool // it holds nothing any more
	subject  []byte
	header   []byte // nil for none
	value    []byte
}

// parseRecord reads the record at the beginning of data; length is 0 when it is not intact.
func parseRecord(data []byte, sum *highwayhash.Digest64) (r record, length int) {
	if len(data) < recordHead+recordSum {
		return r, 0
	}
	first, subject := binary.LittleEndian.Uint32(data), int(binary.LittleEndian.Uint16(data[20:]))
	length = int(first &^ headerBit)
	headed := first&headerBit != 0
	body := subject
	if headed {
		body += 4
	}
	if length > recordLimit || length > len(data) || recordHead+body+recordSum > length {
		return r, 0
	}
	rest, end := data[recordHead:length-recordSum], data[length-recordSum:length]
	sum.Reset()
	_, _ = sum.Write(data[4:20]) // hashes take everything
	_, _ = sum.Write(rest[:subject])
	_, _ = sum.Write(rest[body:])
	if !bytes.Equal(sum.Sum(nil), end) {
		return r, 0
	}
	sequence := binary.LittleEndian.Uint64(data[4:])
	r = record{
		sequence: sequence &^ (erasedBit | tombBit), removal: sequence&tombBit != 0, erased: sequence&erasedBit != 0,
		subject: rest[:subject], value: rest[body:],
	}
	if headed && !r.erased {
		size := int(binary.LittleEndian.Uint32(rest[subject:]))
		if size > len(r.value) {
			return r, 0
		}
		r.header, r.value = r.value[:size], r.value[size:]
		if !bytes.HasPrefix(r.header, []byte("NATS/1.0")) || !bytes.HasSuffix(r.header, []byte("\r\n\r\n")) {
			return r, 0 // the sum does not cover the header's length
		}
	}
	return r, length
}

// take notes a record of the bucket, unless a newer one of its key is known.
func (b *blocks) take(r record) {
	name, ours := bytes.CutPrefix(r.subject, []byte(subjectRoot))
	if r.removal || r.erased || !ours {
		return
	}
	key := swap(string(name))
	if known, ok := b.newest[key]; ok && known.revision > r.sequence {
		return
	}
	found := stored{revision: r.sequence, value: bytes.Clone(orEmpty(r.value))}
	if bytes.Contains(r.header, []byte(operationHeader+":")) || bytes.Contains(r.header, []byte(jetstream.MarkerReasonHeader+":")) {
		found.value = nil
	}
	b.newest[key] = found
}

// check returns the error of a store that must not be opened, including the streams
// beside the bucket: JetStream would truncate what lies behind a damaged position. The
// store log of earlier runs names the writes that would be lost.
func (b *blocks) check(dir string, known map[string]noted, queues []queueRecords) error {
	damaged := slices.Clone(b.positions)
	for _, q := range queues {
		damaged = append(damaged, q.positions...)
	}
	damaged = slices.DeleteFunc(damaged, func(s position) bool { return !s.Behind })
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

// notes are revisions and checksums of all records that can be read.
func (b *blocks) notes() map[string]noted {
	have := make(map[string]noted, len(b.newest))
	for key, s := range b.newest {
		have[key] = s.noted()
	}
	return have
}
