package lifecycle_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// result is the result of a call of the SDK.
type result[T any] struct {
	value T
	err   error
}

// got takes a call's results: got(c.GetApi(ctx, in)).or(t).
func got[T any](value T, err error) result[T] { return result[T]{value, err} }

// or is the value; the test ends when the call failed.
func (a result[T]) or(t *testing.T) T {
	t.Helper()
	if a.err != nil {
		t.Fatal(a.err)
	}
	return a.value
}

// refused wants the SDK's own type of error and a part of its message:
// refused[*types.NotFoundException](t, "text")(c.GetApi(ctx, in)).
func refused[E error](t *testing.T, text string) func(any, error) {
	t.Helper()
	return func(_ any, err error) {
		t.Helper()
		var target E
		if !errors.As(err, &target) || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want a %T with %q", err, target, text)
		}
	}
}

// code wants an error that the SDK has no type for.
func code(t *testing.T, want, text string) func(any, error) {
	t.Helper()
	return func(_ any, err error) {
		t.Helper()
		var target smithy.APIError
		if !errors.As(err, &target) || target.ErrorCode() != want || !strings.Contains(target.ErrorMessage(), text) {
			t.Errorf("got %v, want %s with %q", err, want, text)
		}
	}
}

// status wants the HTTP status of an answer.
func status(t *testing.T, metadata middleware.Metadata, want int) {
	t.Helper()
	if raw, ok := awsmiddleware.GetRawResponse(metadata).(*smithyhttp.Response); !ok || raw.StatusCode != want {
		t.Errorf("answered %v, want %d %s", awsmiddleware.GetRawResponse(metadata), want, http.StatusText(want))
	}
}

// same wants two values to be equal.
func same[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// pages asks for one item a page until there is no more, and wants count pages.
func pages(t *testing.T, count int, page func(size, token *string) (items int, next *string, err error)) {
	t.Helper()
	var token *string
	for n := 1; ; n++ {
		items, next, err := page(aws.String("1"), token)
		if err != nil || items != 1 || n > count {
			t.Fatalf("page %d has %d items: %v", n, items, err)
		}
		if next == nil {
			same(t, n, count)
			return
		}
		token = next
	}
}

// paginator is what the SDK pages lists with.
type paginator[Page, Options any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (Page, error)
}

// all collects what a paginator yields.
func all[Item, Page, Options any](t *testing.T, p paginator[Page, Options], items func(Page) []Item) (list []Item) {
	t.Helper()
	for p.HasMorePages() {
		list = append(list, items(got(p.NextPage(t.Context())).or(t))...)
	}
	return list
}
