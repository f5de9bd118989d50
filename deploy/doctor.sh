#!/usr/bin/env bash
# Prints what this machine lacks to build Sealwright, and the one line that installs it. Exit 1 if anything is missing.
set -u
missing=()
need() { # need COMMAND PACKAGE
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}
need git git
need make make
need cc build-essential
need c++ build-essential
python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  missing+=(python3)
elif ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  missing+=(python3-venv)
fi
# The native parts of some Python packages are compiled against the interpreter's headers.
"$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))' 2>/dev/null \
  || missing+=(python3-dev)

status=0
if ((${#missing[@]})); then
  echo "doctor: missing $(printf '%s\n' "${missing[@]}" | sort -u | xargs)"
  echo "doctor: apt-get install -y $(printf '%s\n' "${missing[@]}" | sort -u | xargs)"
  status=1
fi
rust=$(rustc --version 2>/dev/null | awk '{print $2}')
if [ -z "$rust" ]; then
  echo "doctor: missing Rust 1.93 or later (rustc and cargo)"
  status=1
elif [ "$(printf '%s\n1.93.0\n' "${rust%%-*}" | sort -V | head -n1)" != 1.93.0 ]; then
  echo "doctor: Rust $rust is too old: 1.93 or later is needed"
  status=1
fi
[ "$status" -eq 0 ] && echo "doctor: this machine has what the build needs"
exit "$status"
