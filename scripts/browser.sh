#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs one: Debian's package, else Playwright's own.
set -euo pipefail
for name in "${DATELINE_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then
        echo "browser: $(command -v "$name")"
        exit 0
    fi
done
if command -v apt-get >/dev/null; then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo -n)
    if "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
        echo "browser: $(command -v chromium)"
        exit 0
    fi
fi
"${PYTHON:-.venv/bin/python}" -m playwright install chromium
