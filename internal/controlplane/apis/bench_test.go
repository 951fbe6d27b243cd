package apis_test

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

func newService(t testing.TB, edit func(*apis.Options)) *apis.Service {
	t.Helper()
	o := apis.Options{
		Bucket:        memory.NewBucket(),
		RegionAccount: pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"},
		Endpoint:      func(apiID string) string { return "ws://127.0.0.1:4566/" + apiID },
		Log:           slog.New(slog.DiscardHandler),
	}
	if edit != nil {
		edit(&o)
	}
	return apis.New(o)
}

// must returns the result of a call that has to work.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func newAPI(t testing.TB, s *apis.Service) string {
	t.Helper()
	return must(s.CreateAPI(t.Context(), apis.CreateAPIInput{ProtocolType: new("WEBSOCKET"), APIFields: apis.APIFields{
		Name: new("chat"), RouteSelectionExpression: new("$request.body.action"),
	}}))(t).APIID
}

// bigAPI writes an API of n routes, each with its integration, at once.
func bigAPI(t testing.TB, bucket pasarela.Bucket, s *apis.Service, n int) string {
	t.Helper()
	id := newAPI(t, s)
	must(0, apis.Grow(t.Context(), bucket, id, n))(t)
	return id
}

func BenchmarkDeployFiveThousandRoutes(b *testing.B) {
	bucket := memory.NewBucket()
	s := newService(b, func(o *apis.Options) { o.Bucket = bucket })
	id := bigAPI(b, bucket, s, 5000)
	for b.Loop() {
		must(s.Deployments.CreateDeployment(b.Context(), apis.CreateDeploymentInput{APIID: id}))(b)
	}
}

func BenchmarkGetRoute(b *testing.B) {
	for _, n := range []int{5, 5000} {
		b.Run(fmt.Sprintf("of=%d", n), func(b *testing.B) {
			bucket := memory.NewBucket()
			s := newService(b, func(o *apis.Options) { o.Bucket = bucket })
			id := bigAPI(b, bucket, s, n)
			routes := must(s.GetRoutes(b.Context(), apis.APIInput{APIID: id}))(b)
			for b.Loop() {
				must(s.GetRoute(b.Context(), apis.RouteInput{APIID: id, RouteID: routes[0].RouteID}))(b)
			}
		})
	}
}

func BenchmarkCreateRoute(b *testing.B) {
	for _, n := range []int{100, 1000, 4000, 10000} {
		b.Run(fmt.Sprintf("of=%d", n), func(b *testing.B) {
			bucket := memory.NewBucket()
			s := newService(b, func(o *apis.Options) { o.Bucket = bucket })
			id := bigAPI(b, bucket, s, n)
			createRoutes(b, s, id)
		})
	}
	b.Run("beside=200apis", func(b *testing.B) {
		s := newService(b, nil)
		for range 200 {
			newAPI(b, s)
		}
		createRoutes(b, s, newAPI(b, s))
	})
	b.Run("behind=1000deployments", func(b *testing.B) {
		s := newService(b, nil)
		id := newAPI(b, s)
		must(s.CreateRoute(b.Context(), apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new("key")}}))(b)
		for range 1000 {
			must(s.Deployments.CreateDeployment(b.Context(), apis.CreateDeploymentInput{APIID: id}))(b)
		}
		createRoutes(b, s, id)
	})
}

// createRoutes creates a route after the other. The first decodes the document; it is
// not measured.
func createRoutes(b *testing.B, s *apis.Service, id string) {
	create := func(i int) {
		must(s.CreateRoute(b.Context(), apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new(fmt.Sprint("new", i))}}))(b)
	}
	create(0)
	for i := 1; b.Loop(); i++ {
		create(i)
	}
}
