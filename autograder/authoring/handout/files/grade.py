"""Grade the homework: 'python grade.py' (on Windows: 'py grade.py').

The first run makes a Python environment in the folder .venv beside this file and installs the
grader there; that takes about a minute and a network. Every later run takes a second or two, and
no network.

    python grade.py                       grade the folder assignment
    python grade.py my_function           grade one function, or one file (my_file.py)
    python grade.py grade my_folder       grade another folder, a zip or a notebook
    python grade.py submission            pack your files for upload
    python grade.py watch                 grade whenever you save a file
    python grade.py python                a Python that has numpy and your files
    python grade.py setup                 install the grader again
    python grade.py help                  what else there is

In a notebook or an editor's console, '%run grade.py' does the same, and so does 'import grade' with
'grade.main()' or 'grade.main("watch")'.

This file has no secrets: it is plain Python, and old Pythons can read it, so as to say that they
are too old.
"""

from __future__ import print_function

import ast
import codecs
import contextlib
import difflib
import errno
import glob
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

#: The oldest Python that the grader runs on.
OLDEST = (3, 10)

#: The newest one that it was tried with; only looked for by name.
NEWEST = (3, 13)

#: A console that was given this text, not the file, stands in the homework's folder.
SCRIPT = os.path.abspath(globals().get("__file__") or "grade.py")

HERE = os.path.dirname(SCRIPT)
ENVIRONMENT = os.path.join(HERE, ".venv")

#: What this file wrote about the environment when it was done with it.
RECORD = os.path.join(ENVIRONMENT, "homework.json")

#: What the grader does for students; any other word may be a path.
VERBS = ("grade", "watch", "submission", "show", "reset", "convert", "doctor", "python", "help")

#: What 'grade' takes: with other options, a word that names a verb of the homework's is that verb.
GRADE_OPTIONS = ("--json", "--html", "--public", "--only", "--search", "--for", "--without")

#: Which command the grader speaks of, where it says what to type.
COMMAND = "AUTOGRADER_COMMAND"

PACKAGE = "numpy-homework-autograder"
EXTRA = "student"

#: Folders whose names have more letters than this leave too few for those inside .venv on Windows.
LONG_PATH = 110

#: A question to an environment: what the variable `answer` holds comes between two marks, as its
#: Python, or what is loaded into it, may print something, too.
MARKS = ("<homework-answer ", " homework-answer>")
ASK = "%s\nimport sys; sys.stdout.write(%r + answer + %r); sys.stdout.flush()"

ASK_VERSION = "import sys; answer = '%d.%d' % sys.version_info[:2]"

#: Asks an environment which packages are missing, first those that the grade itself needs.
ASK_MISSING = """
import importlib.metadata, re, sys
lacking = []
for extra in ("", sys.argv[2]):
    for line in importlib.metadata.requires(sys.argv[1]) or ():
        requirement, _, condition = line.partition(";")
        found = re.search("extra *== *['\\"](.*?)['\\"]", condition)
        name = re.match("[A-Za-z0-9._-]+", requirement).group()
        if (found.group(1) if found else "") == extra:
            try:
                importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                lacking.append((extra or "needed") + " " + requirement.strip())
answer = "\\n".join(lacking)
"""

#: How pip reaches packages: the settings that count here. Others say where packages go (target,
#: prefix, user) or which ones may (require-hashes, constraint), and are meant for something else.
REACHING = (
    "cache-dir",
    "cert",
    "client-cert",
    "default-timeout",
    "extra-index-url",
    "find-links",
    "index-url",
    "keyring-provider",
    "no-cache-dir",
    "no-index",
    "proxy",
    "retries",
    "timeout",
    "trusted-host",
    "use-deprecated",
    "use-feature",
)

#: What in the surroundings makes a Python find other modules than its own.
MISLEADING = ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONPLATLIBDIR", "PYTHONEXECUTABLE")

#: How often a step that takes long says so: on a terminal, and in a pipe.
TERMINAL_SECONDS = 1
PIPE_SECONDS = 15

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
    """Return an environment's version, such as '3.12'; empty if its Python surely can't start.

    Where that is not sure, as on a machine that starts nothing at the moment, it is a SetUpError:
    a question that was not answered is no reason to give up an environment.
    """
    if not os.path.exists(python):  # a link may lead to a Python that is gone
        return ""
    answer, status, said = ask(python, "-S", ASK_VERSION)
    if re.match(r"\d+\.\d+$", answer or ""):
        return answer
    if status and sys.executable and ask(sys.executable, "-S", ASK_VERSION)[0]:
        return ""
    raise SetUpError(
        "%s does not say which Python it is. Nothing was changed: run this again, and if it stays"
        " so, rename the folder .venv, and run this again\n(%s)" % (python, last_line(said))
    )


def is_usable(version):
    """Tell whether a version, as `version_of` returns it, is new enough."""
    return bool(version) and tuple([int(number) for number in version.split(".")]) >= OLDEST


def ask(python, option, question, *words):
    """Ask a Python; return the answer, None if none came, its status, and all else that it said."""
    source = ASK % ((question,) + MARKS)
    status, out, errors = run([python, "-I", option, "-c", source] + list(words))
    marked = re.search("%s(.*?)%s" % MARKS, out, re.DOTALL)
    return marked and marked.group(1), status, out + "\n" + errors


def run(command, environment=None):
    """Run a command in the homework's folder; return its status, what it printed, its errors."""
    try:
        process = subprocess.Popen(
            command,
            cwd=HERE,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Otherwise Windows opens a console for a program without one, such as IDLE.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        return 1, "", str(error)
    out, errors = process.communicate()
    return process.returncode, out.decode("utf-8", "replace"), errors.decode("utf-8", "replace")


# ---- the environment


def ready_python(is_fresh):
    """Return the Python that has the grader, after making it ready where it is not.

    With `is_fresh`, everything is installed again.
    """
    wheel = find_wheel()
    if is_fresh or not is_ready(wheel):
        with turn_of(wheel) as has_waited:
            # What was set up in the meantime is as fresh as it gets.
            if (is_fresh and not has_waited) or not is_ready(wheel):
                set_up(wheel)
    return python_of(ENVIRONMENT)


def is_ready(wheel):
    """Tell whether the environment works, stands where it was made, and has this very grader."""
    record = read_record()
    return bool(record) and record == make_record(wheel, version_of(python_of(ENVIRONMENT)))


def set_up(wheel):
    """Make the environment, or fix it, and install the grader there."""
    say("setting up .venv (once, about a minute; this needs an internet connection) ...")
    version = version_of(python_of(ENVIRONMENT))
    has_moved = read_record().get("place") not in (None, place_of_environment())
    forget_record()
    version = make_environment(version, has_moved)
    hide_from_git(ENVIRONMENT)
    install(python_of(ENVIRONMENT), wheel)
    write_record(make_record(wheel, version))
    say(".venv is ready")


@contextlib.contextmanager
def turn_of(wheel):
    """Let only one process at a time set up; yield whether another one had to be waited for.

    What is locked is the grader's package, beyond its end: the system itself gives it free when a
    process ends, however that ends, and no file is left.
    """
    has_waited = False
    with open(wheel, "rb") as file:
        while not lock(file):
            if not has_waited:
                say("another grade.py is setting up .venv: waiting until it is done ...")
            has_waited = True
            time.sleep(0.2)
        yield has_waited


def lock(file):
    """Lock a file, and tell whether no one else has: true also where files can't be locked."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(1 << 30)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return True
    except (IOError, OSError) as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


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


def place_of_environment():
    """Return where the environment is, the same by whichever name its folder was called."""
    return os.path.normcase(os.path.join(os.path.realpath(HERE), ".venv"))


def make_record(wheel, version):
    """Return what is noted about an environment that is ready."""
    return {"place": place_of_environment(), "python": version, "wheel": digest_of(wheel)}


def read_record():
    """Return what was noted about the environment, nothing if that can't be read."""
    try:
        with open(RECORD) as file:
            record = json.load(file)
    except (IOError, OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(record):
    """Note which grader the environment has, and where it stands."""
    with open(RECORD, "w") as file:
        json.dump(record, file, indent=1, sort_keys=True)


def forget_record():
    """From now on, and until the set-up is done, the environment is not ready."""
    if os.path.exists(RECORD):
        os.remove(RECORD)


def make_environment(version, has_moved):
    """Make the environment, or fix it; return its version.

    One that works is kept with all that is in it, whoever made it: an editor may have, and students
    install packages of their own. One that can't be used is put aside, never emptied.
    """
    if is_usable(version):
        if has_moved:
            renew_scripts(version)
        add_pip()
        return version
    if os.path.islink(ENVIRONMENT) or (os.path.isdir(ENVIRONMENT) and os.listdir(ENVIRONMENT)):
        put_aside("has Python %s" % version if version else "can't start: its Python is gone")
    if os.pathsep in HERE:
        raise SetUpError(
            "the name of a folder around the homework has a '%s', which Python's environments"
            " can't have (the Finder of a Mac shows ':' as '/'). Rename that folder, and run this"
            " again: %s" % (os.pathsep, HERE)
        )
    said = take_step("making the environment", make_anew)
    version = version_of(python_of(ENVIRONMENT))
    if said or not is_usable(version):
        raise SetUpError(venv_problem(said))
    return version


def make_anew():
    """Make the environment with the Python that runs this; return what was said if it fails."""
    # What is set for another Python counts for the one that is started in .venv as well.
    command = [sys.executable or "python", "-I", "-m", "venv", ENVIRONMENT]
    status, out, errors = run(command, without_misleading())
    return (out + "\n" + errors) if status else ""


def put_aside(reason):
    """Rename an environment that can't be used: what is in it may be wanted."""
    number, aside = 1, ENVIRONMENT + "-old"
    while os.path.lexists(aside):
        number += 1
        aside = "%s-old-%d" % (ENVIRONMENT, number)
    os.rename(ENVIRONMENT, aside)
    if not os.path.islink(aside):
        hide_from_git(aside)
    say(
        "  the environment in .venv %s. It was renamed to %s (delete that, unless you installed"
        " something there that you still need) and a new one is made"
        % (reason, os.path.basename(aside))
    )


def renew_scripts(version):
    """Make the scripts of a moved environment again; it works without them, too."""
    settings = os.path.join(ENVIRONMENT, "pyvenv.cfg")
    try:
        with open(settings, "rb") as file:
            before = file.read()
    except (IOError, OSError):
        return  # not made by venv
    python = python_of(ENVIRONMENT)
    command = [python, "-I", "-m", "venv", "--without-pip", ENVIRONMENT]
    if re.search(b"include-system-site-packages *= *true", before):
        command.append("--system-site-packages")
    run(command, without_misleading())
    if version_of(python) != version:
        with open(settings, "wb") as file:
            file.write(before)


def add_pip():
    """Give an environment pip where it has none, as those of uv do; keep all that is in it."""
    python = python_of(ENVIRONMENT)
    if pip(python, ["--version"])[0] == 0:
        return
    command = [python, "-I", "-m", "ensurepip", "--upgrade", "--default-pip"]
    out, errors = take_step("adding pip to .venv", run, command, without_misleading())[1:]
    if pip(python, ["--version"])[0]:
        raise SetUpError(
            "the environment in .venv works, but has no pip, and could not be given one. Rename"
            " the folder .venv, and run this again: it makes a new one\n(%s)"
            % last_line(out + "\n" + errors)
        )


def hide_from_git(environment):
    """Keep an environment out of a student's repository."""
    path = os.path.join(environment, ".gitignore")
    if not os.path.exists(path):
        with open(path, "w") as file:
            file.write("*\n")


def without_misleading():
    """Return the environment variables without those that are meant for another Python."""
    return dict([pair for pair in os.environ.items() if pair[0] not in MISLEADING])


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
    settings = pip_settings(python)
    file = "." + os.sep + os.path.basename(wheel)  # so that no letter of the folder's name matters
    words = ["--no-index", "--no-deps", "--force-reinstall", file]
    status, said = take_step("installing the grader", pip_install, python, settings, words)
    if status:
        raise SetUpError(explained(said, "the grader could not be installed", settings))
    lacking = missing(python)
    if lacking:
        names = ", ".join([re.match(r"[\w.-]+", requirement).group() for _, requirement in lacking])
        words = ["%s[%s]" % (file, EXTRA)]
        status, said = take_step("fetching " + names, pip_install, python, settings, words)
        if status:
            install_what_there_is(python, settings, file, said)


def install_what_there_is(python, settings, file, said):
    """Go on without what only some verbs need, where the rest can be had."""
    doing = "fetching what the grade itself needs"
    status = take_step(doing, pip_install, python, settings, [file])[0]
    lacking = missing(python)
    if status and any([kind == "needed" for kind, _ in lacking]):
        sentence = "what the grader needs could not be installed"
        raise SetUpError(explained(said, sentence, settings))
    for _, requirement in lacking:
        status, said = pip_install(python, settings, [requirement])
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
    answer, _, said = ask(python, "-B", ASK_MISSING, PACKAGE, EXTRA)
    if answer is None:
        raise SetUpError(explained(said, "the grader could not be installed"))
    return [tuple(line.split(" ", 1)) for line in answer.splitlines()]


def pip_settings(python):
    """Return the settings by which pip reaches packages here: an index, a proxy, certificates."""
    status, out, errors = run([python, "-I", "-m", "pip", "config", "list"])
    if status:
        say("  (pip can't read its own settings, so they do not count: %s)" % last_line(errors))
    settings = {}
    for group in ("global", "install"):  # the later one counts
        pattern = r"^%s\.([\w-]+)=(.*)$" % group
        for name, value in re.findall(pattern, out.replace("\r", ""), re.MULTILINE):
            settings[name] = str(ast.literal_eval(value))
    for name in REACHING:
        settings[name] = os.environ.get(variable_of(name)) or settings.get(name)
    return {name: settings[name] for name in REACHING if settings[name]}


def variable_of(setting):
    """Return the environment variable of one of pip's settings."""
    return "PIP_" + setting.upper().replace("-", "_")


def pip_install(python, settings, words):
    """Let the environment's pip install something; return its status and what it said."""
    # Nothing is compiled: students have no compiler, and numpy takes one.
    options = ["--quiet", "--no-input", "--no-user", "--retries", "1", "--only-binary", ":all:"]
    return pip(python, ["install"] + options + list(words), settings)


def pip(python, words, settings=()):
    """Run the environment's pip with these settings alone; return its status and what it said."""
    environment = without_misleading()
    for name in [name for name in environment if name.upper().startswith("PIP_")]:
        del environment[name]
    environment["PIP_CONFIG_FILE"] = os.devnull
    for name in settings:
        environment[variable_of(name)] = settings[name]
    command = [python, "-I", "-m", "pip", "--disable-pip-version-check"] + words
    status, out, errors = run(command, environment)
    return status, out + "\n" + errors


def explained(said, otherwise, settings=()):
    """Return what a program's words mean, and the last of them for whoever is asked to help."""
    sentence = cause_of(said) or otherwise
    if os.name == "nt" and len(HERE) > LONG_PATH and sentence == otherwise:
        sentence += ": perhaps since the names of the folders around it are too long"
    if "onedrive" in HERE.lower():
        sentence += ". If that does not help, move the homework out of OneDrive"
    set_by = [name for name in ("no-index", "index-url", "proxy", "cert") if name in settings]
    if set_by:
        sentence += (
            ". pip is set up here with %s ('python -m pip config list' shows it, and so do"
            " variables such as %s): if that is not meant for this, unset it, and run this again"
            % (", ".join(set_by), variable_of(set_by[0]))
        )
    return "%s\n(%s)" % (sentence, last_line(said))


def cause_of(said):
    """Return the sentence for a cause that is known, empty for another one."""
    return ([sentence for words, sentence in CAUSES if re.search(words, said)] or [""])[0]


def last_line(said):
    """Return the line of a program's output that says most."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.match("error(?!: ld.so)|.*Error", line, re.IGNORECASE)]
    return (errors or lines or ["it said nothing"])[-1][:300]


# ---- what is said meanwhile


def say(sentence):
    """Tell what is going on, apart from the report itself."""
    write(sys.stderr, "%s\n" % sentence)


def write(stream, text):
    """Write to whoever watches, if anyone does: a program without a console has no streams."""
    try:
        stream.write(text)
        stream.flush()
    except (AttributeError, IOError, OSError, ValueError):
        pass


def take_step(doing, function, *arguments):
    """Do something that takes its time, while saying what it is and how long it has taken."""
    is_over = threading.Event()
    teller = threading.Thread(target=tell_time, args=(doing, is_over))
    teller.daemon = True
    teller.start()
    try:
        return function(*arguments)
    finally:
        is_over.set()
        teller.join()


def tell_time(doing, is_over):
    """Say what is done: on a terminal with its seconds, elsewhere with a line now and then."""
    started = time.time()
    is_terminal = has_console() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    write(sys.stderr, "  %s ..." % doing + ("" if is_terminal else "\n"))
    while not is_over.wait(TERMINAL_SECONDS if is_terminal else PIPE_SECONDS):
        words = (doing, time.time() - started)
        write(sys.stderr, ("\r  %s ... %d s" if is_terminal else "  (%s: %d s so far)\n") % words)
    if is_terminal:
        write(sys.stderr, "\n")


# ---- the call


def words_for(words):
    """Return the words for the grader: without a verb, what is named is graded, or the folder."""
    words = list(words)
    if words[:1] == ["--traceback"]:
        return words[:1] + words_for(words[1:])
    if (words or ["-"])[0] in VERBS or words[0:1] in (["-h"], ["--help"], ["--version"]):
        return words
    options = [place for place, word in enumerate(words) if word.startswith("-")]
    if is_own_verb(words):
        return words
    end = (options or [len(words)])[0]
    if not all([is_named(word) for word in words[:end]]) or is_misspelled(words[0:1]):
        return words  # the grader says what it does not know
    return ["grade"] + [part for word in words[:end] for part in mean(word)] + words[end:]


def is_own_verb(words):
    """Tell whether a verb of the homework's own is meant; a function may be called the same."""
    path = os.path.join(HERE, "rubric", "experiments", "verbs.py")
    if not words or not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        verbs = re.findall(r"\bOwnVerb\(\s*[\"'](\w+)[\"']", file.read().decode("utf-8"))
    options = {word.partition("=")[0] for word in words if word.startswith("-")}
    is_no_grade = bool(options - set(GRADE_OPTIONS)) or not is_in_homework(words[0])
    return words[0] in verbs and is_no_grade


def is_named(word):
    """Tell whether a word can be a path or what a homework calls something."""
    return bool(os.path.exists(word) or re.match(r"[^\W\d]\w*(\.[^\W\d]\w*)?$|.*[/\\.]", word))


def is_misspelled(words):
    """Tell whether the first word is nearly a verb, and nothing that the homework has."""
    if not words or os.path.exists(words[0]) or not re.match(r"\w+$", words[0]):
        return False
    near = difflib.get_close_matches(words[0].lower(), VERBS + ("setup",), n=1, cutoff=0.75)
    return bool(near) and not is_in_homework(words[0])


def is_in_homework(name):
    """Tell whether a file of the student's has a name, or something in one of them has."""
    for path in glob.glob(os.path.join(glob_escaped(HERE), "assignment", "*.py")):
        with open(path, "rb") as file:
            text = file.read().lower()
        stem = os.path.splitext(os.path.basename(path))[0]
        if name.lower() == stem.lower() or ("def %s(" % name.lower()).encode("utf-8") in text:
            return True
    return False


def mean(word):
    """Return a path as it is, and as the option `--only` what else is to be graded."""
    folder, name = os.path.split(word)
    own = os.path.join(HERE, "assignment", name)
    is_own = name.endswith(".py") and os.path.isfile(own)
    if is_own and (not folder or os.path.realpath(word) == os.path.realpath(own)):
        return ["--only", name]
    is_path = os.path.exists(word) or folder or name.endswith((".zip", ".ipynb"))
    return [word] if is_path else ["--only", name]


def python_words(words):
    """Return the words, the folder and the variables with which a student's Python starts.

    It is theirs, not the grader's: it finds their files, and a script's path is as they typed it.
    """
    folder = os.path.join(HERE, "assignment")
    folder = folder if os.path.isdir(folder) else HERE
    environment = without_misleading()
    words = list(words)
    place = find_script(words)
    if place is not None and os.path.isfile(words[place]):
        words[place] = os.path.abspath(words[place])
        if os.path.dirname(words[place]) != folder:
            environment["PYTHONPATH"] = folder
    return words, folder, environment


def find_script(words):
    """Return the place of the script in the words after 'python', None if they name none."""
    place = 0
    while place < len(words) and words[place].startswith("-"):
        if re.match("-[A-Za-z]*[cm]", words[place]):
            return None
        place += 2 if words[place] in ("-W", "-X", "--check-hash-based-pycs") else 1
    return place if place < len(words) else None


def is_program():
    """Tell whether this process was started to run this file: then it may become the grader.

    A notebook's kernel, an editor's console or a debugger that runs it has something else to do
    afterwards.
    """
    words = list(getattr(sys, "orig_argv", []))[1:]
    place = find_script(words)
    is_this = place is not None and os.path.abspath(words[place]) == SCRIPT
    return is_this and __name__ == "__main__"


def has_console():
    """Tell whether what another program prints arrives where this one's `print` does."""
    try:
        return all(
            [
                stream is own and stream.fileno() == number
                for number, stream, own in (
                    (1, sys.stdout, sys.__stdout__),
                    (2, sys.stderr, sys.__stderr__),
                )
            ]
        )
    except (AttributeError, IOError, OSError, ValueError):
        return False


def open_missing_streams():
    """Lead what was closed ('>&-') nowhere, so that no other file takes its number."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if hasattr(os, "set_inheritable"):
                os.set_inheritable(opened, True)


def start(command, folder=None, environment=None):
    """Become the grader, or where this process can't, wait for it; return its exit status."""
    if is_program() and os.name == "posix":
        if folder:
            os.chdir(folder)
        os.execve(command[0], command, os.environ if environment is None else environment)
    if has_console():
        return wait_for(subprocess.Popen(command, cwd=folder, env=environment))
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        process.stdin.close()
        return show_all(process)


def wait_for(process):
    """Wait for a process that has this one's console; return its exit status."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the grader got it, too, and says what there is to say


def show_all(process):
    """Print what a process says while it says it, wherever `print` leads; return its status."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    is_stopped = False
    while True:
        try:
            piece = os.read(process.stdout.fileno(), 1 << 16)
            write(sys.stdout, decoder.decode(piece, not piece).replace("\r\n", "\n"))
            if not piece:
                return process.wait()
        except KeyboardInterrupt:
            if is_stopped or os.name == "nt":
                process.kill()
            elif process.poll() is None:
                process.send_signal(signal.SIGINT)  # a console's button reaches this process alone
            is_stopped = True


def main(words=()):
    """Set up what is missing, then grade; return the exit status.

    The words are those of a terminal: `main()`, `main("watch")`, `main(["grade", "my_folder"])`.
    """
    words = words.split() if hasattr(words, "split") else list(words)
    sentence = too_old(sys.version_info, sys.executable)
    if sentence:
        say(sentence)
        return 2
    try:
        python = ready_python(is_fresh=words[:1] == ["setup"])
        return 0 if words[:1] == ["setup"] else go_on(python, words)
    except SetUpError as problem:
        say("grade.py: %s" % problem)
        return 2
    except KeyboardInterrupt:
        say("\ngrade.py: stopped; the next run goes on with setting up")
        return 130
    except (IOError, OSError) as error:
        say("grade.py: %s" % venv_problem(str(error)))
        return 2


def go_on(python, words):
    """Start what the words name, with an environment that is ready; return the exit status."""
    if words[:1] == ["python"]:
        words, folder, environment = python_words(words[1:])
        if not words and not has_console():
            say("grade.py: there is no console to type in here: name a file, or use a terminal")
            return 2
        return start([python] + words, folder, environment)
    options = ["-I"] if is_program() or has_console() else ["-I", "-X", "utf8"]
    # So that the homework is found from wherever this was called.
    command = [python] + options + ["-m", "autograder", "--homework", HERE] + words_for(words)
    return start(command, environment=dict(os.environ, **{COMMAND: "grade.py"}))


if __name__ == "__main__":
    open_missing_streams()
    status = main(sys.argv[1:])
    if has_console() or is_program():
        sys.exit(status)  # a notebook would show it as an error
elif hasattr(sys, "ps1"):
    say("grade.py: grade.main() grades here, and grade.main('watch') does what 'watch' does")
