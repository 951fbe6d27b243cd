package extension

import (
	"context"
	"net/http"
	"net/url"
)

// DeadLetters are the dead letters of a stage, a page at a time: those after what Next of the
// page before said, "" for the first.
func (c *Client) DeadLetters(ctx context.Context, apiID, stageName, after string) (answer DeadLetters, err error) {
	query := c.language()
	if after != "" {
		query.Set("after", after)
	}
	return answer, c.decode(ctx, http.MethodGet, deadLettersPath(apiID, stageName), query, nil, &answer)
}

// ReplayDeadLetter puts a dead letter back into the queue.
func (c *Client) ReplayDeadLetter(ctx context.Context, apiID, stageName, id string) error {
	return c.decode(ctx, http.MethodPost, deadLettersPath(apiID, stageName)+"/"+url.PathEscape(id)+"/replay", nil, nil, &deadLetterOutput{})
}

// DeleteDeadLetter removes a dead letter.
func (c *Client) DeleteDeadLetter(ctx context.Context, apiID, stageName, id string) error {
	return c.decode(ctx, http.MethodDelete, deadLettersPath(apiID, stageName)+"/"+url.PathEscape(id), nil, nil, &deadLetterOutput{})
}

func deadLettersPath(apiID, stageName string) string {
	return "apis/" + url.PathEscape(apiID) + "/stages/" + url.PathEscape(stageName) + "/dead-letters"
}
