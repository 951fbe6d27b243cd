package blobstore_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
)

func open(t *testing.T, dir, address string, limits blobstore.Limits) *blobstore.Store {
	t.Helper()
	store, err := blobstore.Open(dir, address, limits)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func keep(t *testing.T, store *blobstore.Store, id, content string) {
	t.Helper()
	draft, err := store.Draft(id)
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Discard()
	if _, err := io.WriteString(draft, content); err != nil {
		t.Fatal(err)
	}
	if err := draft.Keep(t.Context(), "xlsx", []byte(`{"preview":true}`)); err != nil {
		t.Fatal(err)
	}
}

func serve(t *testing.T, store *blobstore.Store, id, span string) (*http.Response, error) {
	t.Helper()
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	if span != "" {
		request.Header.Set("Range", span)
	}
	err := store.Serve(recorder, request, id, "xlsx", blobstore.Attachment{Name: `año "1".xlsx`, ContentType: blobstore.ContentType("xlsx")})
	return recorder.Result(), err
}

func TestAReportIsThereOnceItIsWhole(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir, "", blobstore.Limits{})
	draft, err := store.Draft("one")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(draft, "half")
	if _, err := serve(t, store, "one", ""); !errors.Is(err, blobstore.ErrMissing) {
		t.Errorf("half a report: %v", err)
	}
	draft.Discard()
	if store.Used() != 0 {
		t.Errorf("%d bytes are used by nothing", store.Used())
	}
	keep(t, store, "one", "a longer whole report")
	keep(t, store, "one", "whole report")
	if used := store.Used(); used != int64(len("whole report")+len(`{"preview":true}`)) {
		t.Errorf("made twice it takes %d bytes", used)
	}
	response, err := serve(t, store, "one", "bytes=6-")
	if err != nil {
		t.Fatal(err)
	}
	content, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusPartialContent || string(content) != "report" {
		t.Errorf("a range: %s %q", response.Status, content)
	}
	if got := response.Header.Get("Content-Disposition"); got != `attachment; filename="a_o _1_.xlsx"; filename*=UTF-8''a%C3%B1o%20%221%22.xlsx` {
		t.Errorf("Content-Disposition %s", got)
	}
	if preview, err := store.Preview(t.Context(), "one"); err != nil || string(preview) != `{"preview":true}` {
		t.Errorf("preview %q %v", preview, err)
	}
	if again := open(t, dir, "", blobstore.Limits{}); again.Used() != store.Used() {
		t.Errorf("after a restart %d bytes are counted, before %d", again.Used(), store.Used())
	}
	for range 2 {
		if err := store.Remove(t.Context(), "one", "xlsx"); err != nil {
			t.Fatal(err)
		}
	}
	if store.Used() != 0 {
		t.Errorf("%d bytes are used by nothing", store.Used())
	}
}

func TestOldDraftsAreThrownAway(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir, "", blobstore.Limits{})
	draft, err := store.Draft("one")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(draft, "interrupted")
	open(t, dir, "", blobstore.Limits{})
	if left, _ := os.ReadDir(filepath.Join(dir, "drafts")); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

func TestLimits(t *testing.T) {
	store := open(t, t.TempDir(), "", blobstore.Limits{Total: 100})
	keep(t, store, "one", strings.Repeat("x", 80))
	draft, err := store.Draft("two")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Write(make([]byte, 30)); !errors.Is(err, blobstore.ErrFull) {
		t.Errorf("beyond the limit: %v", err)
	}
	draft.Discard()
	keep(t, store, "three", "")
	if err := store.Room(); !errors.Is(err, blobstore.ErrFull) {
		t.Errorf("room at the limit: %v", err)
	}
	tight := open(t, t.TempDir(), "", blobstore.Limits{Free: 1 << 60})
	if _, err := tight.Draft("one"); !errors.Is(err, blobstore.ErrFull) {
		t.Errorf("with less free than wanted: %v", err)
	}
}

// TestADiskThatIsReallyFull needs a small disk of its own: a tmpfs, which root
// can mount.
func TestADiskThatIsReallyFull(t *testing.T) {
	dir := t.TempDir()
	if said, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no small disk can be mounted here: %s", said)
	}
	defer func() {
		if said, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", said)
		}
	}()
	store := open(t, dir, "", blobstore.Limits{Free: 1})
	draft, err := store.Draft("one")
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = draft.Write(make([]byte, 64<<10))
	}
	if !errors.Is(err, blobstore.ErrFull) {
		t.Errorf("the disk's end is %v", err)
	}
	draft.Discard()
	if left, _ := os.ReadDir(filepath.Join(dir, "drafts")); len(left) != 0 || store.Used() != 0 {
		t.Errorf("left are %v, %d bytes", left, store.Used())
	}
	keep(t, store, "two", "small")
}

// A power cut could leave the key of the links without content; a key that was cut
// short is something else.
func TestABlankKeyOfLinksIsMadeAnew(t *testing.T) {
	for content, works := range map[string]bool{"": true, strings.Repeat("\x00", 32): true, "short": false} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "link.key"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := blobstore.NewLinks("https://reports.example.com", dir); (err == nil) != works {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestLinks(t *testing.T) {
	dir := t.TempDir()
	links, err := blobstore.NewLinks("https://reports.example.com", dir)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	link, err := url.Parse(links.Make("id", "año 1.xlsx", now.Add(time.Hour)))
	if err != nil || link.Host != "reports.example.com" || link.Path != "/files/id/año 1.xlsx" {
		t.Fatal(link, err)
	}
	again, err := blobstore.NewLinks("https://reports.example.com", dir)
	if err != nil {
		t.Fatal(err)
	}
	longer := link.Query()
	longer.Set("expires", "9999999999")
	for name, test := range map[string]struct {
		id, file string
		query    url.Values
		at       time.Time
		want     error
	}{
		"good":            {"id", "año 1.xlsx", link.Query(), now, nil},
		"to its end":      {"id", "año 1.xlsx", link.Query(), now.Add(time.Hour - time.Second), nil},
		"expired":         {"id", "año 1.xlsx", link.Query(), now.Add(time.Hour), blobstore.ErrExpired},
		"clock set back":  {"id", "año 1.xlsx", link.Query(), now.AddDate(-1, 0, 0), nil},
		"another report":  {"id2", "año 1.xlsx", link.Query(), now, blobstore.ErrForged},
		"another name":    {"id", "x.xlsx", link.Query(), now, blobstore.ErrForged},
		"a longer life":   {"id", "año 1.xlsx", longer, now, blobstore.ErrForged},
		"nothing":         {"id", "año 1.xlsx", url.Values{}, now, blobstore.ErrForged},
		"shifted borders": {"ida", "ño 1.xlsx", link.Query(), now, blobstore.ErrForged},
	} {
		if err := again.Check(test.id, test.file, test.query, test.at); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// bucket is a minimal S3: whole objects, signatures required.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	presigned := r.URL.Query().Get("X-Amz-Signature") != ""
	if !presigned && !strings.Contains(r.Header.Get("Authorization"), "Credential=KEY/") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch content, found := b.objects[r.URL.Path]; {
	case r.Method == http.MethodPut:
		b.objects[r.URL.Path], _ = io.ReadAll(r.Body)
	case r.Method == http.MethodDelete:
		delete(b.objects, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("Content-Disposition", r.URL.Query().Get("response-content-disposition"))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

// TestABucketSendsNobodyElsewhere: a redirect by the bucket's server is not followed.
func TestABucketSendsNobodyElsewhere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was sent elsewhere", r.Method, r.URL)
	}))
	defer elsewhere.Close()
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect} {
		turns := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/latest/meta-data/", status))
		destination, err := blobstore.OpenDestination("s3://KEY:geheim@" + turns.Listener.Addr().String() + "/reports?tls=false")
		if err != nil {
			t.Fatal(err)
		}
		if err := destination.Put(t.Context(), "a.csv", "text/csv", strings.NewReader("a")); err == nil || !strings.Contains(err.Error(), strconv.Itoa(status)) {
			t.Errorf("a file was put to a server that answers %d: %v", status, err)
		}
		store := open(t, t.TempDir(), "s3://KEY:geheim@"+turns.Listener.Addr().String()+"/reports?tls=false", blobstore.Limits{})
		if _, err := store.Preview(t.Context(), "one"); err == nil || !strings.Contains(err.Error(), strconv.Itoa(status)) {
			t.Errorf("a file was read from a server that answers %d: %v", status, err)
		}
		turns.Close()
	}
}

func TestABucket(t *testing.T) {
	served := httptest.NewServer(&bucket{objects: map[string][]byte{}})
	defer served.Close()
	address := "s3://KEY:geheim@" + served.Listener.Addr().String() + "/reports/prefix?region=eu-west-1&tls=false"
	store := open(t, t.TempDir(), address, blobstore.Limits{})
	if _, err := serve(t, store, "one", ""); !errors.Is(err, blobstore.ErrMissing) {
		t.Errorf("before: %v", err)
	}
	keep(t, store, "one", "whole report")
	if store.Used() != 0 {
		t.Errorf("%d bytes are used here", store.Used())
	}
	response, err := serve(t, store, "one", "")
	if err != nil || response.StatusCode != http.StatusTemporaryRedirect || strings.Contains(response.Header.Get("Location"), "geheim") {
		t.Fatal(response, err)
	}
	got, err := http.Get(response.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	content, _ := io.ReadAll(got.Body)
	if string(content) != "whole report" || !strings.Contains(got.Header.Get("Content-Disposition"), "filename*=UTF-8''a%C3%B1o") {
		t.Errorf("%s %q %s", got.Status, content, got.Header)
	}
	if preview, err := store.Preview(t.Context(), "one"); err != nil || string(preview) != `{"preview":true}` {
		t.Errorf("preview %q %v", preview, err)
	}
	if err := store.Remove(t.Context(), "one", "xlsx"); err != nil {
		t.Fatal(err)
	}
	if _, err := serve(t, store, "one", ""); !errors.Is(err, blobstore.ErrMissing) {
		t.Errorf("after: %v", err)
	}
	for _, wrong := range []string{"http://x/y", "s3://host/bucket", "s3://K:geheim@host", "s3://K:geheim@h:x:y/b"} {
		if _, err := blobstore.Open(t.TempDir(), wrong, blobstore.Limits{}); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
