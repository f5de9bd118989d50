#!/usr/bin/env bash
# Makes sure that emscripten is there: contracts are compiled with Debian's emcc.
set -euo pipefail
command -v emcc >/dev/null 2>&1 && exit 0
install="apt-get update && apt-get install -y --no-install-recommends emscripten"
if [ "$(id -u)" -eq 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing emscripten: $install"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends emscripten >/dev/null
  exit 0
fi
echo "emscripten is missing: $install" >&2
exit 1
