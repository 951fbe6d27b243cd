package s3

import (
	"context"
	"encoding/xml"
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
)

type uploadResponse struct {
	XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
	XMLNS    string   `xml:"xmlns,attr"`
	Bucket   string
	Key      string
	UploadID string `xml:"UploadId"`
}

func (s *Service) createUpload(ctx context.Context, c *call) error {
	headers, err := c.headers()
	if err != nil {
		return err
	}
	id, err := s.objects.CreateUpload(ctx, c.bucket, c.key, headers)
	if err != nil {
		return err
	}
	for _, name := range []string{"X-Amz-Checksum-Algorithm", "X-Amz-Checksum-Type"} {
		if value := c.r.Header.Get(name); value != "" {
			c.w.Header().Set(name, value)
		}
	}
	writeXML(c.w, http.StatusOK, uploadResponse{XMLNS: namespace, Bucket: c.bucket, Key: c.key, UploadID: id})
	return nil
}

// uploadPart is UploadPart of a multipart upload.
func (s *Service) uploadPart(ctx context.Context, c *call) error {
	sums, err := c.check()
	if err != nil {
		return err
	}
	query := c.r.URL.Query()
	number, err := strconv.Atoi(query.Get("partNumber"))
	if err != nil {
		return pasarela.Errorf(s3.CodeArgument, "partNumber is no number: %q", query.Get("partNumber"))
	}
	part, err := s.objects.UploadPart(ctx, c.bucket, c.key, query.Get("uploadId"), number, c.body)
	if err != nil {
		return err
	}
	for name, value := range sums {
		c.w.Header().Set(name, value)
	}
	c.w.Header().Set("ETag", part.ETag)
	return done(c.w, http.StatusOK)
}

type completeInput struct {
	Parts []struct {
		PartNumber int
		ETag       string
	} `xml:"Part"`
}

type completeResponse struct {
	XMLName  xml.Name `xml:"CompleteMultipartUploadResult"`
	XMLNS    string   `xml:"xmlns,attr"`
	Location string
	Bucket   string
	Key      string
	ETag     string
}

func (s *Service) completeUpload(ctx context.Context, c *call) error {
	var in completeInput
	if err := readXML(c, &in); err != nil {
		return err
	}
	var named []s3.Part
	for _, part := range in.Parts {
		named = append(named, s3.Part{Number: part.PartNumber, ETag: part.ETag})
	}
	o, err := s.objects.CompleteUpload(ctx, c.bucket, c.key, c.r.URL.Query().Get("uploadId"), named, condition(c.r))
	if err != nil {
		return err
	}
	writeXML(c.w, http.StatusOK, completeResponse{XMLNS: namespace, Location: "/" + c.bucket + "/" + c.key, Bucket: c.bucket, Key: c.key, ETag: o.ETag})
	return nil
}

func (s *Service) abortUpload(ctx context.Context, c *call) error {
	if err := s.objects.AbortUpload(ctx, c.bucket, c.key, c.r.URL.Query().Get("uploadId")); err != nil {
		return err
	}
	return done(c.w, http.StatusNoContent)
}

type partResponse struct {
	PartNumber int
	ETag       string
	Size       int64
}

type partsResponse struct {
	XMLName     xml.Name `xml:"ListPartsResult"`
	XMLNS       string   `xml:"xmlns,attr"`
	Bucket      string
	Key         string
	UploadID    string `xml:"UploadId"`
	IsTruncated bool
	Parts       []partResponse `xml:"Part"`
}

// listParts returns all parts in one page: they are few.
func (s *Service) listParts(ctx context.Context, c *call) error {
	id := c.r.URL.Query().Get("uploadId")
	parts, err := s.objects.Parts(ctx, c.bucket, c.key, id)
	if err != nil {
		return err
	}
	out := partsResponse{XMLNS: namespace, Bucket: c.bucket, Key: c.key, UploadID: id}
	for _, p := range parts {
		out.Parts = append(out.Parts, partResponse{p.Number, p.ETag, p.Size})
	}
	writeXML(c.w, http.StatusOK, out)
	return nil
}
