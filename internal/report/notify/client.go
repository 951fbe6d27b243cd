package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

// ErrGone says that the connection does not exist, or not yet: API Gateway
// responds with 410 until $connect has been answered.
var ErrGone = errors.New("the connection is gone")

// ErrRefused says that the gateway answered and did not deliver. After any other
// error the frame may have been delivered all the same.
var ErrRefused = errors.New("the gateway refused the frame")

// PostTimeout bounds one post with the SDK's retries.
const PostTimeout = 10 * time.Second

// A Client posts frames. The endpoint may be pasarela's or AWS's own.
type Client struct {
	credentials aws.CredentialsProvider
	region      string
	http        *http.Client
	retryer     aws.Retryer
	sent        func(outcome string)
	trace       func(frame Frame, own string, began time.Time, err error) // nil: nothing records posts
	refusals    refusals
}

// NewClient makes a client that signs with the credentials for the region.
func NewClient(credentials aws.CredentialsProvider, region string) *Client {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 3 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: PostTimeout,
	}
	// Only a frame that was certainly not delivered (429) is retried here: after a broken
	// connection the caller must know that it may have been delivered.
	throttled := retry.NewStandard(func(o *retry.StandardOptions) {
		o.Retryables = []retry.IsErrorRetryable{retry.RetryableHTTPStatusCode{Codes: map[int]struct{}{http.StatusTooManyRequests: {}}}}
	})
	client := &http.Client{
		Transport: transport, Timeout: PostTimeout,
		// Redirects are not followed: a frame is for the gateway only.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{
		credentials: credentials, region: region, http: client, retryer: throttled,
		sent: func(string) {}, refusals: refusals{last: map[string]error{}},
	}
}

// OnSent sets what is called with the outcome of every frame: delivered, gone, refused
// or failed. It must be called before the client is used.
func (c *Client) OnSent(sent func(outcome string)) { c.sent = sent }

// OnTraced sets what is called after every post of a frame with a trace context, with the
// context of the post itself. It must be called before the client is used.
func (c *Client) OnTraced(trace func(frame Frame, own string, began time.Time, err error)) {
	c.trace = trace
}

// Refusal is the error of the last frame that the gateway at an address (scheme and
// host) answered, if it was refused with 401 or 403, else nil: expired credentials
// show here.
func (c *Client) Refusal(address string) error { return c.refusals.of(address) }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Post posts one frame to a connection at the endpoint of its stage
// (https://host/stage). A frame with a key carries it as Idempotency-Key: pasarela
// delivers it once, AWS ignores it (A-REPORT-1). So it is with Pasarela-Expires of a frame
// with a lifetime of a second or more (A-REPORT-26). The error is ErrGone when the
// connection is, and wraps ErrRefused when it was certainly not delivered.
func (c *Client) Post(ctx context.Context, endpoint, connectionID string, frame Frame) error {
	content, err := encode(frame)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	api := apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		BaseEndpoint: &endpoint, Region: c.region, Credentials: c.credentials, HTTPClient: c.http, Retryer: c.retryer,
	})
	var options []func(*apigatewaymanagementapi.Options)
	if key := frame.key(); key != "" {
		options = append(options, apigatewaymanagementapi.WithAPIOptions(smithyhttp.SetHeaderValue("Idempotency-Key", key)))
	}
	if seconds := int(frame.Lifetime / time.Second); seconds > 0 {
		options = append(options, apigatewaymanagementapi.WithAPIOptions(smithyhttp.SetHeaderValue("Pasarela-Expires", strconv.Itoa(seconds))))
	}
	own, began := frame.Trace, time.Now()
	if own != "" {
		if c.trace != nil {
			own = traceparent.Child(own)
		}
		options = append(options, apigatewaymanagementapi.WithAPIOptions(smithyhttp.SetHeaderValue("Traceparent", own)))
	}
	_, err = api.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &connectionID, Data: content}, options...)
	err = explain(err, frame.Event, connectionID)
	c.refusals.note(endpoint, err)
	c.sent(outcome(err))
	if own != "" && c.trace != nil {
		c.trace(frame, own, began, err)
	}
	return err
}

func outcome(err error) string {
	switch {
	case err == nil:
		return "delivered"
	case errors.Is(err, ErrGone):
		return "gone"
	case errors.Is(err, ErrRefused):
		return "refused"
	}
	return "failed"
}

func explain(err error, event Event, connectionID string) error {
	var gone *types.GoneException
	var answered *smithyhttp.ResponseError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &gone):
		return ErrGone
	case errors.As(err, &answered) && answered.HTTPStatusCode() >= 200 && answered.HTTPStatusCode() < 300:
		return nil // it was delivered; only the rest of an empty answer was lost
	case errors.As(err, &answered) && answered.HTTPStatusCode() >= 400 && answered.HTTPStatusCode() < 500:
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return fmt.Errorf("post the frame %q to connection %s: %w", event, connectionID, err)
}

// encode leaves links as they are, "&" included: users copy them out of frames.
func encode(frame Frame) ([]byte, error) {
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(frame)
	return bytes.TrimSuffix(content.Bytes(), []byte("\n")), err
}
