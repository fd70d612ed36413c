# 归学 guixue. `make help` lists what there is.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# A file of tests stays in one process; the order of files is kept, so that the longest begin early.
PARALLEL := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: up test check format lock docs papers clean help

## up: 启动全部服务（首次会安装依赖）  start everything; the first time installs what is needed
up: $(STAMPS)/run
	@exec $(BIN)/python -m cli up

## test: 运行全部测试  run every test
test: $(STAMPS)/dev
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

## check: 检查格式、规范、类型与分层  formatting, lint, types, layers
check: $(STAMPS)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## format: 整理代码格式  format the code
format: $(STAMPS)/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## docs: 重新生成文档  regenerate the generated documents
docs: $(STAMPS)/dev
	$(BIN)/python -m cli docs

## papers: 把全部文书印成图片，供查看  print every paper to PNG in out/papers
papers: $(STAMPS)/dev
	$(BIN)/python -m tests.papers.contact_sheet out/papers

## lock: 重新锁定依赖版本  pin the dependencies anew
lock: $(STAMPS)/venv
	@set -e; box=$$(mktemp -d); trap 'rm -rf "$$box"' EXIT; \
	$(BIN)/python -m venv "$$box"; \
	"$$box/bin/pip" install --quiet --disable-pip-version-check uv; \
	compile() { "$$box/bin/uv" pip compile --quiet --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header pyproject.toml "$$@"; }; \
	compile -o requirements.lock; \
	compile --extra dev -c requirements.lock -o requirements-dev.lock

## clean: 删除虚拟环境与缓存，保留数据  remove the environment and caches, keep ./data
clean:
	rm -rf $(VENV) build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	    .import_linter_cache
	find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +

help:
	@sed -n 's/^## //p' Makefile

# A half-made environment has no stamp and is made again.
$(STAMPS)/venv:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	    echo "找不到 $(PYTHON)，请先安装 Python 3.11 或更新版本。" >&2; \
	    echo "$(PYTHON) not found: install Python 3.11 or newer, or run make PYTHON=/path/to/python3 …" >&2; \
	    exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "需要 Python 3.11 或更新版本，而 $(PYTHON) 是 $$($(PYTHON) -V 2>&1)。可用 make PYTHON=/路径/python3.12 up 指定。" >&2; \
	    echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.12 up" >&2; \
	    exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "这个 Python 缺少 venv/ensurepip，请执行：apt-get install python3-venv" >&2; \
	    echo "This Python lacks venv/ensurepip; run: apt-get install python3-venv" >&2; \
	    exit 1; }
	@echo "正在建立虚拟环境 $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@mkdir -p $(STAMPS)
	@touch $@

$(STAMPS)/run: $(STAMPS)/venv requirements.lock
	@echo "正在安装依赖，首次约需一两分钟 …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(link)
	@touch $@

$(STAMPS)/dev: $(STAMPS)/run requirements-dev.lock
	@echo "正在安装开发与测试依赖 …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# `guixue` without a build backend: the checkout on the path, and a script that calls its main().
define link
$(BIN)/python -c 'import pathlib, sysconfig; \
pathlib.Path(sysconfig.get_path("purelib"), "guixue.pth").write_text(str(pathlib.Path.cwd()) + "\n", encoding="utf-8"); \
script = pathlib.Path("$(BIN)/guixue"); \
script.write_text("#!/bin/sh\nexec \"$$(dirname \"$$(readlink -f \"$$0\")\")/python\" -m cli \"$$@\"\n", encoding="utf-8"); \
script.chmod(0o755)'
endef
