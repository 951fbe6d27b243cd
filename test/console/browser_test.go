package console

import (
	"context"
	"errors"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// chromium is the one browser of all tests: starting it takes more of a processor than
// most of them.
var chromium browser

type browser struct {
	once sync.Once
	ctx  context.Context
	err  error
	end  []context.CancelFunc
}

// start starts the browser at the first call.
func (b *browser) start() (context.Context, error) {
	b.once.Do(func() {
		var program string
		if program, b.err = exec.LookPath("chromium"); b.err != nil {
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
			chromedp.WindowSize(1100, 760), chromedp.Flag("lang", "en-US"), chromedp.Flag("accept-lang", "en-US"))
		allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
		b.end = append(b.end, end)
		b.ctx, end = chromedp.NewContext(allocator)
		b.end = append(b.end, end)
		b.err = chromedp.Run(b.ctx) // the browser lives as long as the context of the first call
	})
	return b.ctx, b.err
}

// window opens a window that shares nothing with those of other tests, neither cookies
// nor storage nor cache. It closes with the test.
func (b *browser) window(t *testing.T) context.Context {
	t.Helper()
	running, err := b.start()
	if errors.Is(err, exec.ErrNotFound) {
		testkit.MissingClient(t, "chromium is missing; apt-get install chromium")
	}
	if err != nil {
		t.Fatal(err)
	}
	direct := cdp.WithExecutor(running, chromedp.FromContext(running).Browser)
	profile, err := target.CreateBrowserContext().Do(direct)
	if err != nil {
		t.Fatal(err)
	}
	// chromedp opens a tab, for which a new profile has no window yet.
	first, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(direct)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(running, chromedp.WithTargetID(first))
	t.Cleanup(func() {
		cancel()
		_ = target.DisposeBrowserContext(profile).Do(direct) // ends with the browser else
	})
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	chromedp.FromContext(ctx).BrowserContextID = profile // where further tabs open
	return ctx
}

// stop ends the browser, if it was started.
func (b *browser) stop() {
	for i := len(b.end) - 1; i >= 0; i-- {
		b.end[i]()
	}
}
