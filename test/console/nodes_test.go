package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/natsserver"
)

// Three nodes on one NATS server. Their page lists each with its connections, and says of
// one that is killed that it does not answer, then that it is gone, while the others stay;
// lists over all nodes say whose part they lack. A start of its own brings it back.
func TestANodeThatDiesIsSeenOnThePageOfNodes(t *testing.T) {
	t.Parallel()
	nats := natsserver.Start(t, natsserver.Options{}).ClientURL()
	flags := func(name string) []string {
		return []string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--nats-url", nats, "--node-name", name}
	}
	server := serve(t, "--nats-url", nats, "--node-name", "north")
	start := func(name string) (*testkit.Program, string) {
		program := testkit.Start(t, nil, pasarelaProgram, flags(name)...)
		return program, program.WaitFor(t, `serves (http\S+) `)
	}
	east, _ := start("east")
	_, south := start("south")
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	o.endpoint = south
	o.connect(stock.apiID + "/prod")
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.click("link", "Nodes")
	p.rowSays("east", "Active")
	p.rowSays("south", "Active", south, "\t1\t")
	p.rowSays("north", "Active", server.endpoint, "\t1\t")
	p.sees("Deployments by node", "prod")
	p.page.photograph("nodes-three")
	east.Kill()
	p.rowSays("east", "Does not answer")
	p.sees("Node east does not answer, so what it knows is missing: it has stopped, or cannot reach NATS.")
	p.page.photograph("nodes-silent")
	p.rowSays("east", "Gone")
	p.rowSays("south", "Active")
	p.page.photograph("nodes-gone")
	start("east")
	p.rowSays("east", "Active")
}

// rowSays waits until the first list of the page has a row of that name with these texts; its
// cells are separated by tabs.
func (p page) rowSays(name string, texts ...string) {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error {
		var rows []string
		p.do(chromedp.Evaluate(`[...document.querySelector('tbody')?.rows ?? []].map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join('\t'))`, &rows))
		for _, row := range rows {
			if called, _, _ := strings.Cut(strings.TrimSpace(row), "\n"); strings.HasPrefix(called+"\t", name+"\t") && !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(row, text) }) {
				return nil
			}
		}
		return fmt.Errorf("no row of %s says %q: %q", name, texts, rows)
	})
}
