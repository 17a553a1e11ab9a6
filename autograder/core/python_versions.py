"""Which Python a name of the standard library, or a form of the language, came with or left.

Source: 'New in version' and 'What's New' of https://docs.python.org/3/
"""

import re

__all__ = ["Version", "find_name_version", "find_syntax_version", "is_removed", "write_version"]

Version = tuple[int, int]

_NEW = {
    (3, 10): "itertools.pairwise statistics.covariance statistics.correlation"
    " statistics.linear_regression types.NoneType types.EllipsisType types.UnionType"
    " typing.ParamSpec typing.Concatenate typing.TypeAlias typing.TypeGuard dataclasses.KW_ONLY"
    " inspect.get_annotations contextlib.aclosing",
    (3, 11): "tomllib math.cbrt math.exp2 operator.call contextlib.chdir datetime.UTC"
    " enum.StrEnum enum.ReprEnum enum.member enum.nonmember enum.verify enum.global_enum"
    " typing.Self typing.LiteralString typing.Never typing.assert_never typing.assert_type"
    " typing.reveal_type typing.Required typing.NotRequired typing.Unpack typing.TypeVarTuple"
    " typing.dataclass_transform typing.get_overloads builtins.ExceptionGroup"
    " builtins.BaseExceptionGroup asyncio.TaskGroup asyncio.Runner asyncio.timeout"
    " asyncio.Barrier logging.getLevelNamesMapping hashlib.file_digest re.NOFLAG",
    (3, 12): "itertools.batched math.sumprod typing.override typing.TypeAliasType"
    " collections.abc.Buffer calendar.Month calendar.Day random.binomialvariate"
    " types.get_original_bases sys.monitoring",
    (3, 13): "math.fma copy.replace warnings.deprecated typing.ReadOnly typing.TypeIs"
    " typing.NoDefault queue.ShutDown statistics.kde statistics.kde_random"
    " builtins.PythonFinalizationError os.process_cpu_count",
    (3, 14): "annotationlib compression string.templatelib concurrent.interpreters pathlib.types"
    " heapq.heappush_max heapq.heapify_max heapq.heappop_max functools.Placeholder",
}
_GONE = {
    (3, 12): "asynchat asyncore distutils imp smtpd",
    (3, 13): "aifc audioop cgi cgitb chunk crypt imghdr mailcap msilib nis nntplib ossaudiodev"
    " pipes sndhdr spwd sunau telnetlib uu xdrlib lib2to3",
}
_SINCE = {name: version for version, names in _NEW.items() for name in names.split()}
_UNTIL = {name: version for version, names in _GONE.items() for name in names.split()}

#: Forms of one line that an older Python can't read.
_FORMS: tuple[tuple[str, Version], ...] = (
    (r"\s*match\s+[^=:]+:\s*(#.*)?$", (3, 10)),
    (r"\s*except\s*\*", (3, 11)),
    (r"\s*type\s+\w+\s*(\[[^\]]*\]\s*)?=", (3, 12)),
    (r"\s*(async\s+)?(def|class)\s+\w+\s*\[[^\]=]*=", (3, 13)),
    (r"\s*(async\s+)?(def|class)\s+\w+\s*\[", (3, 12)),
    (r"""[^#]*\b[fF][rR]?(["'])[^"']*\{[^}"']*\1[^"'}]*\1[^}]*\}""", (3, 12)),
    (r"""[^#]*\b[tT][rR]?["']""", (3, 14)),
)
_PATTERNS = tuple([(re.compile(pattern), version) for pattern, version in _FORMS])

#: A line that is longer is not looked at.
MAX_CHARACTERS = 400


def find_name_version(module: str, name: str = "") -> Version | None:
    """Return which Python a module, or what it has of this name, came with; None if always.

    Examples
    --------
    >>> from autograder.core.python_versions import find_name_version
    >>> find_name_version("itertools", "batched")
    (3, 12)
    """
    return _SINCE.get(f"{module}.{name}" if name else module)


def is_removed(module: str) -> Version | None:
    """Return which Python a module is missing from; None if it is in all."""
    return _UNTIL.get(module.partition(".")[0])


def find_syntax_version(line: str) -> Version | None:
    """Return which Python can read a line that an older one can't; None for no such form."""
    if len(line) > MAX_CHARACTERS:
        return None
    return next((version for pattern, version in _PATTERNS if pattern.match(line)), None)


def write_version(version: Version) -> str:
    """Return a version as people write it."""
    return f"{version[0]}.{version[1]}"
