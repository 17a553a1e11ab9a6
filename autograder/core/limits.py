"""The limits that a submission may meet: each with its number, its unit and its reason.

What happens at a limit is the supervisor's business (`autograder.supervisor.worker`) or, for what
the operating system enforces, the worker's own (`autograder.isolation.kernel`). What is believed of
an untrusted file or reply is bounded where it is read.
"""

from dataclasses import dataclass

__all__ = ["KIB", "MIB", "Limits", "shorten"]

KIB = 1024
MIB = 1024 * KIB

#: What is left of a time limit after so many functions, or files, that did not end. A submission
#: that hangs everywhere takes half a minute. The shortest, half a second by default, is still a
#: hundred times what all calls of a right function take, and more than loops on half a processor.
SHARES = (1, 0.5, 0.2, 0.1)


@dataclass(frozen=True)
class Limits:
    """Limits of one grading run.

    Attributes
    ----------
    function_seconds : float
        Wall time of all calls of one function in one phase. The calls together take a few
        milliseconds when vectorized and some tens when written as Python loops.
    training_seconds : float
        The same for a function that trains. The reference needs about a tenth of a second, pure
        Python loops on half a processor some ten seconds.
    import_seconds : float
        Wall time of importing one file of the submission.
    run_seconds : float
        Wall time of the whole run; what had no turn by then is reported as timed out. Gradescope
        stops a container after 10 minutes by default.
    memory_bytes : int
        Address space of a worker. numpy takes about 200 MiB of it. Gradescope's container has 768
        MiB.
    reply_bytes : int
        One reply of a worker; a larger one ends it. A result beyond half of it is described in
        words. The largest right one is under 10 KiB. What is kept of all results together is
        bounded in `autograder.supervisor.outcomes`, their number in `autograder.core.results`.
    output_characters : int
        Printed text that is kept from a function's calls.
    open_files, file_bytes : int
        Open descriptors, and the size of any one file written, of a worker. Their product bounds
        what lies in files that are in no folder any more.
    processes : int
        Processes and threads of a worker, where it has a user of its own. Processes are refused
        altogether where system calls can be listed; threads also take address space.
    disk_bytes, disk_entries : int
        What a worker's temporary folder may hold altogether; looked at while it works and when it
        says that it is done.
    """

    function_seconds: float = 5.0
    training_seconds: float = 30.0
    import_seconds: float = 10.0
    run_seconds: float = 120.0
    memory_bytes: int = 640 * MIB
    reply_bytes: int = 16 * MIB
    output_characters: int = 2000
    open_files: int = 32
    file_bytes: int = 4 * MIB
    processes: int = 32
    disk_bytes: int = 64 * MIB
    disk_entries: int = 1000

    @property
    def in_words(self) -> tuple[str, ...]:
        """The limits of a submission, each with its number and unit."""
        return (
            f"{self.function_seconds:g} s for all calls of a function, {self.training_seconds:g} s"
            " where it trains",
            f"{self.import_seconds:g} s to import a file, {self.run_seconds:g} s for the whole run",
            f"{self.memory_bytes // MIB} MiB of memory, numpy included",
            f"{self.open_files} open files, {self.processes} threads, no other process",
            f"{self.file_bytes // MIB} MiB in one file, {self.disk_bytes // MIB} MiB and"
            f" {self.disk_entries} entries in its temporary folder",
            f"{self.reply_bytes // MIB} MiB in one result, {self.output_characters} characters of"
            " printed text that are kept",
        )


def shorten(seconds: float, time_outs: int) -> float:
    """Return a time limit after so many time-outs of other functions, or files, before."""
    return seconds * SHARES[min(time_outs, len(SHARES) - 1)]
