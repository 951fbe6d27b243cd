package workbook

import (
	"archive/zip"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"time"

	"github.com/klauspost/compress/flate"
)

// compression 6 of klauspost's deflate: std's takes six times as long for 5 % smaller files,
// level 5 takes a tenth less for 8 % larger ones.
const compression = 6

// An archive is the zip file of a workbook. Its files are compressed in blocks: after a
// block the compressor is reset, so that another process can continue a file from a block's
// end.
type archive struct {
	zip     *zip.Writer
	out     *resumedWriter
	made    time.Time
	deflate *flate.Writer // one for all files, which follow one another: each would take 3 MB
	files   []packedFile  // so far; the last one may be open
	raw     int64         // bytes of all files before they are compressed
	header  *zip.FileHeader
	to      io.Writer // the open file, compressed; nil: none is
}

// A packedFile is what a zip file's directory says of one of its files.
type packedFile struct {
	Name   string `json:"name"`
	CRC    uint32 `json:"crc"`
	Bytes  uint64 `json:"bytes"`
	Packed uint64 `json:"packed"`
	Open   bool   `json:"open,omitempty"`
}

// ErrState says that a state does not belong to the file, or is of another
// definition.
var ErrState = errors.New("the state of the file does not fit it")

// newArchive begins an archive, or continues one of which so many bytes and these files
// have been written.
func newArchive(out io.Writer, made time.Time, bytes int64, files []packedFile) (*archive, error) {
	a := &archive{out: &resumedWriter{out: out, toDrop: bytes}, made: made}
	a.zip = zip.NewWriter(a.out)
	for _, file := range files {
		if err := a.again(file); err != nil {
			return nil, err
		}
	}
	if a.to != nil {
		if err := a.compressor(); err != nil {
			return nil, err
		}
	}
	if err := a.zip.Flush(); err != nil {
		return nil, err
	}
	if a.out.toDrop != 0 {
		return nil, ErrState
	}
	return a, nil
}

// again brings the zip writer to the state after a file that was already written, by
// writing as many bytes, which resumedWriter drops.
func (a *archive) again(file packedFile) error {
	if err := a.create(file.Name); err != nil {
		return err
	}
	nothing := make([]byte, 64<<10)
	for left := file.Packed; left > 0; {
		n, err := a.to.Write(nothing[:min(left, uint64(len(nothing)))])
		if err != nil {
			return err
		}
		left -= uint64(n)
	}
	a.files[len(a.files)-1] = file
	a.raw += int64(file.Bytes)
	if !file.Open {
		a.describe()
	}
	return nil
}

// create begins a file. What its header holds is what CreateHeader makes of it; the sizes
// and the checksum follow behind the file.
func (a *archive) create(name string) (err error) {
	a.header = &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.made}
	if _, err := zip.NewWriter(io.Discard).CreateHeader(a.header); err != nil {
		return err
	}
	a.files = append(a.files, packedFile{Name: name, Open: true})
	a.to, err = a.zip.CreateRaw(a.header)
	return err
}

// begin begins a file, which Write adds to until end.
func (a *archive) begin(name string) error {
	if err := a.create(name); err != nil {
		return err
	}
	return a.compressor()
}

func (a *archive) compressor() (err error) {
	if a.deflate != nil {
		a.deflate.Reset(packer{a})
		return nil
	}
	a.deflate, err = flate.NewWriter(packer{a}, compression)
	return err
}

// Write adds to the open file.
func (a *archive) Write(p []byte) (int, error) {
	file := &a.files[len(a.files)-1]
	file.CRC = crc32.Update(file.CRC, crc32.IEEETable, p)
	file.Bytes += uint64(len(p))
	a.raw += int64(len(p))
	return a.deflate.Write(p)
}

// end ends the open file.
func (a *archive) end() error {
	if err := a.deflate.Close(); err != nil {
		return err
	}
	a.describe()
	return nil
}

// describe completes the header, which the zip writer writes behind the file and into the
// directory.
func (a *archive) describe() {
	file := &a.files[len(a.files)-1]
	file.Open = false
	a.header.CRC32, a.header.UncompressedSize64, a.header.CompressedSize64 = file.CRC, file.Bytes, file.Packed
	//lint:ignore SA1019 the zip writer writes these two behind a raw file
	a.header.UncompressedSize, a.header.CompressedSize = uint32(min(file.Bytes, math.MaxUint32)), uint32(min(file.Packed, math.MaxUint32))
	a.to = nil
}

// add writes a whole file.
func (a *archive) add(name string, content []byte) error {
	if err := a.begin(name); err != nil {
		return err
	}
	if _, err := a.Write(content); err != nil {
		return err
	}
	return a.end()
}

// block ends a block: everything so far is written.
func (a *archive) block() error {
	if a.to != nil {
		if err := a.deflate.Flush(); err != nil {
			return err
		}
		a.deflate.Reset(packer{a})
	}
	return a.zip.Flush()
}

// close writes the directory.
func (a *archive) close() error { return a.zip.Close() }

// A packer takes what the compressor gives.
type packer struct{ archive *archive }

func (p packer) Write(packed []byte) (int, error) {
	n, err := p.archive.to.Write(packed)
	p.archive.files[len(p.archive.files)-1].Packed += uint64(n)
	return n, err
}

// A resumedWriter drops what is written already, and counts the rest.
type resumedWriter struct {
	out    io.Writer
	toDrop int64 // bytes
	bytes  int64 // written or dropped
}

func (w *resumedWriter) Write(p []byte) (int, error) {
	dropped := int(min(w.toDrop, int64(len(p))))
	w.toDrop -= int64(dropped)
	n, err := len(p)-dropped, error(nil)
	if n > 0 {
		n, err = w.out.Write(p[dropped:])
	}
	w.bytes += int64(dropped + n)
	return dropped + n, err
}
