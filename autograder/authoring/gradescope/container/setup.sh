#!/usr/bin/env bash
# Build the grading environment. Gradescope runs this once, as root, while it builds the image; no network is needed.
#
# The environment stands beside the system's python3, which Gradescope's own harness uses and which stays as it is. It
# gets what requirements.lock names from the wheels in this zip, and then has to prove that it can read the answer key. Whatever fails ends the
# build with a sentence and a non-zero status: a grader that is half there must not meet a submission.
#
# AUTOGRADER_ROOT stands in for /autograder where the build is only tried out.
set -euo pipefail
umask 022

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"
environment="$root/env"

fail() {
    echo "setup.sh failed: $1" >&2
    exit 1
}

make_environment() {
    command -v python3 >/dev/null ||
        fail "this image has no python3: choose the default base image (Ubuntu 22.04)"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        fail "$(python3 --version) is too old, the grader needs 3.10: choose Ubuntu 22.04 or newer"
    # Without pip: Debian and Ubuntu keep ensurepip in a package of its own (python3-venv), venv itself they don't.
    python3 -m venv --clear --without-pip "$environment" ||
        fail "this image's python3 lacks the venv module: choose the default base image (Ubuntu 22.04)"
}

install_wheels() {
    "$environment/bin/python" "$source/install_wheels.py" "$source" ||
        fail "the packages could not be installed: see above"
    # Each submission meets a fresh container: without compiled files it would compile numpy again, every time.
    "$environment/bin/python" -m compileall -q -x '[/]tests[/]' --invalidation-mode unchecked-hash \
        "$environment/lib" "$source/autograder" || fail "the grader or a package could not be compiled"
}

prove() {
    cd "$source"
    PYTHONPATH="$source" "$environment/bin/python" -s -m autograder.commands.gradescope_run --prove ||
        fail "the grader does not work in this image: see above"
}

make_environment
install_wheels
prove
if [ "$(id -u)" = 0 ]; then
    chmod -R go= "$source" # the answer key is in it, and students' code runs as someone else
fi
echo "setup.sh: the grader is ready"
