package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
)

// maxHeaders bounds what is kept of an object's headers, in bytes: AWS's bound on metadata.
const maxHeaders = 2 << 10

// headers are those that come back with the object.
func (c *call) headers() (map[string]string, error) {
	kept, size := map[string]string{}, 0
	for name := range c.r.Header {
		switch {
		case strings.HasPrefix(name, "X-Amz-Meta-"):
		case name == "Content-Type", name == "Content-Disposition", name == "Cache-Control", name == "Content-Language", name == "Expires":
		case name == "Content-Encoding":
			encoding := strings.Trim(strings.ReplaceAll(c.r.Header.Get(name), "aws-chunked", ""), ", ")
			if encoding != "" {
				kept[name] = encoding
			}
			continue
		default:
			continue
		}
		kept[name] = c.r.Header.Get(name)
		size += len(name) + len(kept[name])
	}
	if size > maxHeaders {
		return nil, pasarela.Errorf("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size: %d bytes, and at most %d are kept.", size, maxHeaders)
	}
	return kept, nil
}

// condition is what a write asks of the object that is there.
func condition(r *http.Request) s3.Condition {
	return s3.Condition{Absent: r.Header.Get("If-None-Match") == "*", ETag: r.Header.Get("If-Match")}
}

// putObject is PutObject. A checksum that the client gave is checked, kept and returned.
func (s *Service) putObject(ctx context.Context, c *call) error {
	sums, err := c.check()
	if err != nil {
		return err
	}
	headers, err := c.headers()
	if err != nil {
		return err
	}
	for name, value := range sums {
		headers[name] = value
	}
	o, err := s.objects.Put(ctx, s3.PutInput{Bucket: c.bucket, Key: c.key, Body: c.body, Headers: headers, Condition: condition(c.r)})
	if err != nil {
		return err
	}
	for name, value := range sums {
		c.w.Header().Set(name, value)
	}
	c.w.Header().Set("ETag", o.ETag)
	return done(c.w, http.StatusOK)
}

// getObject serves GET and HEAD; ranges and conditions are net/http's.
func (s *Service) getObject(ctx context.Context, c *call) error {
	o, err := s.objects.Head(ctx, c.bucket, c.key)
	if err != nil {
		return err
	}
	h, query := c.w.Header(), c.r.URL.Query()
	for name, value := range o.Headers {
		if !strings.HasPrefix(name, checksumHeader) || c.r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" && c.r.Header.Get("Range") == "" {
			h.Set(name, value)
		}
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "binary/octet-stream")
	}
	for _, name := range []string{"Content-Type", "Content-Disposition"} {
		if value := query.Get("response-" + strings.ToLower(name)); value != "" {
			h.Set(name, value)
		}
	}
	h.Set("ETag", o.ETag)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox") // an object is no page of this server
	http.ServeContent(c.w, c.r, "", o.Modified, s.objects.Open(ctx, o))
	return nil
}

func (s *Service) deleteObject(ctx context.Context, c *call) error {
	if err := s.objects.Delete(ctx, c.bucket, c.key); err != nil {
		return err
	}
	return done(c.w, http.StatusNoContent)
}

type deleteInput struct {
	Quiet   bool
	Objects []struct{ Key, VersionId string } `xml:"Object"` // the element's name
}

type deletedResponse struct{ Key string }

type deleteFault struct{ Key, Code, Message string }

type deleteResponse struct {
	XMLName xml.Name          `xml:"DeleteResult"`
	XMLNS   string            `xml:"xmlns,attr"`
	Deleted []deletedResponse `xml:"Deleted"`
	Errors  []deleteFault     `xml:"Error"`
}

// maxDeletes is how many keys one call may name, as on AWS.
const maxDeletes = 1000

// deleteObjects is DeleteObjects: each key is authorized and deleted by itself, and the
// response says of each what came of it.
func (s *Service) deleteObjects(ctx context.Context, c *call) error {
	if _, err := c.check(); err != nil {
		return err
	}
	var in deleteInput
	if err := readXML(c, &in); err != nil {
		return err
	}
	if len(in.Objects) == 0 || len(in.Objects) > maxDeletes {
		return pasarela.Errorf(s3.CodeXML, "The XML you provided was not well-formed or did not validate against our published schema: it names %d keys, and 1 to %d may be named.", len(in.Objects), maxDeletes)
	}
	if _, err := s.objects.Find(ctx, c.bucket); err != nil {
		return err
	}
	out := deleteResponse{XMLNS: namespace}
	for _, each := range in.Objects {
		err := s.guard.Authorize(ctx, c.who, "s3:DeleteObject", []string{"arn:aws:s3:::" + c.bucket + "/" + each.Key}, s.guard.RequestContext(c.r))
		if err == nil {
			err = s.objects.Delete(ctx, c.bucket, each.Key)
		}
		var known *pasarela.Error
		switch {
		case errors.As(err, &known) && known.Code != pasarela.CodeInternal:
			a := wire.QueryErrorResponse(err)
			out.Errors = append(out.Errors, deleteFault{each.Key, a.Code, a.Message})
		case err != nil:
			return err
		case !in.Quiet:
			out.Deleted = append(out.Deleted, deletedResponse{each.Key})
		}
	}
	writeXML(c.w, http.StatusOK, out)
	return nil
}
