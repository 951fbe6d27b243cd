package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
)

// ErrGone says that the connection does not exist, or not yet: API Gateway
// answers 410 until $connect is through.
var ErrGone = errors.New("the connection is gone")

// PostTimeout bounds one post with the SDK's retries.
const PostTimeout = 10 * time.Second

// A Client posts frames. The endpoint may be pasarela's or AWS's own.
type Client struct {
	credentials aws.CredentialsProvider
	region      string
	http        *http.Client
}

// NewClient makes a client that signs with the credentials for the region.
func NewClient(credentials aws.CredentialsProvider, region string) *Client {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 3 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: PostTimeout,
	}
	return &Client{credentials, region, &http.Client{Transport: transport, Timeout: PostTimeout}}
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Post posts one frame to a connection at the endpoint of its stage
// (https://host/stage). The error is ErrGone when the connection is.
func (c *Client) Post(ctx context.Context, endpoint, connectionID string, frame Frame) error {
	content, err := encode(frame)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	api := apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		BaseEndpoint: &endpoint, Region: c.region, Credentials: c.credentials, HTTPClient: c.http,
	})
	_, err = api.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &connectionID, Data: content})
	var gone *types.GoneException
	if errors.As(err, &gone) {
		return ErrGone
	}
	if err != nil {
		return fmt.Errorf("post the frame %q to connection %s: %w", frame.Event, connectionID, err)
	}
	return nil
}

// encode leaves links as they are, "&" included: people copy them out of frames.
func encode(frame Frame) ([]byte, error) {
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(frame)
	return bytes.TrimSuffix(content.Bytes(), []byte("\n")), err
}
