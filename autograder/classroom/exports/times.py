"""Read the times of exports, each with its zone.

Where an export names no zone, the platform's rule or this machine's own zone decides; which of the
two, the caller says.
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo

__all__ = ["parse_time"]

#: Names of zones in exports, in hours from UTC; those that several countries use are left out.
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "SGT": 8, "HKT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3,
}  # fmt: skip

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

#: A longer text is no time.
_LONGEST = 80

_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[ T-]+"
    r"(?P<hour>\d\d)[:-]?(?P<minute>\d\d)(?:[:-]?(?P<second>\d\d))?(?:\.(?P<fraction>\d+))?"
    r" ?(?P<zone>[A-Za-z]{1,5}|[+-]\d\d:?\d\d)?"
)
#: ``Friday, February 20, 2026 12:35:07 AM CST``, ``Sep 24, 2026 926 PM``.
_ENGLISH = re.compile(
    r"(?:[A-Za-z]+, )?(?P<name>[A-Za-z]{3,9})\.? (?P<day>\d\d?),? (?P<year>\d{4}),?(?: at)? "
    r"(?P<hour>\d\d?)[:.]?(?P<minute>\d\d)(?:[:.](?P<second>\d\d))?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: (?P<zone>[A-Za-z]{1,5}|[+-]\d\d:?\d\d))?"
)


def parse_time(text: str, *, without_zone: tzinfo | None = None) -> datetime | None:
    """Return the time that an export's text gives, None where it is none.

    One that names no zone has that `without_zone`, or this machine's at that time.

    Examples
    --------
    >>> from datetime import timezone
    >>> from autograder.classroom.exports.times import parse_time
    >>> parse_time("2026-04-26 17:34:00.861687000 Z", without_zone=timezone.utc).isoformat()
    '2026-04-26T17:34:00.861687+00:00'
    >>> at = "Friday, February 20, 2026 12:35:07 AM CST"
    >>> parse_time(at, without_zone=timezone.utc).isoformat()
    '2026-02-20T00:35:07-06:00'
    """
    cut = " ".join(text[: _LONGEST + 1].split())
    match = _ISO.fullmatch(cut) or _ENGLISH.fullmatch(cut)
    if match is None or len(cut) > _LONGEST or not cut.isascii():
        return None
    found = match.groupdict()
    try:
        hour = _read_hour(int(found["hour"]), found.get("half"))
        second, fraction = int(found["second"] or 0), (found.get("fraction") or "")[:6]
        naive = datetime(
            int(found["year"]), _read_month(found), int(found["day"]), hour,
            int(found["minute"]), second, int(fraction.ljust(6, "0")),
        )  # fmt: skip
        zone = _read_zone(found["zone"])
        if zone is None and without_zone is None:
            return naive.astimezone()
        return naive.replace(tzinfo=zone or without_zone)
    except (ValueError, OverflowError):
        return None


def _read_hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} is no hour of twelve")
    return hour % 12 + (12 if half in "Pp" else 0)


def _read_month(found: dict[str, str | None]) -> int:
    name = found.get("name")
    return _MONTHS.index(name[:3].lower()) + 1 if name else int(found["month"] or 0)


def _read_zone(text: str | None) -> tzinfo | None:
    """Return a zone by its name or its hours, None where the text has none that is known."""
    if not text:
        return None
    if text[0] in "+-":
        hours, minutes = int(text[1:3]), int(text[-2:])
        sign = -1 if text[0] == "-" else 1
        return timezone(sign * timedelta(hours=hours, minutes=minutes))
    known = ZONES.get(text.upper())
    return None if known is None else timezone(timedelta(hours=known))
