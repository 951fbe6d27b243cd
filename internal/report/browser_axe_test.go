package report_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/report"
)

// axe is axe-core as the console's development dependencies pin it.
const axe = "../console/web/node_modules/axe-core/axe.min.js"

// TestThePagesAreAccessible: axe-core finds nothing serious on the page of reports, empty
// and with a report, and on that of definitions with a preview and with a fault, in light
// and in dark colours.
func TestThePagesAreAccessible(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile(axe)
	if err != nil {
		t.Skip("SKIPPED: axe-core is missing; npm ci --prefix internal/console/web")
	}
	ctx, _, served := browse(t)
	looked := func(where string) {
		t.Helper()
		for _, scheme := range []string{"light", "dark"} {
			do(t, ctx, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
			if ground := text(t, ctx, `getComputedStyle(document.body).backgroundColor`); (ground == "rgb(255, 255, 255)") != (scheme == "light") {
				t.Errorf("%s: the ground is %s in the %s", where, ground, scheme)
			}
			accessible(t, ctx, string(script), where+", "+scheme)
		}
	}
	do(t, ctx, choose("ventas", "es"))
	looked("without reports")
	if got := text(t, ctx, `document.getElementById('nothing').checkVisibility() && document.getElementById('nothing').textContent.startsWith('Un informe es un archivo')`); got != "true" {
		t.Error("without reports the page does not say what a report is")
	}
	do(t, ctx, chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#download", chromedp.ByQuery), chromedp.WaitVisible("#preview", chromedp.ByQuery))
	looked("with a report")
	do(t, ctx, chromedp.Navigate(served.URL+"/definitions"), chromedp.WaitReady("#open option[value=ventas]", chromedp.ByQuery),
		chromedp.SetValue("#open", "ventas", chromedp.ByQuery), chromedp.Evaluate(`document.getElementById('open').dispatchEvent(new Event('change'))`, nil),
		chromedp.WaitVisible("#preview tbody tr", chromedp.ByQuery))
	do(t, ctx, chromedp.Click("#tables summary", chromedp.ByQuery), chromedp.WaitVisible("#tables dt", chromedp.ByQuery))
	looked("a definition")
	do(t, ctx, chromedp.Evaluate(`{ const y = document.getElementById('yaml'); y.value = y.value.replace('columns:', 'colums:'); y.dispatchEvent(new Event('input')) }`, nil), chromedp.WaitVisible("#faults li", chromedp.ByQuery))
	says(t, ctx, "#faults", `un informe no tiene la clave "colums"`)
	looked("a definition with a fault")
}

// accessible fails for each serious or critical violation on the page as it is.
func accessible(t *testing.T, ctx context.Context, script, where string) {
	t.Helper()
	var violations []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	awaited := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	do(t, ctx, chromedp.Evaluate(script+"; true", nil), chromedp.Evaluate(`axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
		.then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`, &violations, awaited))
	for _, v := range violations {
		var at strings.Builder
		for _, node := range v.Nodes {
			fmt.Fprintf(&at, "\n    %.300s\n      %s", node.HTML, strings.ReplaceAll(node.FailureSummary, "\n", " "))
		}
		t.Errorf("%s: %s: %s%s", where, v.ID, v.Help, at.String())
	}
}

// TestWhoMayDefineIsLedToDefinitions: on the service's machine, or where a token is asked for;
// elsewhere nobody can write one.
func TestWhoMayDefineIsLedToDefinitions(t *testing.T) {
	t.Parallel()
	gateway := newGateway(t).URL
	for _, test := range []struct {
		token, proxied, want string
	}{{"", "", `"definitions":"open"`}, {"", "192.0.2.1", `"definitions":"elsewhere"`}, {"secret", "", `"definitions":"token"`}, {"secret", "192.0.2.1", `"definitions":"token"`}} {
		served := start(t, gateway, report.Options{Token: test.token})
		request, err := http.NewRequest(http.MethodGet, served.URL+"/page/settings", nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.proxied != "" {
			request.Header.Set("X-Forwarded-For", test.proxied)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		if err := response.Write(&said); err != nil || !strings.Contains(said.String(), test.want) {
			t.Errorf("%+v: %v\n%s", test, err, said.String())
		}
		response.Body.Close()
	}
	ctx, _, _ := browse(t)
	if got := text(t, ctx, `document.getElementById('to-definitions').hidden`); got != "false" {
		t.Error("on the service's machine the link is not there")
	}
}

// TestTheTokenLeadsToDefinitions: where the service has a token, the page of definitions asks for
// it once in a tab, and says that being on its machine is not enough.
func TestTheTokenLeadsToDefinitions(t *testing.T) {
	t.Parallel()
	ctx, _, served := browseWith(t, report.Options{Token: "the token of the service"})
	enter := func(token string) chromedp.Tasks {
		return chromedp.Tasks{chromedp.SetValue("#token", token, chromedp.ByQuery), chromedp.Click("#sign-in button", chromedp.ByQuery)}
	}
	do(t, ctx, chromedp.Evaluate(`localStorage.setItem('language', 'en')`, nil), chromedp.WaitVisible("#to-definitions a", chromedp.ByQuery), chromedp.Click("#to-definitions a", chromedp.ByQuery), chromedp.WaitVisible("#sign-in", chromedp.ByQuery))
	if got := text(t, ctx, `document.getElementById('work').checkVisibility()`); got != "false" {
		t.Error("definitions are shown without the token")
	}
	says(t, ctx, "#token-hint", "It takes the token of the service (REPORTS_TOKEN), also on its own machine")
	do(t, ctx, enter("another"))
	says(t, ctx, "#alarm", "This is not the token of the service.")
	do(t, ctx, enter("the token of the service"), chromedp.WaitVisible("#work", chromedp.ByQuery))
	do(t, ctx, chromedp.Navigate(served.URL), chromedp.WaitVisible("#to-definitions a", chromedp.ByQuery), chromedp.Click("#to-definitions a", chromedp.ByQuery), chromedp.WaitVisible("#work", chromedp.ByQuery))
	if got := text(t, ctx, `document.getElementById('sign-in').checkVisibility()`); got != "false" {
		t.Error("the token is asked for again")
	}
}

// TestWithoutATokenOnlyTheMachineWritesDefinitions: a page that came through a proxy has nothing
// to enter, and says from where it can be done.
func TestWithoutATokenOnlyTheMachineWritesDefinitions(t *testing.T) {
	t.Parallel()
	ctx, _, served := browse(t)
	do(t, ctx, network.Enable(), network.SetExtraHTTPHeaders(network.Headers{"X-Forwarded-For": "192.0.2.1"}), chromedp.Evaluate(`localStorage.setItem('language', 'en')`, nil), chromedp.Navigate(served.URL+"/definitions"))
	says(t, ctx, "#alarm", "Definitions are written on the machine of the service")
	if got := text(t, ctx, `document.getElementById('sign-in').checkVisibility() || document.getElementById('work').checkVisibility()`); got != "false" {
		t.Error("there is something to fill in")
	}
}
