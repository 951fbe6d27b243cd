package s3

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
)

// maxKeys is how many keys one answer has, as on AWS.
const maxKeys = 1000

type objectResponse struct {
	Key          string
	LastModified string
	ETag         string
	Size         int64
	StorageClass string
	VersionID    string `xml:"VersionId,omitempty"`
	IsLatest     string `xml:",omitempty"`
}

type prefixResponse struct{ Prefix string }

type listResponse struct {
	XMLName               xml.Name
	XMLNS                 string `xml:"xmlns,attr"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	MaxKeys               int
	KeyCount              int
	IsTruncated           bool
	ContinuationToken     string           `xml:",omitempty"`
	NextContinuationToken string           `xml:",omitempty"`
	StartAfter            string           `xml:",omitempty"`
	Marker                string           `xml:",omitempty"`
	NextMarker            string           `xml:",omitempty"`
	NextKeyMarker         string           `xml:",omitempty"`
	Contents              []objectResponse `xml:"Contents"`
	Versions              []objectResponse `xml:"Version"`
	CommonPrefixes        []prefixResponse `xml:"CommonPrefixes"`
}

// list returns ListObjectsV2, and ListObjects where the query does not say list-type=2.
func (s *Service) list(ctx context.Context, c *call) error {
	query := c.r.URL.Query()
	after, second := query.Get("marker"), query.Get("list-type") == "2"
	if second {
		after = query.Get("start-after")
		if token := query.Get("continuation-token"); token != "" {
			text, err := base64.RawURLEncoding.DecodeString(token)
			if err != nil {
				return pasarela.Errorf(s3.CodeArgument, "The continuation token provided is incorrect")
			}
			after = string(text)
		}
	}
	out, last, err := s.listing(ctx, c, after)
	if err != nil {
		return err
	}
	out.XMLName.Local = "ListBucketResult"
	switch {
	case second:
		out.ContinuationToken, out.StartAfter = query.Get("continuation-token"), query.Get("start-after")
		if out.IsTruncated {
			out.NextContinuationToken = base64.RawURLEncoding.EncodeToString([]byte(last))
		}
	default:
		out.Marker = query.Get("marker")
		if out.IsTruncated {
			out.NextMarker = last
		}
	}
	writeXML(c.w, http.StatusOK, out)
	return nil
}

// listVersions returns the one version that each object has here.
func (s *Service) listVersions(ctx context.Context, c *call) error {
	out, last, err := s.listing(ctx, c, c.r.URL.Query().Get("key-marker"))
	if err != nil {
		return err
	}
	out.XMLName.Local = "ListVersionsResult"
	for _, o := range out.Contents {
		o.VersionID, o.IsLatest = "null", "true"
		out.Versions = append(out.Versions, o)
	}
	out.Contents = nil
	if out.IsTruncated {
		out.NextKeyMarker = last
	}
	writeXML(c.w, http.StatusOK, out)
	return nil
}

// listing is one page of a list: what stands behind after. last is the key or the common
// prefix at its end.
func (s *Service) listing(ctx context.Context, c *call, after string) (out listResponse, last string, err error) {
	query := c.r.URL.Query()
	limit := maxKeys
	if text := query.Get("max-keys"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 0 {
			return out, "", pasarela.Errorf(s3.CodeArgument, "Provided max-keys not an integer or within integer range")
		}
		limit = min(limit, maxKeys)
	}
	prefix, delimiter := query.Get("prefix"), query.Get("delimiter")
	all, err := s.objects.List(ctx, c.bucket, prefix)
	if err != nil {
		return out, "", err
	}
	spell := func(text string) string { return text }
	if query.Get("encoding-type") == "url" {
		spell, out.EncodingType = func(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "%2F", "/") }, "url"
	}
	out.XMLNS, out.Name, out.Prefix, out.Delimiter, out.MaxKeys = namespace, c.bucket, spell(prefix), spell(delimiter), limit
	for _, o := range all {
		common := ""
		if head, _, cut := strings.Cut(strings.TrimPrefix(o.Key, prefix), delimiter); delimiter != "" && cut {
			common = prefix + head + delimiter
		}
		if o.Key <= after || common != "" && (common == last || common <= after && strings.HasPrefix(after, common)) {
			continue
		}
		if out.KeyCount == limit {
			out.IsTruncated = limit > 0
			break
		}
		out.KeyCount++
		if common != "" {
			last = common
			out.CommonPrefixes = append(out.CommonPrefixes, prefixResponse{spell(common)})
			continue
		}
		last = o.Key
		out.Contents = append(out.Contents, objectResponse{Key: spell(o.Key), LastModified: stamp(o.Modified), ETag: o.ETag, Size: o.Size, StorageClass: "STANDARD"})
	}
	return out, last, nil
}
