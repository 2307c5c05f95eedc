# The interface to the project: `make help` lists it. Scripts install what they need.

CARGO ?= cargo
.DEFAULT_GOAL := help
.PHONY: help build executable demo picture test soak recordings check bench docs fuzz install sandbox release

help: ## Show this list.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

build: ## Build the provider and the sandbox for development.
	$(CARGO) build --locked --bins --examples

executable: ## Build the provider as it is shipped: on Linux one static file.
	@scripts/executable.sh

demo: ## Run the whole story with real Terraform against the sandbox.
	@scripts/demo.sh

picture: ## Draw the pictures of the README from what the demo prints.
	@output=$$(mktemp) && scripts/demo.sh >$$output && scripts/picture.sh $$output docs/images; rm -f $$output

test: ## Run every test, with real Terraform.
	@scripts/setup.sh
	$(CARGO) build --locked --bins --examples
	@scripts/executable.sh
	@scripts/test.sh

soak: ## Run what takes long: every fault, a hundred deaths, a thousand random stories.
	@scripts/setup.sh soak
	@scripts/soak.sh

recordings: ## Record anew what the real Terraform asks of the provider.
	$(CARGO) build --locked --bins --examples
	RECORD=1 $(CARGO) test --locked --test recordings

check: ## Check format, lints, dependencies and generated documentation.
	@$(CARGO) deny --version >/dev/null 2>&1 || echo "The first check compiles cargo-deny, once: two minutes more."
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --lib
	$(CARGO) run --locked --quiet --example generate_docs -- --check
	@scripts/deny.sh
	@scripts/lint-workflows.sh

docs: ## Write the reference pages from the schemas, and the figures of the last soak.
	$(CARGO) run --locked --quiet --example generate_docs

bench: ## Measure, beside the peers, and write docs/performance.md.
	@scripts/bench.sh

fuzz: ## Fuzz the codec and the parsers, 60 seconds each.
	@scripts/fuzz.sh 60

sandbox: ## Start the sandbox with some data and print what to paste into a shell.
	@echo "Building the sandbox: the first time, this takes some minutes."
	@$(CARGO) build --locked --example sandbox
	@files=$${CARGO_TARGET_DIR:-target}/sandbox && exec $(CARGO) run --locked --quiet --example sandbox -- \
		--seed-data --database $$files.sqlite --env-file $$files.env

install: ## Install the provider into this user's Terraform plugin directory.
	@scripts/install.sh

release: ## Build the archives that the Terraform Registry wants, into dist/.
	@scripts/release.sh
