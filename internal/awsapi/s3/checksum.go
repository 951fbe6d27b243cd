package s3

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// nvme is the polynomial of CRC64NVME, reversed.
var nvme = crc64.MakeTable(0x9a6c9329ac4bc9b5)

const checksumHeader = "X-Amz-Checksum-"

// checksums are those of S3 by the ends of their headers.
var checksums = map[string]func(data []byte) []byte{
	"Crc32": func(data []byte) []byte { return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(data)) },
	"Crc32c": func(data []byte) []byte {
		return binary.BigEndian.AppendUint32(nil, crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)))
	},
	"Crc64nvme": func(data []byte) []byte { return binary.BigEndian.AppendUint64(nil, crc64.Checksum(data, nvme)) },
	"Sha1":      func(data []byte) []byte { return sumOf(sha1.New(), data) }, // one of S3's checksums
	"Sha256":    func(data []byte) []byte { return sumOf(sha256.New(), data) },
}

func sumOf(h hash.Hash, data []byte) []byte {
	h.Write(data)
	return h.Sum(nil)
}

// check compares the body with the checksums that came with it, in the head or the
// trailer, and returns those headers: S3 shows them with the object.
func (c *call) check() (map[string]string, error) {
	if given := c.r.Header.Get("Content-Md5"); given != "" {
		sum := md5.Sum(c.body) // the header says so
		if given != base64.StdEncoding.EncodeToString(sum[:]) {
			return nil, pasarela.Errorf("BadDigest", "The Content-MD5 you specified did not match what we received.")
		}
	}
	kept := map[string]string{}
	for _, headers := range []http.Header{c.r.Header, c.trailer} {
		for name := range headers {
			end, is := strings.CutPrefix(name, checksumHeader)
			if !is || end == "Type" || end == "Algorithm" || end == "Mode" {
				continue
			}
			sum := checksums[end]
			if sum == nil {
				return nil, pasarela.Errorf(codeNotImplemented, "The checksum %s is not known here.", name)
			}
			given := headers.Get(name)
			if given != base64.StdEncoding.EncodeToString(sum(c.body)) {
				return nil, pasarela.Errorf("BadDigest", "The %s you specified did not match the calculated checksum.", end)
			}
			kept[name] = given
		}
	}
	return kept, nil
}
