# creditd. `make` alone lists what there is. CI (.ci/run) runs these same targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Two cores are the size that all of this is planned for: one target at a time, each uses both.
.NOTPARALLEL:

BUILDDIR := $(CURDIR)/build
TOOLS    := $(BUILDDIR)/tools
BINARY   := $(BUILDDIR)/creditd

# ---------------------------------------------------------------------------------------------- what is built, and how
# With cgo, signatures are checked by libsecp256k1. Without a C compiler, or with `make build CGO_ENABLED=0`, by Go.
# No `netgo`: operators' name services (nsswitch, split DNS) are to work as in every other program of their machine.
CGO_ENABLED ?= $(shell go env CGO_ENABLED)
export CGO_ENABLED
ifeq ($(CGO_ENABLED),1)
TAGS ?= libsecp256k1_sdk pebbledb
else
TAGS ?= pebbledb
endif
comma := ,
space := $(subst ,, )
TAG_LIST := $(subst $(space),$(comma),$(strip $(TAGS)))

# A clone without tags, or no clone at all (a source archive), is version "dev".
VERSION ?= $(shell git describe --tags --match 'v*' --dirty 2>/dev/null | sed 's/^v//' | grep . || echo dev)
COMMIT  ?= $(shell git rev-parse -q --verify HEAD 2>/dev/null)

# -trimpath for tests and linters too: it is part of the key of Go's build cache, so one setting compiles the
# dependencies once instead of twice. -buildvcs=false: the version comes from the flags below alone, so the same commit
# gives the same bytes from a clone and from a source archive.
export GOFLAGS := $(strip $(filter-out -trimpath -buildvcs%,$(shell go env GOFLAGS)) -trimpath -buildvcs=false)

SDK_VERSION := github.com/cosmos/cosmos-sdk/version
LDFLAGS = -s -w \
	-X $(SDK_VERSION).Name=creditd \
	-X $(SDK_VERSION).AppName=creditd \
	-X $(SDK_VERSION).Version=$(VERSION) \
	-X $(SDK_VERSION).Commit=$(COMMIT) \
	-X $(SDK_VERSION).BuildTags=$(TAG_LIST)
BUILD_FLAGS = -tags '$(TAGS)' -ldflags '$(LDFLAGS)'

# ------------------------------------------------------------------------------------------------------- how it is tried
# Tests alone are compiled with a setup for proofs whose secret is known (privacy/setup/unsafe.go). No program is.
TEST_TAGS := $(TAGS) unsafesetup
TEST_TIMEOUT ?= 10m
# Packages of tests on real processes, and tests that simulate: not part of `test-unit`.
E2E_PACKAGES := /tests/(e2e|chaos|docs|explorer)(/|$$)
SIM_TESTS    := ^TestSim(Determinism|ImportExport)$$
# make sim SEEDS=50 BLOCKS=500
SEEDS  ?= 10
BLOCKS ?= 100
# make chaos KILLS=50 SEED=7
KILLS       ?= 50
SHORT_KILLS := 5
# make fuzz FUZZTIME=10m
FUZZTIME ?= 10s

##@ Build
.PHONY: build
build: ## Build build/creditd (without cgo: make build CGO_ENABLED=0)
	@mkdir -p $(BUILDDIR)
	go build $(BUILD_FLAGS) -o $(BINARY) ./cmd/creditd

EXPLORER := explorer/web
.PHONY: explorer
explorer: $(EXPLORER)/node_modules/.package-lock.json clients/ts/node_modules/.package-lock.json ## Build the web explorer into explorer/dist, which is committed (needs Node 20.19)
	cd $(EXPLORER) && npm run build

$(EXPLORER)/node_modules/.package-lock.json: $(EXPLORER)/package.json $(EXPLORER)/package-lock.json
	cd $(EXPLORER) && npm ci
	touch $@

.PHONY: install
install: ## Build and put creditd where `go install` puts programs
	go install $(BUILD_FLAGS) ./cmd/creditd

.PHONY: tools
tools: $(TOOLS)/golangci-lint $(TOOLS)/govulncheck $(TOOLS)/determinism ## Build the linters that `make lint` and `make vulncheck` use

.PHONY: clean
clean: ## Remove what was built
	rm -rf $(BUILDDIR)

##@ Try
.PHONY: demo
demo: build ## The main job on four real validators: loan books in, consent, verified report, audit trail, proofs (DATA=path for your own book)
	CREDITD=$(BINARY) scripts/demo.sh

.PHONY: bench
bench: build ## Measure throughput and latency on this machine (ARGS= for `creditd bench`)
	$(BINARY) bench $(ARGS)

FIGURES := $(BUILDDIR)/figures
.PHONY: figures
figures: build ## All figures of docs/figures.md, on this machine with nothing else running (half an hour; needs PostgreSQL 15)
	mkdir -p $(FIGURES)
	$(BINARY) bench --workloads attest,attest-batch,anchor,postgres,verify --txs 3000 --batches 1200 --output json >$(FIGURES)/attest.json
	$(BINARY) bench --workloads attest,attest-listed --state 10000,1000000 --output json >$(FIGURES)/state.json
	$(BINARY) bench --workloads furnish,furnish-batch --output json >$(FIGURES)/furnish.json
	$(BINARY) bench --workloads consent,inquiry --output json >$(FIGURES)/rights.json
	$(BINARY) bench --workloads rest-read --txs 200 --paced-txs 5 --output json >$(FIGURES)/rest.json
	$(BINARY) bench --workloads predicate --output json >$(FIGURES)/predicate.json
	$(BINARY) bench --workloads sum --validators 8 --txs 200 --paced-txs 5 --output json >$(FIGURES)/sum.json
	$(BINARY) bench figures $(FIGURES)/attest.json $(FIGURES)/state.json $(FIGURES)/furnish.json $(FIGURES)/rights.json $(FIGURES)/rest.json $(FIGURES)/predicate.json $(FIGURES)/sum.json | tee $(FIGURES)/figures.md

##@ Test
.PHONY: test
test: test-vet test-unit test-purego test-tools test-interop test-ts test-e2e test-docs test-chaos test-sim test-fuzz ## Everything that must pass: vet, unit, end to end, documentation, kills, short simulation, short fuzzing

.PHONY: test-vet
test-vet: ## go vet
	go vet -tags '$(TEST_TAGS)' ./...

.PHONY: test-unit
test-unit: ## Unit tests of all packages
	pkgs=$$(go list -tags '$(TEST_TAGS)' ./... | grep -vE '$(E2E_PACKAGES)'); \
	go test -tags '$(TEST_TAGS)' -timeout $(TEST_TIMEOUT) -skip '$(SIM_TESTS)' $$pkgs

.PHONY: test-race
test-race: ## Unit tests under the race detector (slow: compiles everything anew; needs cgo)
	pkgs=$$(go list -tags '$(TEST_TAGS)' ./... | grep -vE '$(E2E_PACKAGES)'); \
	go test -race -tags '$(TEST_TAGS)' -timeout 30m $$pkgs

.PHONY: test-purego
test-purego: ## Verdicts on proofs without assembly: those of the vectors that every build gives
	go test -tags 'purego' -run '^TestVectors$$' ./privacy/plonk ./privacy/exposure ./privacy/threshold ./privacy/predicate

.PHONY: test-tools
test-tools: ## Tests of our own checkers
	go test -C tools/determinism ./...

.PHONY: test-interop
test-interop: clients/interop/node_modules/.package-lock.json ## Our formats as implemented in TypeScript, apart from our code (needs Node 20.19)
	cd clients/interop && npm test

.PHONY: test-ts
test-ts: clients/ts/node_modules/.package-lock.json ## The TypeScript client against vectors of the Go program and the SDK (its test on a live network is in test-explorer)
	cd clients/ts && npm test

clients/ts/node_modules/.package-lock.json: clients/ts/package.json clients/ts/package-lock.json
	cd clients/ts && npm ci
	touch $@

clients/interop/node_modules/.package-lock.json: clients/interop/package.json clients/interop/package-lock.json
	cd clients/interop && npm ci
	touch $@

.PHONY: test-e2e
test-e2e: build ## End to end on real processes (tests/e2e)
	CREDITD=$(BINARY) go test -tags '$(TAGS)' -count=1 -parallel 2 -timeout 20m ./tests/e2e

.PHONY: test-docs
test-docs: build ## Every command block of the documentation, on one devnet; all links between pages (tests/docs; DOCS=name for some pages)
	GOFLAGS='$(GOFLAGS) -tags=$(TAG_LIST) -ldflags=-w' CREDITD=$(BINARY) DOCS=$(DOCS) go test -count=1 -timeout 15m ./tests/docs

.PHONY: test-explorer
test-explorer: build $(EXPLORER)/node_modules/.package-lock.json clients/ts/node_modules/.package-lock.json ## The explorer in Chromium against a live network; screenshots in build/explorer (needs Debian's chromium)
	cd $(EXPLORER) && npm test
	CREDITD=$(BINARY) SHOTS=$(BUILDDIR)/explorer go test -tags '$(TAGS)' -count=1 -timeout 25m -v ./tests/explorer

.PHONY: test-chaos
test-chaos: ## Kill the vault's processes at a few random points; nothing may be lost or doubled (tests/chaos)
	$(MAKE) --no-print-directory chaos KILLS=$(SHORT_KILLS)

.PHONY: chaos
chaos: build ## The same at KILLS=50 points (SEED=n for those of an earlier run)
	CREDITD=$(BINARY) KILLS=$(KILLS) SEED=$(SEED) go test -tags '$(TAGS)' -count=1 -v -timeout 2h ./tests/chaos

.PHONY: indexer-kills
indexer-kills: build ## Kill the indexer 20 times during a backfill; its tables are the chain's all the same (KILLS=20 SEED=n)
	CREDITD=$(BINARY) KILLS=$(if $(filter command line,$(origin KILLS)),$(KILLS),20) SEED=$(SEED) go test -tags '$(TAGS)' -count=1 -v -timeout 30m -run '^TestIndexerKills$$' ./tests/chaos

.PHONY: test-sim
test-sim: ## Short simulation: two seeds, 40 blocks
	$(MAKE) --no-print-directory sim SEEDS=2 BLOCKS=40

.PHONY: sim
sim: ## Simulation of random histories: determinism, export and import (SEEDS=10 BLOCKS=100)
	go test -tags '$(TAGS)' -count=1 -timeout 12h -run '$(SIM_TESTS)' ./app -sim-seeds=$(SEEDS) -NumBlocks=$(BLOCKS)

.PHONY: test-fuzz
test-fuzz: ## Short fuzzing of the packages that do not need the SDK (fuzzing recompiles all that a package imports)
	scripts/fuzz.sh --light --tags '$(TAGS)' 1s

.PHONY: fuzz
fuzz: ## Fuzz every target of every package in turn (FUZZTIME=10s each, PKG=./path/... for some)
	scripts/fuzz.sh --tags '$(TAGS)' $(FUZZTIME) $(PKG)

##@ Check
.PHONY: lint
lint: $(TOOLS)/golangci-lint $(TOOLS)/determinism ## golangci-lint, the determinism check of x/ and app/, syntax of the scripts
	rc=0; \
	$(TOOLS)/golangci-lint run ./... || rc=1; \
	$(TOOLS)/determinism -tags '$(TAG_LIST)' ./x/... ./app/... || rc=1; \
	for s in scripts/*.sh .ci/run; do bash -n "$$s" || rc=1; done; \
	exit $$rc

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint ## Format all Go code as `lint` wants it
	$(TOOLS)/golangci-lint fmt ./...

.PHONY: deps-check
deps-check: ## Dependencies: nothing under cosmos-sdk/enterprise, no licence that forbids production use
	scripts/deps-check.sh '$(TAG_LIST)'

.PHONY: vulncheck
vulncheck: $(TOOLS)/govulncheck ## Known vulnerabilities in what we call (says so when the database is out of reach)
	scripts/vulncheck.sh $(TOOLS)/govulncheck -tags '$(TAG_LIST)' ./...

##@ Proto
.PHONY: proto
proto: ## Generate Go and REST gateways from proto/ (imports from the Go module cache alone)
	scripts/proto-gen.sh

.PHONY: proto-check
proto-check: ## Fail when the generated code is not what proto/ gives
	scripts/proto-gen.sh --check

.PHONY: ts
ts: clients/ts/node_modules/.package-lock.json ## Generate the TypeScript types in clients/ts from proto/
	scripts/ts-gen.sh

.PHONY: ts-check
ts-check: clients/ts/node_modules/.package-lock.json ## Fail when the TypeScript types are not what proto/ gives
	scripts/ts-gen.sh --check

.PHONY: proto-lint
proto-lint: ## Style of proto/, and that nothing breaks since the last release (or PROTO_BASE=commit)
	scripts/proto-lint.sh

.PHONY: docs
docs: api ## Generate the reference (docs/reference): messages, commands, parameters; the same as `make api`

.PHONY: docs-check
docs-check: api-check ## Fail when the reference is not what the source gives; the same as `make api-check`

.PHONY: api
api: ## Generate the OpenAPI description, the table of errors and the reference from the source
	TAGS='$(TAGS)' scripts/api-gen.sh

.PHONY: api-check
api-check: ## Fail when the description of the API or the reference is not what the source gives
	TAGS='$(TAGS)' scripts/api-gen.sh --check

.PHONY: explorer-check
explorer-check: $(EXPLORER)/node_modules/.package-lock.json clients/ts/node_modules/.package-lock.json ## Fail when explorer/dist is not, byte for byte, what explorer/web builds
	cd $(EXPLORER) && npx tsc --noEmit && npx vite build --logLevel warn --outDir $(BUILDDIR)/explorer-dist --emptyOutDir
	diff -r explorer/dist $(BUILDDIR)/explorer-dist || \
	{ echo "explorer-check: explorer/dist is out of date: run 'make explorer' and commit the result" >&2; exit 1; }

# Tools are built from their Go modules at the versions that tools/*/go.mod pin. They run on this machine and never
# ship, so cgo and our own build tags do not matter to them.
$(TOOLS)/golangci-lint: tools/golangci-lint/go.mod
	go build -C tools/golangci-lint -o $(TOOLS)/ tool
$(TOOLS)/govulncheck: tools/govulncheck/go.mod
	go build -C tools/govulncheck -o $(TOOLS)/ tool
$(TOOLS)/determinism: $(wildcard tools/determinism/*.go) tools/determinism/go.mod
	go build -C tools/determinism -o $(TOOLS)/ .

##@ Help
.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
