# loaxa: `make run` starts a station with demo content, `make test` runs every test there is.
# Go and git are needed, and npm to fetch what the pages take from others: `make build` installs it where it is missing.
# `make test` installs what the tests need (see .ci/install).

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := build

# Go from the PATH, else where its own installer puts it.
GO ?= $(shell command -v go 2>/dev/null || { test -x /usr/local/go/bin/go && echo /usr/local/go/bin/go; } || echo go)
export GO

# The version is the commit; an unpacked archive without git history is "unknown".
VERSION := $(shell test -e .git && git describe --tags --always --dirty 2>/dev/null || echo unknown)
# -buildvcs=false: the version above says the same, and git may refuse to speak to another user's build.
BUILD    = CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)'
PROGRAM := ./cmd/loaxa

# How long `make fuzz` spends on each parser, and what `make run` calls its data folder.
FUZZTIME ?= 20s
DATA     ?= ./data

.PHONY: run build page web pictures test lint bench cross fuzz soak clean go

run: build
	@exec ./bin/loaxa demo --data '$(DATA)'

build: page web
	@mkdir -p bin
	$(BUILD) -o bin/loaxa $(PROGRAM)

# The verifier page, which the program carries: one HTML file with the verifier as WebAssembly. Without it the program
# builds all the same and says that it has none.
page: go
	@CGO_ENABLED=0 $(GO) run ./cmd/makepage

# The pages' scripts. npm only downloads what package-lock.json names, whole or not at all; esbuild, a Go tool, builds.
WEB := admin/web
web: go $(WEB)/node_modules/.package-lock.json
	@$(GO) tool esbuild $(WEB)/src/*.ts --bundle --minify --target=chrome88 --format=iife --outdir=$(WEB)/dist --log-level=warning

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	@.ci/need-npm
	cd $(WEB)
	npm ci --no-progress

# The help's pictures, taken of the pages by a test in Chromium; `make build` then builds them in. Without them the help is
# text alone.
pictures: web
	@LOAXA_TEST_ALL=1 LOAXA_SHOTS='$(CURDIR)/$(WEB)/dist' $(GO) test -count=1 -run HelpPictures ./admin

# Rooms where the race detector has nothing to find, or finds it in a part of the tests: they run without it, in full.
ONE_GOROUTINE := -e '/audio$$' -e '/audio/decode$$' -e '/playlog/crash$$' -e 'loaxa/schedule$$' -e '/cmd/makepage$$' \
	-e '/report/paper$$' -e '/report/sheet$$' -e '/report/diary$$' -e '/report/wording$$'

# Everything, and nothing skipped: first all packages with the race detector, then the tests on a sound server alone,
# without it, because they measure time. The program under test is built without cgo by the tests themselves.
test: page web
	@.ci/install
	export LOAXA_TEST_ALL=1
	echo "== all packages, with the race detector; of the decoders what runs on several cores or in a child"
	GOGC=400 CGO_ENABLED=1 $(GO) test -race -short -timeout 15m $$($(GO) list ./... | grep -v $(ONE_GOROUTINE))
	GOGC=400 CGO_ENABLED=1 $(GO) test -race -timeout 10m -run 'Cores|Child|Cancelling|Dies|Parent|Hostile' ./audio/decode
	echo "== without the race detector and in full: pages in a browser, plan, player, log, decoders; sums and years too long for it"
	CGO_ENABLED=0 $(GO) test -timeout 15m -run 'Browser|Axe|Hostile' ./admin
	GOGC=400 CGO_ENABLED=0 $(GO) test -timeout 10m ./audio ./audio/decode ./schedule ./player ./player/playlog/... ./cmd/makepage ./admin/report/paper ./admin/report/sheet ./admin/report/diary ./admin/report/wording
	echo "== on a sound server, alone"
	LOAXA_DEVICE=1 CGO_ENABLED=0 $(GO) test -count=1 -p 1 -parallel 4 -timeout 15m ./player/speaker $$(test -d cmd/loaxa/device && echo ./cmd/loaxa/device)

lint: go $(WEB)/node_modules/.package-lock.json
	@unformatted=$$($$($(GO) env GOROOT)/bin/gofmt -l $$(git ls-files -co --exclude-standard '*.go' 2>/dev/null || find . -name '*.go'))
	if [[ -n $$unformatted ]]; then
	  echo "lint: not formatted, run gofmt -w on:" >&2
	  echo "$$unformatted" >&2
	  exit 1
	fi
	$(GO) vet ./...
	$(WEB)/node_modules/.bin/tsc --project $(WEB)
	$(GO) tool -modfile=.ci/lint/go.mod golangci-lint run ./...

bench: go
	$(GO) test -run '^$$' -bench . -benchmem ./...

# The small PCs: arm64 is a 64-bit Raspberry Pi, arm its older 32-bit system.
cross: page web
	@mkdir -p bin
	GOOS=linux GOARCH=arm64 $(BUILD) -tags release -o bin/loaxa-linux-arm64 $(PROGRAM)
	GOOS=linux GOARCH=arm GOARM=7 $(BUILD) -tags release -o bin/loaxa-linux-arm $(PROGRAM)

# Each parser of foreign bytes gets FUZZTIME. Making inputs smaller took nine tenths of that, hence the bound; and the
# filters and meters in audio are not watched for new ways through them, which their loops would find without end.
fuzz: go
	@.ci/each Fuzz | while read -r package name; do
	  echo "== $$package $$name, $(FUZZTIME)"
	  $(GO) test -run '^$$' -gcflags='loaxa/audio=-d=libfuzzer=0' -fuzz "^$$name\$$" -fuzztime '$(FUZZTIME)' \
	    -fuzzminimizetime 10x "$$package" </dev/null
	done

# The long tests: those whose names begin with TestSoak, which shorten themselves unless LOAXA_SOAK=1.
soak: go
	@.ci/each TestSoak | while read -r package name; do
	  echo "== $$package $$name"
	  LOAXA_SOAK=1 $(GO) test -count=1 -v -timeout 2h -run "^$$name\$$" "$$package" </dev/null
	done

# The data folder stays: it holds a station's log.
clean:
	rm -rf bin $(WEB)/node_modules $(WEB)/dist/*.js $(WEB)/dist/*.png player/playlog/offline/page/made/*.html

go:
	@.ci/need-go
