# `make check` is the whole gate: what CI runs and what a contributor runs.

GO      ?= go
TOOL    := $(GO) tool -modfile=tools/go.mod
PACKAGES = ./...

# Everything is compiled as for a release, without C and without the paths of this machine:
# then it is what releases have that is tested, and Go's cache knows in one clone what was
# compiled in another.
export CGO_ENABLED = 0
export GOFLAGS := $(GOFLAGS) -trimpath

# SQLite is C put into Go: the race detector finds nothing in it and makes it eight times
# slower. What calls it is still looked at. (test/soak builds with the same flags.) The
# detector itself needs C.
RACE     = -race -gcflags=modernc.org/sqlite/lib=-race=false

# What the tests drive as programs of their own, and not under the race detector; nor is the
# writer of workbooks, which has one goroutine and is read back by libraries that would take
# three times as long.
PROGRAMS = ./test/console ./test/acceptance/... ./internal/report ./internal/report/workbook ./test/recipes ./deploy/release

# A program under the race detector sleeps a second before it ends, for reports that other
# threads still write; there are a hundred such programs, and all their goroutines have ended.
export GORACE = atexit_sleep_ms=50

# The analysers read everything once and end: collecting their garbage is half of the work.
ANALYSE  = GOGC=400 $(TOOL)

# A sum of what tests use and go test's cache cannot see: files of this tree that other programs
# read, and which clients are installed. Tests whose inputs are all as they were when they
# passed are not run again; where there is no git or no dpkg to ask, all are.
INPUTS   = { { git rev-parse && git ls-files -z -co --exclude-standard | grep -zv '^internal/.*_test[.]go$$' | xargs -0 sha256sum && dpkg-query -W; } 2>/dev/null || date +%s%N; } | sha256sum

.PHONY: help check build release format lint vet staticcheck errcheck deadcode modules console test acceptance plain-http plain-http-whole bench clean

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# One after the other: each keeps all processors busy, and beside each other they only made
# every test's machine slower.
check: modules format build lint test console acceptance plain-http ## everything that CI runs

# A program that is built again and is the same keeps its file: its time of change is how go
# test's cache knows that what tests start is as it was.
build: ## the programs, in bin/
	$(GO) build -o bin/new/ ./cmd/...
	@cd bin/new && for program in *; do cmp -s $$program ../$$program || mv -f $$program ../; done && cd .. && rm -rf new

release: ## the files of a release, in dist/; VERSION=v1.2.3 is the tag that they must be of
	$(GO) run ./deploy/release -out dist $(if $(VERSION),-version $(VERSION))

# gofumpt prints what it would change; anything printed fails.
format: ## fail where gofumpt would change something
	@changed=$$(git ls-files -z '*.go' | xargs -0 $(TOOL) gofumpt -l); \
	if [ -n "$$changed" ]; then echo "gofumpt would change:"; echo "$$changed"; exit 1; fi

lint: vet staticcheck errcheck deadcode ## all of the analysers below

vet: ## what is wrong whatever it is for: formats, copied locks, lost cancels
	$(GO) vet $(PACKAGES)

staticcheck: ## what the standard library's documentation forbids, and what is not used inside a package
	$(ANALYSE) staticcheck $(PACKAGES)

errcheck: ## errors that go unread; tools/errcheck.txt lists whose may, and why
	$(ANALYSE) errcheck -exclude tools/errcheck.txt $(PACKAGES)

# deadcode's exit status is 0 whatever it finds.
deadcode: ## functions that no program and no test reaches
	@dead=$$($(ANALYSE) deadcode -test $(PACKAGES)) || exit 1; \
	if [ -n "$$dead" ]; then echo "nothing calls:"; echo "$$dead"; exit 1; fi

modules: ## the modules of the program, of the tools and of the example are tidy, and what go.sum says
	$(GO) mod tidy -diff
	$(GO) -C tools mod tidy -diff
	$(GO) -C examples/testing/go mod tidy -diff
	$(GO) mod verify

# The committed console must be what its sources build; `go test` alone notices
# changed sources, this notices a changed build.
console: ## the committed console is what its sources build
	@if command -v npm >/dev/null; then \
		npm ci --prefix internal/console/web --no-audit --no-fund --loglevel error && npm run --prefix internal/console/web test && npm run --prefix internal/console/web compare; \
	else echo "NOT CHECKED: there is no npm to rebuild the console with"; fi

# What drives real programs, clients and browsers, and the report service as a whole, have
# a target of their own; the parts of the report service all run with the detector. lint
# has vetted everything already: -vet=off. Some packages wait for other programs, so more
# of them run beside each other than there are processors, those first that take longest;
# many more would only make each test's machine slower.
test: build ## tests in this process, under the race detector
	CGO_ENABLED=1 PASARELA_BIN=$(CURDIR)/bin PASARELA_INPUTS=$$($(INPUTS)) $(GO) test -vet=off $(RACE) -p 3 -timeout 25m $$($(GO) list ./test/... ./internal/state ./cmd/... $(PACKAGES) | grep -v -F -x "$$($(GO) list $(PROGRAMS))")

acceptance: build ## real programs and real clients
	PASARELA_BIN=$(CURDIR)/bin PASARELA_INPUTS=$$($(INPUTS)) $(GO) test -vet=off -p 2 -timeout 25m $(PROGRAMS)

# What clients see, once more without the fast path: a client must not be able to tell
# (internal/fastpath/README.md).
plain-http: build ## the same clients without the fast path
	PASARELA_PLAIN_HTTP=true $(GO) test -vet=off -timeout 10m ./test/blackbox
	PASARELA_BIN=$(CURDIR)/bin PASARELA_INPUTS=$$($(INPUTS)) PASARELA_PLAIN_HTTP=true $(GO) test -vet=off -timeout 10m ./test/acceptance -run '^(TestTheGuideByTheAWSCLI|TestPushesByTheSDKs|TestIndependentClients)$$'

# The same for every acceptance test and recipe, which takes minutes: a job of its own in
# .github/workflows/check.yml, beside that of `make check`.
plain-http-whole: build ## every test with clients, without the fast path
	PASARELA_BIN=$(CURDIR)/bin PASARELA_INPUTS=$$($(INPUTS)) PASARELA_PLAIN_HTTP=true $(GO) test -vet=off -p 3 -timeout 15m ./test/blackbox ./test/acceptance/... ./test/recipes

bench: ## micro-benchmarks
	$(GO) test -run '^$$' -bench . $(PACKAGES)

clean: ## remove bin/
	rm -rf bin
