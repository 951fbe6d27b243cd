package delivery

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// hook is the body of a web hook. Source of its form: Standard Webhooks, "Payload
// structure".
type hook struct {
	Type      string    `json:"type"` // report.ready, report.failed or report.cancelled
	Timestamp time.Time `json:"timestamp"`
	Data      hookData  `json:"data"`
}

type hookData struct {
	Schedule   string            `json:"schedule"`
	ReportID   string            `json:"reportId"`
	ReportType string            `json:"reportType"`
	Title      string            `json:"title"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Name       string            `json:"name,omitempty"`
	Rows       int64             `json:"rows"`
	Bytes      int64             `json:"bytes"`
	Link       string            `json:"link,omitempty"`
	Expires    *time.Time        `json:"expires,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Message    string            `json:"message,omitempty"`
}

// post calls a web hook, signed; an answer other than 2xx is an error.
func (c *Deliverer) post(ctx context.Context, address string, report Report) error {
	job := report.Job
	data := hookData{
		Schedule: job.Schedule, ReportID: job.ID, ReportType: job.Type, Title: report.Title, Parameters: job.Parameters,
		Name: job.FileName, Rows: job.Rows, Bytes: job.Bytes, Link: report.Link, Reason: job.Reason, Message: report.Reason,
	}
	if report.Link != "" {
		data.Expires = &job.Expires
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // the link has an "&"
	if err := encoder.Encode(hook{"report." + string(job.State), job.Finished, data}); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body.Bytes()))
	if err != nil {
		return err
	}
	id, now := "msg_"+job.ID+"-"+strconv.FormatInt(job.Finished.UnixMicro(), 36), strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, c.key(job.Schedule))
	fmt.Fprintf(mac, "%s.%s.%s", id, now, body.Bytes())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Webhook-Id", id)
	request.Header.Set("Webhook-Timestamp", now)
	request.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() // only read
	if response.StatusCode/100 != 2 {
		reason, _ := io.ReadAll(io.LimitReader(response.Body, 256)) // the status says enough
		return &Failure{
			Why:   language.Errorf("delivery.hook_answer", "answer", short(response.Status)),
			Cause: fmt.Errorf("web hook %s answered %s: %q", address, response.Status, reason),
		}
	}
	return nil
}
