package blobstore

import (
	"context"
	"net/http"
)

// PutEmpty makes the bucket of an address: a PUT of nothing, signed.
func PutEmpty(ctx context.Context, address string) error {
	opened, err := openBucket(address)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, opened.base.String(), http.NoBody)
	if err != nil {
		return err
	}
	response, err := opened.do(request, emptyDigest)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
