package blobstore

import (
	"net/http"
	"net/url"
	"strings"
)

// An Attachment is how a download presents itself to a browser.
type Attachment struct {
	Name        string
	ContentType string
}

// ContentType returns the media type of a report's format.
func ContentType(format string) string {
	if format == "csv" {
		return "text/csv; charset=utf-8"
	}
	return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}

func (a Attachment) writeTo(header http.Header) {
	header.Set("Content-Type", a.ContentType)
	header.Set("Content-Disposition", a.disposition())
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, no-store")
}

// disposition names the file twice, as RFC 6266 advises: in ASCII for old
// clients and in UTF-8.
func (a Attachment) disposition() string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, a.Name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(a.Name), "+", "%20")
}
