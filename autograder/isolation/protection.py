"""Put the layers on: those of the nursery when it starts, those of a worker before its submission.

Each step either succeeds or says why not; a step that fails costs no other one.
"""

import os
import sys
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from autograder.isolation import kernel
from autograder.isolation.layers import NOT_TRIED, layer_names
from autograder.isolation.resource_limits import limit_resources
from autograder.isolation.users import become, first_unreachable, user_number

if TYPE_CHECKING:
    from autograder.isolation.files import FileRules
    from autograder.isolation.syscalls import CallList

__all__ = ["Protection"]

SWITCHED_OFF = "switched off"
NO_LINUX = f"there is none of its kind on {sys.platform}"


class Protection:
    """The layers that one nursery, or one worker that starts alone, has at hand.

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

    def prepare(self, *, is_nursery: bool) -> None:
        """Do what is done once: the nursery's own layers, and loading what workers need."""
        self._try("judge", kernel.hide_memory)
        if is_nursery:
            self._try("sweep", kernel.inherit_orphans)
            self._try("network", kernel.leave_network)
        with kernel.quick_look_up():
            self._try("files", self._prepare_files)
            self._try("syscalls", self._prepare_calls)

    def _prepare_files(self) -> None:
        from autograder.isolation.files import FileRules

        self._files = FileRules()

    def _prepare_calls(self) -> None:
        from autograder.isolation.syscalls import CallList

        bounds_writing = self._files is not None and self._files.bounds_writing
        self._calls = CallList(may_write=bounds_writing and self.state["files"] == "")

    def _load_calls(self) -> None:
        if self._calls is not None and self._calls.may_write and self.state["files"]:
            self._prepare_calls()  # the kernel took the preparation and refused the rules
        if self._calls is not None:
            self._calls.load()

    def user_for(self, place: int, workspace: str) -> int | None:
        """Return the user for the worker in `place`, None where it can't have one of its own."""
        if self.state["user"] == SWITCHED_OFF:
            return None
        if not hasattr(os, "setresuid") or os.geteuid() != 0:
            self.state["user"] = "the grader does not run as root"
            return None
        numpy = sys.modules.get("numpy")
        needed = [sys.executable, str(os.__file__), str(getattr(numpy, "__file__", os.__file__))]
        closed = first_unreachable(needed, workspace)
        if closed:
            self.state["user"] = f"other users can't enter or read {closed}"
            return None
        return user_number(place)

    def confine(
        self, folder: str, scratch: str, *, user: int | None, limits: Mapping[str, int]
    ) -> dict[str, str]:
        """Put all layers around this process, for good.

        Parameters
        ----------
        folder : str
            The submission, to be read.
        scratch : str
            The folder to be written.
        user : int or None
            From `user_for`.
        limits : mapping of str to int
            See `autograder.isolation.resource_limits`.

        Returns
        -------
        dict of str to str
            For each layer an empty text where it is on, else the reason.
        """
        if kernel.is_linux() and self.state["privileges"] != SWITCHED_OFF:
            kernel.drop_bounding_set()  # as long as this process still may
        if user is not None:
            self._try("user", lambda: become(user, scratch))
        if self.state["sweep"] == "":
            kernel.end_with_parent(self._nursery)
        self._try("privileges", _drop_privileges)
        rules = self._files
        if rules is not None:
            self._try("files", lambda: rules.apply(folder, scratch))
        is_alone = user is not None and self.state["user"] == ""
        self._try("limits", lambda: limit_resources(limits, is_alone=is_alone))
        if self.state["syscalls"] == "":
            self._try("syscalls", self._load_calls)
        return dict(self.state)

    def _try(self, name: str, step: Callable[[], None]) -> None:
        """Take one step, and keep whether the layer is on."""
        if self.state[name] == SWITCHED_OFF:
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


def _drop_privileges() -> None:
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()
