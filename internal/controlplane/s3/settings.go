package s3

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Setting is a document that clients put beside a bucket. It is shown as it was put;
// none of them has an effect here (A-S3-3).
type Setting struct {
	Name    string // in the query of the request: ?versioning
	Element string // of its XML; "" for JSON
	Missing pasarela.ErrorCode
	Empty   string // what is answered in place of an error while there is none
}

// Settings are all of them, by the names in queries.
func Settings() []Setting {
	return []Setting{
		{Name: "versioning", Element: "VersioningConfiguration", Empty: `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`},
		{Name: "encryption", Element: "ServerSideEncryptionConfiguration", Missing: "ServerSideEncryptionConfigurationNotFoundError"},
		{Name: "publicAccessBlock", Element: "PublicAccessBlockConfiguration", Missing: "NoSuchPublicAccessBlockConfiguration"},
		{Name: "lifecycle", Element: "LifecycleConfiguration", Missing: "NoSuchLifecycleConfiguration"},
		{Name: "tagging", Element: "Tagging", Missing: "NoSuchTagSet"},
		{Name: "ownershipControls", Element: "OwnershipControls", Missing: "OwnershipControlsNotFoundError"},
		{Name: "policy", Missing: "NoSuchBucketPolicy"},
	}
}

// maxSetting bounds one document, in bytes; AWS's longest is a policy of 20 KB.
const maxSetting = 64 << 10

// PutSetting keeps a document.
func (s *Service) PutSetting(ctx context.Context, bucket string, setting Setting, text []byte) error {
	if len(text) > maxSetting {
		return pasarela.Errorf(CodeTooLarge, "The document has %d bytes; at most %d are kept.", len(text), maxSetting)
	}
	if setting.Element == "" {
		if !json.Valid(text) {
			return pasarela.Errorf("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
		}
	} else if err := wellFormed(text, setting.Element); err != nil {
		return err
	}
	return s.changeSettings(ctx, bucket, func(all map[string]string) { all[setting.Name] = string(text) })
}

// DeleteSetting forgets a document; one that is not there is no error.
func (s *Service) DeleteSetting(ctx context.Context, bucket string, setting Setting) error {
	return s.changeSettings(ctx, bucket, func(all map[string]string) { delete(all, setting.Name) })
}

func (s *Service) changeSettings(ctx context.Context, bucket string, change func(map[string]string)) error {
	if _, err := s.Find(ctx, bucket); err != nil {
		return err
	}
	_, err := s.buckets.Update(ctx, bucketKey(bucket), func(b *Bucket) error {
		if b.Settings == nil {
			b.Settings = map[string]string{}
		}
		change(b.Settings)
		return nil
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		return noBucket(bucket)
	}
	return err
}

// Setting returns a document as it was put.
func (s *Service) Setting(ctx context.Context, bucket string, setting Setting) (string, error) {
	b, err := s.Find(ctx, bucket)
	if err != nil {
		return "", err
	}
	if text, there := b.Settings[setting.Name]; there {
		return text, nil
	}
	if setting.Missing == "" {
		return setting.Empty, nil
	}
	return "", pasarela.Errorf(setting.Missing, "The bucket %s has no such configuration (%s).", bucket, setting.Name)
}

// wellFormed says whether a text is one XML element of that name.
func wellFormed(text []byte, element string) error {
	decoder := xml.NewDecoder(strings.NewReader(string(text)))
	first := ""
	for {
		token, err := decoder.Token()
		if err == io.EOF && first == element {
			return nil
		}
		if err != nil {
			return pasarela.Errorf(CodeXML, "The XML you provided was not well-formed or did not validate against our published schema: a %s is expected.", element)
		}
		if start, is := token.(xml.StartElement); is && first == "" {
			first = start.Name.Local
		}
	}
}
