// Package archive writes everything that operators configured into one readable
// file and brings it back: APIs with their deployments and stages, domains, keys,
// plans, and identities. The file is YAML, sorted, one document a key, so that it
// can be kept in git and reviewed.
package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// version is the form of the file.
const version = 1

// MaxSize bounds a file, in bytes.
const MaxSize = 256 << 20

// Archive is the file.
type Archive struct {
	Pasarela  int            `yaml:"pasarela"` // form of the file: 1
	Place     Place          `yaml:"place"`
	Secrets   bool           `yaml:"secrets"` // access keys, API key values and private keys are in it
	Documents map[string]any `yaml:"documents"`
}

// Place is the account whose ARNs stand in the documents.
type Place struct {
	Region    string `yaml:"region"`
	AccountID string `yaml:"accountId"`
}

// Export reads everything out of the bucket.
func Export(ctx context.Context, bucket pasarela.Bucket, place pasarela.Place, secrets bool) ([]byte, error) {
	a := Archive{Pasarela: version, Place: Place(place), Secrets: secrets, Documents: map[string]any{}}
	store := document.NewStore[map[string]any](bucket)
	for _, k := range kinds {
		found, err := store.List(ctx, k.prefix)
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", k.prefix, err)
		}
		for _, d := range found {
			if kindOf(d.Key) != k {
				continue
			}
			if value := k.shown(*d.Value, secrets); value != nil {
				a.Documents[d.Key] = value
			}
		}
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(a); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// Read reads a file and refuses what is not one, saying where.
func Read(data []byte) (*Archive, error) {
	var a Archive
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&a); err != nil {
		return nil, fmt.Errorf("the file is not an export of pasarela: %w", err)
	}
	if a.Pasarela != version {
		return nil, fmt.Errorf("the file says \"pasarela: %d\"; this program reads form %d", a.Pasarela, version)
	}
	for key, value := range a.Documents {
		k := kindOf(key)
		if k == nil {
			return nil, fmt.Errorf("documents: %q is no key that pasarela knows", key)
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("documents: %s: %w", key, err)
		}
		if err := k.check(text); err != nil {
			return nil, fmt.Errorf("documents: %s: %w", key, err)
		}
	}
	return &a, nil
}
