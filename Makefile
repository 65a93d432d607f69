# `make up` and `make test` need Python 3.11 or newer and make; everything else they fetch or build themselves.
# Another Python: make PYTHON=python3.12 up.   Where built tools are kept: $ENCLAVE_CACHE, else ~/.cache/enclave.

PYTHON ?= python3
ENCLAVE = .venv/bin/enclave
OBJECTS ?= 10000

.DEFAULT_GOAL := help
.PHONY: help setup tools up report gateway-demo migration-demo failover-demo down test lint doctor campaign mutants bench bench-audit prune clean

help:  ## say what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST))

setup:  ## .venv with the pinned Python packages
	@$(PYTHON) -m sandbox.bootstrap

tools:  ## setup, and the sandbox's tools (built once for all clones)
	@$(PYTHON) -m sandbox.bootstrap --tools

up: tools  ## start the sandbox, provision the stack `local` in it, and run its gateways
	$(ENCLAVE) sandbox start
	$(ENCLAVE) sandbox approve local
	$(ENCLAVE) up local
	$(ENCLAVE) sandbox gateways local
	@echo "next: \`. sandbox/activate\` lets this shell in; change stacks/local.yaml and \`make up\` again; \`make down\` removes it all"

report: setup  ## write the signed bundle of the last run of the stack `local`
	$(ENCLAVE) report local

gateway-demo: up  ## show what the gateways of the stack `local` let through, on the real Envoy
	.venv/bin/python -m sandbox.gateways.demo

migration-demo: tools  ## move objects out of a site that is left, on stand-ins; OBJECTS=1000 takes less time
	.venv/bin/python -m sandbox.migration.demo --objects $(OBJECTS)

failover-demo: up  ## lose Dublin, read at Hamar by the same decisions, and bring Dublin back; stores are stand-ins
	.venv/bin/python -m sandbox.failover.demo

down: setup  ## destroy the stack `local` and stop the sandbox
	$(ENCLAVE) sandbox down

test: tools  ## every check: ruff format, ruff, mypy, pytest
	.venv/bin/python -m tests.check

lint: setup  ## the checks without the tests
	.venv/bin/python -m tests.check --no-tests

doctor: setup  ## versions, where each tool came from, health, and what to do about each problem
	$(ENCLAVE) doctor

campaign: tools  ## the long checks
	.venv/bin/python -m pytest -n 2 --hypothesis-profile=campaign
	.venv/bin/python -m tests.mutation

mutants: setup  ## seed faults into readers and rules, a sample of 3,000; fails when too many go unnoticed
	.venv/bin/python -m tests.mutation --sample 3000 --seed 11

bench: tools  ## measure
	.venv/bin/python -m benchmarks

bench-audit: tools  ## measure the audit beside its peers; fails when a target is missed
	.venv/bin/python -m benchmarks audit audit_rules audit_preview

prune: setup  ## give back the disk space that only a new build of the tools would need (the tools stay)
	.venv/bin/python -m sandbox.toolchain --prune

clean:  ## stop the sandbox and remove what was made in this clone (the tools' cache stays)
	@# `enclave` looks before it removes; without it nobody does, so .sandbox stays then
	@if test -x $(ENCLAVE); then $(ENCLAVE) sandbox down --dir .sandbox; \
		elif test -e .sandbox; then echo ".sandbox stays, as nothing here can look into it; \`make setup clean\` removes it"; fi
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .mutation
