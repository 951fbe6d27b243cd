# `make check` is the whole gate: what CI runs and what a contributor runs.

GO      ?= go
TOOL    := $(GO) tool -modfile=tools/go.mod
PACKAGES = ./...

.PHONY: help check build format lint vet staticcheck errcheck deadcode modules console test acceptance plain-http bench clean

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check: modules format lint console test acceptance plain-http ## everything that CI runs

build: ## the programs, in bin/
	$(GO) build -o bin/ ./cmd/...

# gofumpt prints what it would change; anything printed fails.
format: ## fail where gofumpt would change something
	@changed=$$(git ls-files -z '*.go' | xargs -0 $(TOOL) gofumpt -l); \
	if [ -n "$$changed" ]; then echo "gofumpt would change:"; echo "$$changed"; exit 1; fi

lint: vet staticcheck errcheck deadcode ## all of the analysers below

vet: ## what is wrong whatever it is for: formats, copied locks, lost cancels
	$(GO) vet $(PACKAGES)

staticcheck: ## what the standard library's documentation forbids, and what is not used inside a package
	$(TOOL) staticcheck $(PACKAGES)

errcheck: ## errors that go unread; tools/errcheck.txt lists whose may, and why
	$(TOOL) errcheck -exclude tools/errcheck.txt $(PACKAGES)

# deadcode's exit status is 0 whatever it finds.
deadcode: ## functions that no program and no test reaches
	@dead=$$($(TOOL) deadcode -test $(PACKAGES)) || exit 1; \
	if [ -n "$$dead" ]; then echo "nothing calls:"; echo "$$dead"; exit 1; fi

modules: ## go.mod is tidy, and modules are what go.sum says
	$(GO) mod tidy -diff
	$(GO) mod verify

# The committed console must be what its sources build; `go test` alone notices
# changed sources, this notices a changed build.
console: ## the committed console is what its sources build
	@if command -v npm >/dev/null; then \
		npm ci --prefix internal/console/web --no-audit --no-fund --loglevel error && npm run --prefix internal/console/web test && npm run --prefix internal/console/web compare; \
	else echo "NOT CHECKED: there is no npm to rebuild the console with"; fi

# What drives real binaries and clients, and the report service as a whole, have a
# target of their own: beside each other they wait in parallel, and SQLite in Go
# under the race detector takes minutes a report. Its parts all run with it. lint has
# vetted everything already: -vet=off. Many packages wait for other programs, so more of
# them run beside each other than there are processors.
test: ## tests in this process, under the race detector
	$(GO) test -vet=off -race -p 4 -timeout 15m $$($(GO) list $(PACKAGES) | grep -v -e /test/acceptance -e '/internal/report$$')

acceptance: build ## real programs and real clients
	$(GO) test -vet=off -timeout 15m -count 1 ./test/acceptance/... ./internal/report

# What clients see, once more without the fast path: a client must not be able to tell
# (internal/fastpath/README.md). -count 1, since go test's cache does not know what
# environment a program that a test starts reads.
plain-http: ## the same clients without the fast path
	PASARELA_PLAIN_HTTP=true $(GO) test -vet=off -timeout 10m -count 1 ./test/blackbox
	PASARELA_PLAIN_HTTP=true $(GO) test -vet=off -timeout 10m -count 1 ./test/acceptance -run '^(TestTheGuideByTheAWSCLI|TestPushesByTheSDKs|TestIndependentClients)$$'

bench: ## micro-benchmarks
	$(GO) test -run '^$$' -bench . $(PACKAGES)

clean: ## remove bin/
	rm -rf bin
