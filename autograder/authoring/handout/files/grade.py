"""Grade the homework: 'python grade.py' (on Windows: 'py grade.py').

The first run makes a Python environment in the folder .venv beside this file and installs the
grader there; that takes about a minute and a network. Every later run takes a second or two, and
no network.

    python grade.py                       grade the folder assignment
    python grade.py grade my_folder       grade another folder, a zip or a notebook
    python grade.py submission            pack your files for upload
    python grade.py watch                 grade whenever you save a file
    python grade.py setup                 install the grader again
    python grade.py --help                what else there is

This file has no secrets: it is plain Python, and old Pythons can read it, so as to say that they
are too old.
"""

from __future__ import print_function

import glob
import hashlib
import json
import os
import re
import subprocess
import sys

#: The oldest Python that the grader runs on.
OLDEST = (3, 10)

#: The newest one that it was tried with; only looked for by name.
NEWEST = (3, 13)

HERE = os.path.dirname(os.path.abspath(__file__))
ENVIRONMENT = os.path.join(HERE, ".venv")

#: What this file wrote about the environment when it was done with it.
RECORD = os.path.join(ENVIRONMENT, "homework.json")

#: What the grader does for students; any other word may be a path.
VERBS = ("grade", "watch", "submission", "convert", "doctor")

PACKAGE = "numpy-homework-autograder"
EXTRA = "student"

#: Folders whose names have more letters than this leave too few for those inside .venv on Windows.
LONG_PATH = 110

#: Asks an environment for its version: nothing that is installed in it is loaded.
ASK_VERSION = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"

#: Asks an environment which packages are missing, first those that the grade itself needs.
ASK_MISSING = """
import importlib.metadata, re, sys
for extra in ("", sys.argv[2]):
    for line in importlib.metadata.requires(sys.argv[1]) or ():
        requirement, _, condition = line.partition(";")
        found = re.search("extra *== *['\\"](.*?)['\\"]", condition)
        name = re.match("[A-Za-z0-9._-]+", requirement).group()
        if (found.group(1) if found else "") == extra:
            try:
                importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                print((extra or "needed") + " " + requirement.strip())
"""

#: What pip says, and what it means: the first that is found counts.
CAUSES = (
    (
        "No space left on device|WinError 112|Errno 28",
        "the disk is full: make room (about 300 MB), and run this again",
    ),
    (
        "WinError 206|File name too long|Errno 36|Errno 63|[Ll]ong [Pp]ath",
        "the names of the folders around the homework are too long: move it to a folder with a"
        " short name, such as C:\\homework, and run this again",
    ),
    (
        "Permission denied|Access is denied|WinError 5\\b|WinError 32|Errno 13|Read-only file",
        "a file in .venv can't be written, since it is in use or belongs to someone else: close"
        " what uses it (an editor, a notebook; pause OneDrive), delete the folder .venv, and run"
        " this again",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError",
        "the network's certificate is not trusted: look at the date of this computer, or try"
        " another network (a company's or a virus scanner may stand in between)",
    ),
    (
        "NewConnectionError|ConnectTimeout|ReadTimeout|Max retries|ProxyError|[Nn]ame resolution"
        "|Name or service|getaddrinfo|Connection refused|Connection (?:was )?reset|unreachable"
        "|No route|timed out",
        "what the grader needs could not be fetched: there seems to be no network. Connect (some"
        " networks first want you to sign in on a page, some a proxy: set HTTPS_PROXY), and run"
        " this again. From then on it needs no network",
    ),
    (
        "No matching distribution|Could not find a version|ResolutionImpossible",
        "a package that the grader needs is not made for this Python: install Python 3.12 from"
        " https://www.python.org/downloads/, delete the folder .venv, and run this again",
    ),
)


class SetUpError(Exception):
    """What keeps the homework from being graded, as a sentence that says what to do."""


# ---- Python itself


def too_old(version, executable):
    """Return what to say to someone whose Python is too old, empty if it is not."""
    if tuple(version[:2]) >= OLDEST:
        return ""
    newer = newer_python()
    remedy = (
        "You have a newer one: run '%s grade.py'." % newer
        if newer
        else "Install it from https://www.python.org/downloads/, and run this again with it."
    )
    return "Python %d.%d or newer is needed, this is %d.%d (%s). %s" % (
        OLDEST + tuple(version[:2]) + (executable, remedy)
    )


def newer_python():
    """Return the command of a Python on this machine that is new enough, empty for none."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        if any([os.path.isfile(os.path.join(folder, name)) for folder in folders]):
            return name
    return ""


def python_of(environment):
    """Return where an environment's Python is, by what there is and else by the system."""
    places = [
        os.path.join(environment, "Scripts", "python.exe"),
        os.path.join(environment, "bin", "python.exe"),
        os.path.join(environment, "bin", "python"),
    ]
    if os.name != "nt":
        places.reverse()
    return ([place for place in places if os.path.exists(place)] or places)[0]


def version_of(python):
    """Return an environment's version, such as '3.12'; empty if its Python does not start."""
    if not os.path.exists(python):  # a link may lead to a Python that is gone
        return ""
    status, said = run([python, "-I", "-S", "-c", ASK_VERSION])
    return said if not status and re.match(r"\d+\.\d+$", said) else ""


def is_usable(version):
    """Tell whether a version, as `version_of` returns it, is new enough."""
    return bool(version) and tuple([int(number) for number in version.split(".")]) >= OLDEST


def run(command):
    """Run a command in the homework's folder; return its status and all that it said."""
    try:
        process = subprocess.Popen(
            command,
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        return 1, str(error)
    said = process.communicate()[0].decode("utf-8", "replace")
    return process.returncode, said.strip()


# ---- the environment


def ready_python(is_fresh):
    """Return the Python that has the grader, after making it ready where it is not.

    With `is_fresh`, everything is installed again.
    """
    wheel = find_wheel()
    python = python_of(ENVIRONMENT)
    version = version_of(python)
    wanted = {"place": ENVIRONMENT, "python": version, "wheel": digest_of(wheel)}
    before = read_record()
    if version and before == wanted and not is_fresh:
        return python
    say("setting up .venv (once, about a minute; this takes a network) ...")
    version = make_environment(version, has_moved=before.get("place") != ENVIRONMENT)
    python = python_of(ENVIRONMENT)
    install(python, wheel)
    write_record(dict(wanted, python=version))
    say(".venv is ready")
    return python


def find_wheel():
    """Return the grader's package beside this file: the newest one, if there are several."""
    wheels = glob.glob(os.path.join(glob_escaped(HERE), PACKAGE.replace("-", "_") + "-*.whl"))
    if not wheels:
        raise SetUpError(
            "the grader is not beside grade.py (%s). If you look into handout.zip, unpack all of"
            " it first: on Windows right-click it and choose 'Extract All', then run grade.py in"
            " the folder that this makes" % HERE
        )
    return max(wheels, key=lambda path: (version_in(path), os.path.getmtime(path)))


def glob_escaped(path):
    """Return a path so that brackets and similar in it stand for themselves."""
    return re.sub(r"([*?[])", r"[\1]", path)


def version_in(path):
    """Return the version in a wheel's name as numbers, to be compared."""
    name = os.path.basename(path)
    return [int(number) for number in re.findall(r"\d+", name.split("-")[1])]


def digest_of(path):
    """Return the SHA-256 of a file: an exchanged grader is installed again."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_record():
    """Return what was noted about the environment, nothing if that can't be read."""
    try:
        with open(RECORD) as file:
            record = json.load(file)
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(record):
    """Note which grader the environment has, and where it stands."""
    with open(RECORD, "w") as file:
        json.dump(record, file, indent=1, sort_keys=True)


def make_environment(version, has_moved):
    """Make the environment, or fix it; return its version.

    One that works is kept, whoever made it: an editor may have, and students install packages of
    their own. One that was copied or moved gets its scripts again.
    """
    python = python_of(ENVIRONMENT)
    is_kept = is_usable(version) and run([python, "-I", "-m", "pip", "--version"])[0] == 0
    if is_kept and not has_moved:
        return version
    words = ["--without-pip"] if is_kept else ["--clear"]  # one that is kept has pip
    status, said = run([sys.executable, "-m", "venv"] + words + [ENVIRONMENT])
    if is_kept and version_of(python) == version:
        return version  # its scripts may be old: the grader needs none of them
    version = version_of(python_of(ENVIRONMENT))
    if status or not is_usable(version):
        raise SetUpError(venv_problem(said))
    return version


def venv_problem(said):
    """Return why there is no environment, and what to do."""
    if re.search("ensurepip|No module named '?venv", said):
        return (
            "this Python (%s) can't make environments. On Debian and Ubuntu install what is"
            " missing with 'sudo apt install python3-venv', and run this again; elsewhere install"
            " Python from https://www.python.org/downloads/" % sys.executable
        )
    if not os.access(HERE, os.W_OK):
        return (
            "the folder %s can't be written to: unpack handout.zip into a folder of your own, such"
            " as Documents, and run grade.py there" % HERE
        )
    if os.path.isfile(ENVIRONMENT):
        return "%s is a file: delete it, and run this again" % ENVIRONMENT
    return explained(said, "the environment %s could not be made" % ENVIRONMENT)


# ---- what is in it


def install(python, wheel):
    """Install the grader and what it needs; what is there already is not fetched again."""
    file = "." + os.sep + os.path.basename(wheel)  # so that no letter of the folder's name matters
    status, said = pip(python, "--no-index", "--no-deps", "--force-reinstall", file)
    if status:
        raise SetUpError(explained(said, "the grader could not be installed"))
    if missing(python):
        status, said = pip(python, "%s[%s]" % (file, EXTRA))
        if status:
            install_what_there_is(python, file, said)


def install_what_there_is(python, file, said):
    """Go on without what only some verbs need, where the rest can be had."""
    status = pip(python, file)[0]
    lacking = missing(python)
    if status and any([kind == "needed" for kind, _ in lacking]):
        raise SetUpError(explained(said, "what the grader needs could not be installed"))
    for _, requirement in lacking:
        status, said = pip(python, requirement)
        if status and cause_of(said) == cause_of("NewConnectionError"):
            break  # the next one can't be fetched either
    names = ", ".join([requirement for _, requirement in missing(python)])
    if names:
        say(
            "these could not be installed: %s. The grade itself works without them; pages of HTML,"
            " colors, watching or notebooks may not. 'python grade.py setup' tries again.\n(%s)"
            % (names, last_line(said))
        )


def missing(python):
    """Return what the grader needs and the environment lacks: pairs of kind and requirement."""
    status, said = run([python, "-I", "-c", ASK_MISSING, PACKAGE, EXTRA])
    if status:
        raise SetUpError(explained(said, "the grader could not be installed"))
    return [tuple(line.split(" ", 1)) for line in said.splitlines()]


def pip(python, *words):
    """Let the environment's pip install something; return its status and what it said."""
    command = [python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # Nothing is compiled: students have no compiler, and numpy takes one.
    command += ["--no-input", "--no-user", "--retries", "1", "--only-binary", ":all:"]
    return run(command + list(words))


def explained(said, otherwise):
    """Return what a program's words mean, and the last of them for whoever is to help."""
    sentence = cause_of(said) or otherwise
    if os.name == "nt" and len(HERE) > LONG_PATH and sentence == otherwise:
        sentence += ": perhaps since the names of the folders around it are too long"
    if "onedrive" in HERE.lower():
        sentence += ". If that does not help, move the homework out of OneDrive"
    return "%s\n(%s)" % (sentence, last_line(said))


def cause_of(said):
    """Return the sentence for a cause that is known, empty for another one."""
    return ([sentence for words, sentence in CAUSES if re.search(words, said)] or [""])[0]


def last_line(said):
    """Return the line of a program's output that says most."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.match("error|.*Error", line, re.IGNORECASE)]
    return (errors or lines or ["it said nothing"])[-1][:300]


# ---- the call


def say(sentence):
    """Tell what is going on, apart from the report itself."""
    sys.stderr.write("%s\n" % sentence)
    sys.stderr.flush()


def words_for(words):
    """Return the words for the grader: without a verb, what is named is graded, or the folder."""
    first = (list(words) or ["-"])[0]
    is_path = first not in VERBS and os.path.exists(first)
    is_verb = not is_path and (not first.startswith("-") or first in ("-h", "--help"))
    return list(words) if is_verb else ["grade"] + list(words)


def start(command):
    """Become the grader, or where a process can't, wait for it; return its exit status."""
    if os.name == "posix":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the grader got it, too, and says what there is to say


def main(words):
    """Set up what is missing, then grade; return the exit status."""
    sentence = too_old(sys.version_info, sys.executable)
    if sentence:
        say(sentence)
        return 2
    try:
        python = ready_python(is_fresh=words[:1] == ["setup"])
    except SetUpError as problem:
        say("grade.py: %s" % problem)
        return 2
    except KeyboardInterrupt:
        say("\ngrade.py: stopped; the next run goes on with setting up")
        return 130
    except (IOError, OSError) as error:
        say("grade.py: %s" % explained(str(error), venv_problem(str(error))))
        return 2
    if words[:1] == ["setup"]:
        return 0
    # So that the homework is found from wherever this was called.
    return start([python, "-I", "-m", "autograder", "--homework", HERE] + words_for(words))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
