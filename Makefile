# Everything one does with Guildhall, each in one word. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup build run demo check test lint fmt openapi fuzz bench screenshots clean-test

help: ## List what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Check that compiler and libraries are here; install them by apt-get where that is allowed.
	@scripts/setup

build: ## Build the release binary: target/release/guildhall, with the workroom where npm is there.
	@scripts/workroom
	@echo "Building the release binary. The first time takes about 11 minutes on two cores. For the last few of them, while all" >&2
	@echo "of it is optimised as one and linked, nothing is printed; an update takes about as long as that." >&2
	cargo build --locked --release --bins

run: setup build ## Start on http://localhost:8080 with SQLite in ./data; prints the link for the first run.
	./target/release/guildhall serve

demo: setup build ## Three servers on http://localhost:8081 to 8083, with people who talk across them. PORT=9001: on 9001 to 9003.
	./target/release/guildhall demo $(if $(findstring command,$(origin PORT)),--port $(PORT))

check: ## A quick look while working: format, clippy, tests on SQLite without peers (under 5 minutes when warm).
	@scripts/test check

test: ## Everything: SQLite, its own PostgreSQL, a foreign peer, the documentation's examples.
	@scripts/test

lint: ## Format, clippy, documentation, licences and sources of the dependencies.
	@scripts/lint

fmt: ## Write the source in the usual format.
	cargo fmt

openapi: ## Write docs/openapi.json anew from the source, and the workroom's types from that.
	GUILDHALL_TEST_WRITE_OPENAPI=1 cargo test --locked --test it -- --exact docs::openapi::the_copy_of_the_document_is_what_is_served
	@scripts/workroom types

fuzz: ## Fuzz the parsers: TARGET=name SECONDS=60; without TARGET it lists the targets.
	@scripts/fuzz "$(TARGET)" "$(or $(SECONDS),60)"

bench: ## Measure what arrives, leaves and is read with the release binary (some minutes). GROWTH=1: at up to a million posts.
	@scripts/bench $(if $(GROWTH),growth) $(PARTS)

screenshots: build ## Pictures of every screen from the demo into docs/screenshots (a few minutes).
	@scripts/screenshots

clean-test: ## Stop the tests' PostgreSQL and remove what tests left behind.
	-scripts/postgres stop
	rm -rf .dev target/tmp/*
