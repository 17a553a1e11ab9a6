"""The list of system calls that are left to a worker (seccomp).

Whatever is not on the list fails with EPERM: starting a process or a program, every kind of socket,
io_uring, signals to others, tracing, namespaces, clocks, memory that outlives the process, owners
and modes of files. New calls of later kernels are not on the list either. Calls of another
architecture's table end the process.

Source: https://man7.org/linux/man-pages/man2/seccomp.2.html and the manual page of each call.
"""

import errno
import os
from typing import Any

__all__ = ["CallList"]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: What an interpreter does while it calculates, reads files and keeps time.
CALCULATING = _names("""
    brk mmap mremap munmap mprotect madvise
    read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2
    close close_range dup dup2 dup3 lseek pipe pipe2 eventfd2
    fstat fstatfs newfstatat stat lstat statx statfs access faccessat faccessat2
    readlink readlinkat getcwd getdents getdents64 chdir fchdir fadvise64
    select pselect6 poll ppoll epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times
    alarm setitimer getitimer timer_create timer_settime timer_gettime timer_delete pause
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
    futex get_robust_list set_robust_list rseq membarrier sched_yield sched_getaffinity getcpu
    restart_syscall arch_prctl set_tid_address set_thread_area exit exit_group
    getpid getppid gettid getuid geteuid getgid getegid getgroups getresuid getresgid getpgrp
    getpgid getsid getpriority getrusage getrlimit sysinfo uname umask getrandom wait4 waitid
""")

#: What changes files, where Landlock bounds it to the temporary folder.
WRITING = _names("""
    open creat truncate ftruncate fallocate fsync fdatasync flock
    sendfile copy_file_range
    mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 symlink symlinkat
""")

#: Bits of open's flags that change something: write, create, truncate, a nameless file.
CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | 0o20000000

#: Requests of ioctl that Python makes of a file: TCGETS (is it a terminal), TIOCGWINSZ (how wide is
#: it), FIOCLEX and FIONCLEX (close it on exec), FIONBIO (wait for it).
FILE_REQUESTS = (0x5401, 0x5413, 0x5451, 0x5450, 0x5421)

#: Requests of fcntl that touch the descriptor alone: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL,
#: F_DUPFD_CLOEXEC. Others let the kernel send a signal to any process of the same user.
DESCRIPTOR_REQUESTS = (0, 1, 2, 3, 4, 1030)

#: clone's flag for a thread, which ends with its process.
CLONE_THREAD = 0x00010000

#: prctl's requests that name a thread.
PR_SET_NAME, PR_GET_NAME = 15, 16


class CallList:
    """The list, gathered once; each worker adds what holds its own number and loads it.

    Parameters
    ----------
    may_write : bool
        Whether files may be changed, since Landlock says which.

    Raises
    ------
    ImportError
        If the library is not installed.
    OSError
        If libseccomp is missing, or the kernel has no seccomp.
    """

    def __init__(self, *, may_write: bool) -> None:
        try:
            import pyseccomp
        except RuntimeError as error:  # the library's own word for a missing libseccomp
            raise OSError(str(error)) from error

        self.may_write = may_write
        self._library: Any = pyseccomp
        self._filter = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
        self._filter.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
        for name in CALCULATING:
            self._allow(name)
        for name in WRITING if may_write else ():
            self._allow(name)
        self._allow_opening(may_write)
        for request in FILE_REQUESTS:
            self._allow("ioctl", self._equal(1, request))
        for request in DESCRIPTOR_REQUESTS:
            self._allow("fcntl", self._equal(1, request))
        for request in (PR_SET_NAME, PR_GET_NAME):
            self._allow("prctl", self._equal(0, request))
        self._allow("prlimit64", self._equal(0, 0))
        self._allow("clone", self._masked(0, CLONE_THREAD, CLONE_THREAD))
        # What this call may do lies in memory, where no filter can look: the C library falls back
        # to the one above.
        self._refuse("clone3", errno.ENOSYS)
        self._refuse("openat2", errno.ENOSYS)

    def load(self) -> None:
        """Leave this process the list, for good; raise an OSError if the kernel refuses."""
        own = os.getpid()
        for name in ("kill", "tgkill"):  # how a process aborts
            self._allow(name, self._equal(0, own))
        self._filter.load()

    def _allow_opening(self, may_write: bool) -> None:
        if may_write:
            self._allow("openat")
            return
        self._allow("openat", self._masked(2, CHANGING, 0))
        self._allow("open", self._masked(1, CHANGING, 0))

    def _allow(self, name: str, *conditions: Any) -> None:
        self._add(self._library.ALLOW, name, *conditions)

    def _refuse(self, name: str, number: int) -> None:
        self._add(self._library.ERRNO(number), name)

    def _add(self, action: int, name: str, *conditions: Any) -> None:
        try:
            self._filter.add_rule(action, name, *conditions)
        except OSError as error:
            # Not a call of this architecture, or not one that this libseccomp has heard of.
            if error.errno not in (errno.EDOM, errno.EFAULT, errno.EINVAL, errno.ENOENT):
                raise

    def _equal(self, position: int, value: int) -> Any:
        return self._library.Arg(position, self._library.EQ, value)

    def _masked(self, position: int, mask: int, value: int) -> Any:
        return self._library.Arg(position, self._library.MASKED_EQ, mask, value)
