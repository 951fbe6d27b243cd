package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// Media types. Source: OCI image-spec 1.1, media-types.md.
const (
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"
	configType   = "application/vnd.oci.image.config.v1+json"
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	indexType    = "application/vnd.oci.image.index.v1+json"
)

// A descriptor names a blob. Source: OCI image-spec 1.1, descriptor.md.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        *descriptor  `json:"config,omitempty"`
	Layers        []descriptor `json:"layers,omitempty"`
	Manifests     []descriptor `json:"manifests,omitempty"`
}

type blob struct {
	digest  string
	content []byte
}

// An archived image is the image of one platform as its blobs.
type archived struct {
	target   target
	config   descriptor
	layers   []descriptor
	manifest descriptor
	blobs    []blob
}

func (a *archived) blob(kind string, content []byte) descriptor {
	d := descriptor{MediaType: kind, Digest: digest(content), Size: len(content)}
	a.blobs = append(a.blobs, blob{d.Digest, content})
	return d
}

// finish writes the manifest, which names all other blobs.
func (a *archived) finish() error {
	text, err := json.Marshal(manifest{2, manifestType, &a.config, a.layers, nil})
	a.manifest = a.blob(manifestType, text)
	a.manifest.Platform = &platform{a.target.arch, a.target.system}
	return err
}

// imageArchive is a file of an image: an OCI image layout, which registries' tools push and
// Podman loads, with the manifest.json that `docker load` reads. Sources: OCI image-spec
// 1.1, image-layout.md; moby image/spec v1.2, "Combined image JSON".
func imageArchive(tag string, date time.Time, all ...*archived) ([]byte, error) {
	index := manifest{SchemaVersion: 2, MediaType: indexType}
	type loaded struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	var list []loaded
	files := []blob{{"oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`)}}
	known := map[string]bool{}
	for _, a := range all {
		one := a.manifest
		one.Annotations = map[string]string{"io.containerd.image.name": "docker.io/library/" + tag, "org.opencontainers.image.ref.name": tag[strings.LastIndex(tag, ":")+1:]}
		index.Manifests = append(index.Manifests, one)
		entry := loaded{Config: blobPath(a.config.Digest), RepoTags: []string{tag}}
		for _, l := range a.layers {
			entry.Layers = append(entry.Layers, blobPath(l.Digest))
		}
		list = append(list, entry)
		for _, b := range a.blobs {
			if !known[b.digest] {
				known[b.digest] = true
				files = append(files, blob{blobPath(b.digest), b.content})
			}
		}
	}
	text, err := json.Marshal(index)
	if err != nil {
		return nil, err
	}
	files = append(files, blob{"index.json", text})
	if len(all) == 1 { // docker load takes one platform of a tag
		if text, err = json.Marshal(list); err != nil {
			return nil, err
		}
		files = append(files, blob{"manifest.json", text})
	}
	return archive(files, date)
}

func blobPath(digest string) string { return "blobs/" + strings.Replace(digest, ":", "/", 1) }

func archive(files []blob, date time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.digest, Mode: 0o644, Size: int64(len(f.content)), ModTime: date, Typeflag: tar.TypeReg}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := w.Close() // writes what ends a tar, before the bytes are taken
	return out.Bytes(), err
}

// images writes the images of all platforms of Linux: for each one file that `docker load`
// takes, and one with all platforms for a registry.
func (r *release) images() error {
	for _, i := range images {
		var all []*archived
		var date time.Time
		tag := i.name + ":" + strings.TrimPrefix(r.version, "v")
		for _, l := range r.linux {
			one, err := r.imageOf(i, l)
			if err != nil {
				return err
			}
			all, date = append(all, one), l.built.date
			file, err := imageArchive(tag, date, one)
			if err != nil {
				return err
			}
			if err := r.write(strings.Replace(r.base(l.target), "pasarela_", i.name+"_", 1)+"_image.tar", file, 0o644); err != nil {
				return err
			}
		}
		if len(all) == 0 {
			continue
		}
		file, err := imageArchive(tag, date, all...)
		if err != nil {
			return err
		}
		if err := r.write(i.name+"_"+strings.TrimPrefix(r.version, "v")+"_image.oci.tar", file, 0o644); err != nil {
			return err
		}
	}
	return nil
}
