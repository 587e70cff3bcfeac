#!/usr/bin/env bash
# Makes .venv in the repository's root and installs the package with its tests' tools: about 1.5 GB where pip
# finds a CPU build of torch. Does nothing when that was done before and the packaging has not changed.
#
#   MESPOT_TORCH   what to install when torch is absent, as pip arguments (default: torch==2.13.0). The CPU
#                  build from PyTorch's own index, for a Linux machine where PyPI would bring the CUDA one:
#                  MESPOT_TORCH='torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu'
#   PYTHON         the interpreter to use (default: python3, else python3.11, 3.12, 3.10)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
python=$venv/bin/python
stamp=$venv/mespot_stamp
export PIP_DISABLE_PIP_VERSION_CHECK=1

fail() { echo "error: $*" >&2; exit 2; }

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 13))' >/dev/null 2>&1 </dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suits "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.10, 3.11 or 3.12"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.11 python3.12 python3.10; do
        if suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "needs Python 3.10, 3.11 or 3.12; python3 is $(python3 --version 2>&1 || echo absent)"
}

fingerprint() { # of what decides the installation; a moved folder needs a new one
    { echo "$root"; cat "$root/setup.py" "$root/pyproject.toml"; } | cksum
}

if [ -f "$stamp" ] && suits "$python" && [ "$(cat "$stamp")" = "$(fingerprint)" ]; then
    exit 0
fi
if ! suits "$python"; then
    found=$(find_python)
    echo "Making .venv with $("$found" --version)"
    "$found" -m venv --clear "$venv" >/dev/null 2>&1 </dev/null \
        || fail "$found -m venv failed (on Debian and Ubuntu: apt install python3-venv)"
fi
echo 'Installing into .venv (some minutes the first time)'
pip() { "$python" -m pip install -qq "$@" </dev/null; }
if ! "$python" -c 'import torch' >/dev/null 2>&1 </dev/null; then
    read -r -a torch <<<"${MESPOT_TORCH:-torch==2.13.0}"
    pip "${torch[@]}"
fi
pip --editable "$root[tests,docs]"
# MMAction2 asks for opencv-contrib-python, we for opencv-python: both write the folder cv2/, and pip lets the
# one win that it unpacks last. Both serve, unless the two had different versions and left a mixture.
works='import cv2; cv2.DISOpticalFlow_create(0); cv2.dnn.readNetFromTFLite; cv2.imencode'
if ! "$python" -c "$works" >/dev/null 2>&1 </dev/null; then
    version=$("$python" -c 'from importlib.metadata import version; print(version("opencv-python"))')
    pip --force-reinstall --no-deps "opencv-python==$version"
    "$python" -c "$works" </dev/null || fail "OpenCV in .venv does not work: remove .venv and run this again"
fi
fingerprint >"$stamp"
