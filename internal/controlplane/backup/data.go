package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"sort"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
)

// MaxData bounds the zip files and objects of a file together, in bytes before base64: a
// file must fit into one request.
const MaxData = 40 << 20

// Omitted is an object, or the code of a function, that is too long for the file.
type Omitted struct {
	Name string `json:"name"` // functions[chat], buckets[b].objects[k]
	Size int64  `json:"size"` // bytes
}

// attachData puts in the code of functions, and then the bytes of objects, the newest first,
// as long as there is room. What has none is listed in file.Omitted.
func (s *Service) attachData(ctx context.Context, file *File) error {
	a := attachment{file: file, left: s.MaxData}
	if a.left == 0 {
		a.left = MaxData
	}
	file.Data = map[string][]byte{}
	for i := range file.Functions {
		if err := s.attachCode(ctx, &a, &file.Functions[i]); err != nil {
			return err
		}
	}
	var objects []objectOf
	for i := range file.Buckets {
		for n := range file.Buckets[i].Objects {
			objects = append(objects, objectOf{file.Buckets[i].Name, &file.Buckets[i].Objects[n]})
		}
	}
	sort.SliceStable(objects, func(i, j int) bool { return objects[i].object.Modified.After(objects[j].object.Modified) })
	for _, o := range objects {
		if err := s.attachObject(ctx, &a, o); err != nil {
			return err
		}
	}
	sort.Slice(file.Omitted, func(i, j int) bool { return file.Omitted[i].Name < file.Omitted[j].Name })
	return nil
}

type objectOf struct {
	bucket string
	object *s3.ObjectContents
}

// attachment is the data of a file that is being written.
type attachment struct {
	file *File
	left int64 // bytes
}

// add keeps data under its SHA-256 and says whether there was room.
func (a *attachment) add(sum string, data []byte) bool {
	if _, there := a.file.Data[sum]; there {
		return true
	}
	if int64(len(data)) > a.left {
		return false
	}
	a.left -= int64(len(data))
	a.file.Data[sum] = data
	return true
}

func (a *attachment) omit(name string, size int64) {
	a.file.Omitted = append(a.file.Omitted, Omitted{name, size})
}

// attachCode adds the code of all versions of a function to the export; what is too long for
// it is noted as left out.
func (s *Service) attachCode(ctx context.Context, a *attachment, f *pasarela.Function) error {
	for _, sum := range lambda.CodeOf(f) {
		if size := codeSize(f, sum); size > a.left {
			a.omit("functions["+f.Name+"]", size)
			continue
		}
		data, err := s.Functions.Code(ctx, sum)
		if errors.Is(err, pasarela.ErrNotFound) {
			a.omit("functions["+f.Name+"]", 0) // it was replaced a moment ago, or is lost
			continue
		}
		if err != nil {
			return err
		}
		if !a.add(hexOf(sum), data) {
			a.omit("functions["+f.Name+"]", int64(len(data)))
		}
	}
	return nil
}

// codeSize is the length of the zip file with that checksum.
func codeSize(f *pasarela.Function, sum string) int64 {
	for i := range f.Versions {
		if f.Versions[i].CodeSHA256 == sum {
			return f.Versions[i].CodeSize
		}
	}
	return f.Latest.CodeSize
}

// attachObject adds the content of an object to the export; one that is too long for it, or
// was deleted meanwhile, is noted as left out.
func (s *Service) attachObject(ctx context.Context, a *attachment, o objectOf) error {
	name := "buckets[" + o.bucket + "].objects[" + o.object.Key + "]"
	if o.object.Size > a.left {
		a.omit(name, o.object.Size) // also one that the code of a function has: it is listed and not read
		return nil
	}
	data, err := s.Objects.Bytes(ctx, o.bucket, o.object.Key)
	if code := pasarela.CodeOf(err); code == s3.CodeNoKey || code == s3.CodeNoBucket {
		a.omit(name, o.object.Size) // it was deleted a moment ago
		return nil
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	if a.add(hex.EncodeToString(sum[:]), data) {
		o.object.SHA256 = hex.EncodeToString(sum[:])
	}
	return nil
}

// hexOf is a CodeSha256 as names of data are written.
func hexOf(base64Sum string) string {
	sum, _ := base64.StdEncoding.DecodeString(base64Sum) // it is of this server's making
	return hex.EncodeToString(sum)
}

// checkData refuses data whose name is not its SHA-256, and returns it by CodeSha256.
func checkData(data map[string][]byte) (code map[string][]byte, err error) {
	code = make(map[string][]byte, len(data))
	for _, name := range slices.Sorted(maps.Keys(data)) {
		sum := sha256.Sum256(data[name])
		if hex.EncodeToString(sum[:]) != name {
			return nil, pasarela.Errorf(pasarela.CodeBadRequest, "data[%s]: these bytes have the SHA-256 %s: they were damaged or edited.", name, hex.EncodeToString(sum[:]))
		}
		code[base64.StdEncoding.EncodeToString(sum[:])] = data[name]
	}
	return code, nil
}

// dataHead begins the last part of a file, which lists bytes as base64, one name a line.
const dataHead = "data:\n"

// appendData writes the data behind the YAML of the rest, in the form that cutData reads.
func appendData(out *bytes.Buffer, data map[string][]byte) {
	if len(data) == 0 {
		return
	}
	out.WriteString(dataHead)
	for _, name := range slices.Sorted(maps.Keys(data)) {
		out.WriteString("  " + name + ": ")
		encoder := base64.NewEncoder(base64.StdEncoding, out)
		_, _ = encoder.Write(data[name]) // into memory
		_ = encoder.Close()
		out.WriteByte('\n')
	}
}

// cutData takes the last part of a file off where it is written as appendData writes it: the
// reader of YAML takes ten times its length in memory. In any other form it stays, and is
// read as YAML.
func cutData(text []byte) (rest []byte, data map[string][]byte) {
	at := bytes.LastIndex(text, []byte("\n"+dataHead))
	if at < 0 {
		return text, nil
	}
	data = map[string][]byte{}
	for line := range bytes.Lines(text[at+1+len(dataHead):]) {
		name, value, ok := bytes.Cut(bytes.TrimSuffix(bytes.TrimPrefix(line, []byte("  ")), []byte("\n")), []byte(": "))
		if !ok || len(name) != hex.EncodedLen(sha256.Size) || !bytes.HasPrefix(line, []byte("  ")) {
			return text, nil
		}
		decoded := make([]byte, base64.StdEncoding.DecodedLen(len(value)))
		n, err := base64.StdEncoding.Decode(decoded, value)
		if err != nil {
			return text, nil
		}
		data[string(name)] = decoded[:n]
	}
	return text[:at+1], data
}

// OmittedOf are the names of what was too long for a file.
func OmittedOf(text []byte) ([]string, error) {
	text, _ = cutData(text)
	var file struct {
		Omitted []struct {
			Name string `yaml:"name"`
		} `yaml:"omitted"`
	}
	if !bytes.Contains(text, []byte("\nomitted:\n")) {
		return nil, nil
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	names := make([]string, len(file.Omitted))
	for i := range file.Omitted {
		names[i] = file.Omitted[i].Name
	}
	return names, nil
}
