"""Put the layers on: those of the nursery when it starts, those of a worker before its submission.

Each step either succeeds or says why not; a step that fails costs no other one. A layer that would
close the standard library or numpy to this machine's own Python is left off, and says so: a worker
that can't load a module would look as if its submission were wrong.
"""

import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence

from autograder.isolation import kernel
from autograder.isolation.files import FileRules, can_read, first_closed, importable_files
from autograder.isolation.layers import NOT_TRIED, layer_names
from autograder.isolation.syscalls import CallList

__all__ = ["Protection"]

SWITCHED_OFF = "switched off"
NO_LINUX = f"there is none of its kind on {sys.platform}"

#: The layers that can close files, in the order in which they are put on, and why one of them is
#: left off that closes what this machine's Python needs.
CLOSING = {
    "user": "other users can't enter or read {}",
    "privileges": "root without privileges can't enter or read {}",
    "files": "it would close {}, where this Python's own libraries are",
    "syscalls": "under it, {} can't be read",
}

#: What is said to be closed where a process under the layers did not live long enough to tell.
ANYTHING = "any file"

#: Longer than any path.
MOST_BYTES = 1 << 14


class Protection:
    """The layers that one nursery, or one worker that starts alone, has.

    Parameters
    ----------
    without : collection of str
        Layers to leave off: for tests of the grader itself.
    """

    def __init__(self, without: Collection[str] = ()) -> None:
        self.state: dict[str, str] = dict.fromkeys(layer_names(), NOT_TRIED)
        for name in without:
            self.state[name] = SWITCHED_OFF
        self._nursery = os.getpid()
        self._files: FileRules | None = None
        self._calls: CallList | None = None

    def prepare(self, workspace: str, *, is_nursery: bool) -> None:
        """Do what is done once: the nursery's own layers, and finding out what workers can have.

        A process that is no nursery becomes a worker. In the `workspace` a folder is made, as those
        of the workers, and removed again.
        """
        self._try("judge", kernel.hide_memory)
        if is_nursery:
            self._try("user", _look_for_root)
            self._try("sweep", kernel.inherit_orphans)
            self._try("network", kernel.leave_network)
        with kernel.quick_look_up():
            self._try("files", self._prepare_files)
            self._try("syscalls", self._prepare_calls)
        if hasattr(os, "fork"):
            self._leave_off_what_closes_libraries(workspace)

    def _prepare_files(self) -> None:
        self._files = FileRules()

    def _prepare_calls(self) -> None:
        bounds_writing = self._files is not None and self._files.bounds_writing
        self._calls = CallList(may_write=bounds_writing and self.state["files"] == "")

    def _load_calls(self) -> None:
        if self._calls is not None and self._calls.may_write and self.state["files"]:
            self._prepare_calls()  # the kernel took the preparation and refused the rules
        if self._calls is not None:
            self._calls.load()

    def _leave_off_what_closes_libraries(self, workspace: str) -> None:
        """Try the layers in processes that end at once; most often a single one."""
        needed, on = importable_files(), list(CLOSING)
        if not self._find_closed(needed, on, workspace):
            return
        needed = [path for path in needed if can_read(path)]
        while on and self._find_closed(needed, on, workspace):
            for layer in on:
                closed = self._find_closed(needed, on[: on.index(layer) + 1], workspace)
                if closed or layer == on[-1]:
                    self.state[layer] = CLOSING[layer].format(closed or ANYTHING)
                    on.remove(layer)
                    break

    def _find_closed(self, needed: Sequence[str], layers: Collection[str], workspace: str) -> str:
        """Return what of `needed` a worker with these layers alone can't come by, empty if none."""
        scratch = os.path.join(workspace, f"trial-{os.getpid()}")
        os.mkdir(scratch, mode=0o700)
        answers, answer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self._confine_to(layers, scratch)
                closed = first_closed([*needed, scratch])
                os.write(answer, b"." + os.fsencode(closed)[:MOST_BYTES])
            finally:
                os._exit(0)
        os.close(answer)
        said = os.read(answers, 1 + MOST_BYTES)
        os.close(answers)
        os.waitpid(child, 0)
        os.rmdir(scratch)
        return os.fsdecode(said[1:]) if said else ANYTHING

    def _confine_to(self, layers: Collection[str], scratch: str) -> None:
        for name in self.state:
            if name not in layers:
                self.state[name] = SWITCHED_OFF
        self.confine(scratch, scratch, user=self.user_for(0), limits={})

    def user_for(self, place: int) -> int | None:
        """Return the user for the worker in `place`, None where it can't have one of its own."""
        return None if self.state["user"] else kernel.user_number(place)

    def confine(
        self, folder: str, scratch: str, *, user: int | None, limits: Mapping[str, int]
    ) -> dict[str, str]:
        """Put all layers around this process, for good; the `user` is from `user_for`.

        The submission's `folder` is to be read, `scratch` to be written, the `limits` are those of
        `kernel.limit_resources`. Return the state: for each layer an empty text where it is on,
        else the reason.
        """
        if kernel.is_linux() and self.state["privileges"] in ("", NOT_TRIED):
            kernel.drop_bounding_set()  # as long as this process still may
        if user is not None:
            self._try("user", lambda: kernel.become(user, scratch))
        if self.state["sweep"] == "":
            kernel.end_with_parent(self._nursery)
        self._try("privileges", _drop_privileges)
        rules = self._files
        if rules is not None:
            self._try("files", lambda: rules.apply(folder, scratch))
        is_alone = user is not None and self.state["user"] == ""
        self._try("limits", lambda: kernel.limit_resources(limits, is_alone=is_alone))
        if self.state["syscalls"] == "":
            self._try("syscalls", self._load_calls)
        return dict(self.state)

    def _try(self, name: str, step: Callable[[], None]) -> None:
        """Take one step, and keep whether the layer is on; one that is off stays off."""
        if self.state[name] not in ("", NOT_TRIED):
            return
        if not kernel.is_linux() and name not in ("user", "limits"):
            self.state[name] = NO_LINUX
            return
        try:
            step()
        except ImportError as error:
            self.state[name] = f"{error.name} is not installed"
        except OSError as error:
            self.state[name] = error.strerror or str(error)
        else:
            self.state[name] = ""


def _look_for_root() -> None:
    if not hasattr(os, "setresuid") or os.geteuid() != 0:
        raise OSError("the grader does not run as root")


def _drop_privileges() -> None:
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()
