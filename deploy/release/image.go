package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is the user id that the program of an image runs as, one that no account
// of a machine has.
const user = 65532

// An image is a container image: one program, the certificates of authorities, a user, a
// folder for data and one for temporary files.
type image struct {
	name        string // of the image and its program
	description string
	environment []string
	command     []string
	port        int
	healthcheck []string
}

var images = []image{
	{
		"pasarela", "AWS API Gateway's WebSocket API service as one program",
		[]string{"PASARELA_DATA=/data", "PASARELA_LISTEN=0.0.0.0:4566"},
		[]string{"serve"},
		4566,
		[]string{"CMD", "/pasarela", "healthcheck"},
	},
	{
		"reports", "Report backend for WebSocket APIs",
		nil,
		[]string{"serve", "--data=/data", "--listen=0.0.0.0:8080"},
		8080,
		[]string{"CMD", "/reports", "healthcheck"},
	},
}

// A configuration is the image configuration of OCI with what Docker adds to it.
// Sources: OCI image-spec 1.1, config.md; moby docker-image-spec 1.3.
type configuration struct {
	Created      time.Time `json:"created"`
	Architecture string    `json:"architecture"`
	OS           string    `json:"os"`
	Config       struct {
		User         string              `json:"User"`
		ExposedPorts map[string]struct{} `json:"ExposedPorts"`
		Env          []string            `json:"Env"`
		Entrypoint   []string            `json:"Entrypoint"`
		Cmd          []string            `json:"Cmd"`
		Volumes      map[string]struct{} `json:"Volumes"`
		WorkingDir   string              `json:"WorkingDir"`
		Labels       map[string]string   `json:"Labels"`
		StopSignal   string              `json:"StopSignal"`
		Healthcheck  *healthcheck        `json:"Healthcheck,omitempty"`
	} `json:"config"`
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []history `json:"history"`
}

type healthcheck struct {
	Test                           []string
	Interval, Timeout, StartPeriod time.Duration
}

type history struct {
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by"`
}

// configure is the configuration of an image without its layers.
func (r *release) configure(i image, t target, date time.Time) configuration {
	c := configuration{Created: date, Architecture: t.arch, OS: t.system}
	c.Config.User = fmt.Sprintf("%d:%d", user, user)
	c.Config.ExposedPorts = map[string]struct{}{fmt.Sprintf("%d/tcp", i.port): {}}
	c.Config.Env = append([]string{"PATH=/", "HOME=/data"}, i.environment...)
	c.Config.Entrypoint, c.Config.Cmd = []string{"/" + i.name}, i.command
	c.Config.Volumes = map[string]struct{}{"/data": {}}
	c.Config.WorkingDir, c.Config.StopSignal = "/data", "SIGTERM"
	c.Config.Labels = map[string]string{
		"org.opencontainers.image.title": i.name, "org.opencontainers.image.description": i.description,
		"org.opencontainers.image.version": strings.TrimPrefix(r.version, "v"), "org.opencontainers.image.licenses": "Apache-2.0",
		"org.opencontainers.image.source": "https://github.com/pasarela-ws/pasarela",
	}
	c.Config.Healthcheck = &healthcheck{i.healthcheck, 10 * time.Second, 5 * time.Second, 30 * time.Second}
	c.RootFS.Type = "layers"
	return c
}

// A layer is a part of an image's files.
type layer struct {
	packed []byte // tar.gz
	diffID string // digest of the tar
	made   string // description in the image's history
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// system is the layer below the program, the same for all images of a release.
func system(date time.Time) (layer, error) {
	return pack("files", date, []tar.Header{
		{Name: "etc/", Mode: 0o755},
		{Name: "etc/ssl/", Mode: 0o755},
		{Name: "etc/ssl/certs/", Mode: 0o755},
		{Name: "etc/ssl/certs/ca-certificates.crt", Mode: 0o644},
		{Name: "etc/passwd", Mode: 0o644},
		{Name: "etc/group", Mode: 0o644},
		{Name: "data/", Mode: 0o750, Uid: user, Gid: user},
		{Name: "tmp/", Mode: 0o1777},
	}, map[string][]byte{
		"etc/ssl/certs/ca-certificates.crt": authorities(),
		"etc/passwd":                        fmt.Appendf(nil, "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:%d:%d:nonroot:/data:/sbin/nologin\n", user, user),
		"etc/group":                         fmt.Appendf(nil, "root:x:0:\nnonroot:x:%d:\n", user),
	})
}

// authorities are the root certificates that Mozilla trusts, except those with
// constraints that a PEM file cannot express.
func authorities() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // to memory
		}
	}
	return b.Bytes()
}

// pack makes a layer of folders and files.
func pack(made string, date time.Time, heads []tar.Header, contents map[string][]byte) (layer, error) {
	var plain bytes.Buffer
	files := tar.NewWriter(&plain)
	for _, head := range heads {
		content := contents[head.Name]
		head.ModTime, head.Size, head.Typeflag = date, int64(len(content)), tar.TypeReg
		if strings.HasSuffix(head.Name, "/") {
			head.Typeflag = tar.TypeDir
		}
		if err := files.WriteHeader(&head); err != nil {
			return layer{}, err
		}
		if _, err := files.Write(content); err != nil {
			return layer{}, err
		}
	}
	if err := files.Close(); err != nil {
		return layer{}, err
	}
	var packed bytes.Buffer
	zipped, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return layer{}, err
	}
	if _, err := zipped.Write(plain.Bytes()); err != nil {
		return layer{}, err
	}
	if err := zipped.Close(); err != nil {
		return layer{}, err
	}
	return layer{packed.Bytes(), digest(plain.Bytes()), made}, nil
}

// maxImage is what the files of an image may take, in bytes.
const maxImage = 50_000_000

// layers are those of an image whose program lies at a path.
func (i image) layers(program string, date time.Time) ([]layer, error) {
	below, err := system(date)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	if len(content) > maxImage-1_000_000 {
		return nil, fmt.Errorf("%s has %d bytes; an image may have %d with all its files", program, len(content), maxImage)
	}
	above, err := pack(i.name, date, []tar.Header{{Name: i.name, Mode: 0o755}}, map[string][]byte{i.name: content})
	return []layer{below, above}, err
}

// imageOf is an image for one platform, and what a registry and `docker load` need of it.
func (r *release) imageOf(i image, b platformBuild) (*archived, error) {
	program := ""
	for _, p := range b.programs {
		if p.name == i.name {
			program = p.path
		}
	}
	layers, err := i.layers(program, b.date)
	if err != nil {
		return nil, err
	}
	c, a := r.configure(i, b.target, b.date), &archived{target: b.target}
	for _, one := range layers {
		c.RootFS.DiffIDs = append(c.RootFS.DiffIDs, one.diffID)
		c.History = append(c.History, history{b.date, "pasarela release: " + one.made})
		a.layers = append(a.layers, a.blob(layerType, one.packed))
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	a.config = a.blob(configType, text)
	return a, a.finish()
}
