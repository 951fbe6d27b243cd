// Package browser is the Chromium of a package's tests. All of them share one: starting it
// takes more of a processor than most tests do.
package browser

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

// chromium is started by the first window.
var chromium struct {
	once sync.Once
	ctx  context.Context
	err  error
	end  context.CancelFunc
}

// Window opens a window that shares nothing with those of other tests, neither cookies
// nor storage nor cache. It closes with the test. Without Chromium the test is skipped, or
// fails where clients must not be missing.
func Window(t *testing.T) context.Context {
	t.Helper()
	running, err := start()
	if errors.Is(err, exec.ErrNotFound) {
		testkit.MissingClient(t, "chromium-headless-shell is missing, and so is chromium; apt-get install either")
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

// start starts the browser at the first call.
func start() (context.Context, error) {
	c := &chromium
	c.once.Do(func() {
		var program string
		if program, c.err = lookPath("chromium-headless-shell", "chromium"); c.err != nil {
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
			chromedp.WindowSize(1100, 760), chromedp.Flag("lang", "en-US"), chromedp.Flag("accept-lang", "en-US"))
		var allocator context.Context
		allocator, c.end = chromedp.NewExecAllocator(context.Background(), options...)
		c.ctx, _ = chromedp.NewContext(allocator)
		c.err = chromedp.Run(c.ctx) // the browser lives as long as the context of the first call
	})
	return c.ctx, c.err
}

// Stop ends the browser, if it was started: TestMain's last call before os.Exit.
func Stop() {
	if chromium.ctx == nil {
		return
	}
	_ = chromedp.Cancel(chromium.ctx) // closes it; what does not close is killed by the next
	chromium.end()
}

// lookPath finds the first of several programs that is installed.
func lookPath(names ...string) (path string, err error) {
	for _, name := range names {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", err
}
