# `make check` is the whole gate: what CI runs and what a contributor runs.

GO      ?= go
TOOL    := $(GO) tool -modfile=tools/go.mod
PACKAGES = ./...

.PHONY: check build format vet staticcheck modules console test acceptance plain-http bench clean

check: modules format vet staticcheck console test acceptance plain-http

build:
	$(GO) build -o bin/ ./cmd/...

# gofumpt prints what it would change; anything printed fails.
format:
	@changed=$$(git ls-files -z '*.go' | xargs -0 $(TOOL) gofumpt -l); \
	if [ -n "$$changed" ]; then echo "gofumpt would change:"; echo "$$changed"; exit 1; fi

vet:
	$(GO) vet $(PACKAGES)

staticcheck:
	$(TOOL) staticcheck $(PACKAGES)

modules:
	$(GO) mod tidy -diff
	$(GO) mod verify

# The committed console must be what its sources build; `go test` alone notices
# changed sources, this notices a changed build.
console:
	@if command -v npm >/dev/null; then \
		npm ci --prefix internal/console/web --no-audit --no-fund --loglevel error && npm run --prefix internal/console/web test && npm run --prefix internal/console/web compare; \
	else echo "NOT CHECKED: there is no npm to rebuild the console with"; fi

# What drives real binaries and clients, and the report service as a whole, have a
# target of their own: beside each other they wait in parallel, and SQLite in Go
# under the race detector takes minutes a report. Its parts all run with it.
test:
	$(GO) test -race -timeout 15m $$($(GO) list $(PACKAGES) | grep -v -e /test/acceptance -e '/internal/report$$')

acceptance: build
	$(GO) test -timeout 15m -count 1 ./test/acceptance/... ./internal/report

# What clients see, once more without the fast path: a client must not be able to tell
# (internal/fastpath/README.md). -count 1, since go test's cache does not know what
# environment a program that a test starts reads.
plain-http:
	PASARELA_PLAIN_HTTP=true $(GO) test -timeout 10m -count 1 ./test/blackbox
	PASARELA_PLAIN_HTTP=true $(GO) test -timeout 10m -count 1 ./test/acceptance -run '^(TestTheGuideByTheAWSCLI|TestPushesByTheSDKs|TestIndependentClients)$$'

bench:
	$(GO) test -run '^$$' -bench . $(PACKAGES)

clean:
	rm -rf bin
