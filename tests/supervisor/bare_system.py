"""Run the grader without what Windows lacks: 'judge' and the command's words, or 'worker'.

'left' tells which of it is still there.

The names are taken away before anything of the grader is loaded, so a use of one of them fails here
as it would there. What can't be taken away is how the system itself behaves.
"""

import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Modules that decide by the platform's name what they are, so they come before it is changed.
FIRST = """
    argparse asyncio ctypes ctypes.util json numpy pathlib platform queue random shutil signal
    socket ssl subprocess tempfile threading zipfile
"""

MODULES = ("fcntl", "grp", "pwd", "resource", "termios", "posix")

NAMES = {
    "os": """
        O_DIRECTORY O_NOFOLLOW O_NONBLOCK chown fchmod fchown fork forkpty getegid geteuid getgid
        getgroups getpgid getpgrp getpriority getresuid getsid getuid initgroups killpg lchown
        mkfifo posix_fallocate posix_spawn sched_getaffinity set_blocking setegid seteuid setgid
        setgroups setpgid setpriority setregid setresgid setresuid setreuid setsid setuid sysconf
        wait3 wait4
    """,
    "signal": """
        SIGALRM SIGBUS SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGUSR1 SIGUSR2 SIGXCPU alarm
        getitimer pause pthread_kill pthread_sigmask setitimer sigpending sigwait
    """,
    "socket": "AF_UNIX CMSG_LEN recv_fds send_fds",
}


def take_away() -> None:
    """Leave in the standard library what Windows has."""
    for name in FIRST.split():
        __import__(name)
    for module, names in NAMES.items():
        for name in names.split():
            if hasattr(sys.modules[module], name):
                delattr(sys.modules[module], name)
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # how 'not installed' is written
    os.supports_dir_fd.clear()
    os.supports_fd.clear()
    sys.platform = "win32"


def left() -> list[str]:
    """Return what should be gone and is not."""
    modules = [name for name in MODULES if sys.modules.get(name) is not None]
    names = [
        f"{module}.{name}"
        for module, listed in NAMES.items()
        for name in listed.split()
        if hasattr(sys.modules[module], name)
    ]
    return modules + names


def main() -> None:
    """Be the judge or a worker."""
    role, *words = sys.argv[1:]
    take_away()
    if role == "left":
        print(sys.platform, left())
        return
    if role == "judge":
        sys.path[0] = str(ROOT)
        from autograder.cli import main as run
        from autograder.supervisor import spawn

        spawn._PROGRAM = Path(__file__)
        sys.exit(run(words))
    program = ROOT / "autograder" / "worker" / "__main__.py"
    sys.argv[:] = [str(program), role, *words]
    runpy.run_path(str(program), run_name="__main__")


if __name__ == "__main__":
    main()
