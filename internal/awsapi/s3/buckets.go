package s3

import (
	"context"
	"encoding/xml"
	"net/http"
	"time"
)

// stamp is a time as S3 writes it in XML.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

type bucketResponse struct {
	Name         string
	CreationDate string
	BucketRegion string
}

type bucketsResponse struct {
	XMLName xml.Name         `xml:"ListAllMyBucketsResult"`
	XMLNS   string           `xml:"xmlns,attr"`
	OwnerID string           `xml:"Owner>ID"`
	Buckets []bucketResponse `xml:"Buckets>Bucket"`
}

func (s *Service) listBuckets(ctx context.Context, c *call) error {
	all, err := s.objects.Buckets(ctx)
	if err != nil {
		return err
	}
	out := bucketsResponse{XMLNS: namespace, OwnerID: s.objects.AccountID()}
	for _, b := range all {
		out.Buckets = append(out.Buckets, bucketResponse{b.Name, stamp(b.Created), s.objects.Region()})
	}
	writeXML(c.w, http.StatusOK, out)
	return nil
}

func (s *Service) createBucket(ctx context.Context, c *call) error {
	if err := s.objects.CreateBucket(ctx, c.bucket); err != nil {
		return err
	}
	c.w.Header().Set("Location", "/"+c.bucket)
	return done(c.w, http.StatusOK)
}

func (s *Service) headBucket(ctx context.Context, c *call) error {
	if _, err := s.objects.Find(ctx, c.bucket); err != nil {
		return err
	}
	c.w.Header().Set("X-Amz-Bucket-Region", s.objects.Region())
	return done(c.w, http.StatusOK)
}

func (s *Service) deleteBucket(ctx context.Context, c *call) error {
	if err := s.objects.DeleteBucket(ctx, c.bucket); err != nil {
		return err
	}
	return done(c.w, http.StatusNoContent)
}

type locationResponse struct {
	XMLName xml.Name `xml:"LocationConstraint"`
	XMLNS   string   `xml:"xmlns,attr"`
	Region  string   `xml:",chardata"`
}

// location is empty for us-east-1, as on AWS.
func (s *Service) location(ctx context.Context, c *call) error {
	if _, err := s.objects.Find(ctx, c.bucket); err != nil {
		return err
	}
	region := s.objects.Region()
	if region == "us-east-1" {
		region = ""
	}
	writeXML(c.w, http.StatusOK, locationResponse{XMLNS: namespace, Region: region})
	return nil
}
