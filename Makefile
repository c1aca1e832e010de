# Every command of this repository. `make` alone prints the list.
BIN := node_modules/.bin
.DEFAULT_GOAL := help
.PHONY: help install workloads synth test quick tools versions coverage build demo demo-down bench mutants evidence clean

help: ## Print this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

install:
	@command -v node >/dev/null || { echo 'No node on the PATH: install Node 20.19 or newer from nodejs.org, then try again.' >&2; exit 1; }
	@node scripts/install.js

workloads: install
	@node scripts/install.js --workloads

synth: install ## Write dist/: plain manifests and Helm charts (needs git, make, Node and npm)
	@$(BIN)/tsx cli/main.ts synth

test: workloads ## Run everything; sets up what the tests need first (needs root on Linux, Go, apt)
	@$(BIN)/tsx scripts/test.ts

quick: workloads ## Formatter, linter, rooms, types, unit tests (needs Node only)
	@$(BIN)/tsx scripts/test.ts --quick

tools: install ## What the tests need from outside npm, built once; `make test` does it by itself (root, Go, apt)
	@$(BIN)/tsx cluster/tools/setup.ts

versions: install ## Run the tests on the other Kubernetes versions (builds their API servers first: minutes)
	@$(BIN)/jest --ci --selectProjects versions --runInBand

coverage: workloads ## Run all tests and measure which lines they reach; the report goes to coverage/
	@$(BIN)/tsx scripts/test.ts --coverage

build: install ## Compile the package into lib/ (needs Go, for the supervisor that goes into sandboxes)
	@npm run --silent build

demo: workloads tools ## The todo application with its chat, and CI-fixer with hostile code, on a cluster that is left running
	@$(BIN)/tsx scripts/demo.ts

demo-down: install ## End the demo, and remove what it made
	@$(BIN)/tsx scripts/demo.ts --down

bench: install ## Measure again what docs/benchmarks.md states (on a cluster of its own; root on Linux)
	@$(BIN)/tsx bench/kube/main.ts
	@$(BIN)/tsx bench/deploy/main.ts
	@$(BIN)/tsx bench/deploy/start.ts
	@$(BIN)/tsx bench/gitops/main.ts
	@$(BIN)/tsx bench/synth/main.ts
	@$(BIN)/tsx bench/sandbox/main.ts

mutants: install ## Change the code in small ways and see whether the unit tests notice (hours); writes docs/evidence/mutants.md
	@$(BIN)/tsx evidence/mutants.ts

evidence: install ## Measure again what docs/evidence states (long: it runs both commands from a clean clone)
	@$(MAKE) --no-print-directory versions
	@$(BIN)/tsx test/laws/run.ts --only charts --cases 100000 --only umbrellas --umbrellas 10000 --only literals --programs 10000 --only faults --evidence
	@$(BIN)/tsx test/laws/stock-evidence.ts
	@$(BIN)/tsx bench/kube/evidence.ts
	@$(BIN)/tsx evidence/kubeconfig.ts
	@$(BIN)/tsx evidence/cluster.ts
	@$(BIN)/tsx evidence/network.ts
	@$(BIN)/tsx evidence/service.ts
	@$(BIN)/tsx evidence/constructs.ts
	@$(BIN)/tsx evidence/sandbox.ts
	@$(BIN)/tsx evidence/hostile.ts
	@$(BIN)/tsx evidence/sandbox-runtime.ts
	@$(BIN)/tsx evidence/pool-properties.ts
	@$(BIN)/tsx evidence/fleet-properties.ts
	@$(BIN)/tsx evidence/pool-on-a-cluster.ts
	@$(BIN)/tsx evidence/agent-sandbox.ts
	@$(BIN)/tsx evidence/kueue.ts
	@$(BIN)/tsx evidence/sandbox-scale.ts
	@$(BIN)/tsx evidence/sandbox-chaos.ts
	@$(BIN)/tsx evidence/stacks.ts
	@$(BIN)/tsx evidence/verify.ts
	@$(BIN)/tsx evidence/deploy.ts
	@$(BIN)/tsx evidence/journey.ts
	@$(BIN)/tsx evidence/ci-fixer.ts
	@$(BIN)/tsx evidence/ci-fixer-pool.ts
	@$(BIN)/tsx evidence/images.ts
	@$(BIN)/tsx evidence/demo.ts
	@$(BIN)/tsx evidence/first-command.ts
	@$(BIN)/tsx evidence/scanners.ts
	@$(BIN)/tsx evidence/gitops.ts
	@$(BIN)/tsx evidence/gitops-laws.ts
	@$(BIN)/tsx evidence/gate-laws.ts
	@$(BIN)/tsx evidence/gitops-laws-real.ts
	@$(BIN)/tsx evidence/gitops-faults.ts
	@$(BIN)/tsx evidence/gitops-hostile.ts
	@$(BIN)/tsx evidence/gitops-times.ts
	@$(BIN)/tsx evidence/coverage.ts
	@$(BIN)/tsx evidence/gitops-canary.ts
	@$(BIN)/tsx bench/backend/page.ts
	@$(BIN)/tsx test/refusals/main.ts
	@$(BIN)/tsx evidence/specifications.ts
	@$(MAKE) --no-print-directory mutants
	@$(BIN)/tsx evidence/setup.ts

clean: ## Remove what commands wrote: dist/, lib/, coverage/
	@rm -rf dist lib coverage
