"""The gradebook's tables: what is in each, and how the file is opened (``docs/gradebook.md``).

Rows are added and never changed, but for a student's name and address, which are the newest. Equal
things are one row: contents that are graded alike share a report, reports share the text of a
check, functions with the same result share it.
"""

import sqlite3
from pathlib import Path

from autograder.errors import UsageError

__all__ = ["VERSION", "open_database"]

#: Raised when the tables change, with a way from the version before.
VERSION = 2

#: Says that a file is a gradebook, as ``file`` and `open_database` see it.
APPLICATION = 0x6E756D67

#: How long one run waits for another one that writes.
PATIENCE_SECONDS = 30

_TABLES = """
CREATE TABLE student (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE content (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, code BLOB);
CREATE TABLE submission (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, name TEXT NOT NULL, row TEXT NOT NULL,
    attempt TEXT NOT NULL, submitted TEXT NOT NULL, late INTEGER, problem TEXT NOT NULL,
    content INTEGER REFERENCES content, students TEXT NOT NULL
);
CREATE TABLE setting (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, key TEXT NOT NULL, grader TEXT NOT NULL,
    functions TEXT NOT NULL, title TEXT NOT NULL, handout TEXT NOT NULL, base BLOB,
    pieces TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE run (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, setting INTEGER NOT NULL
    REFERENCES setting, policy TEXT NOT NULL, archive TEXT NOT NULL, digest TEXT NOT NULL
);
CREATE TABLE grading (
    id INTEGER PRIMARY KEY, content INTEGER NOT NULL REFERENCES content, setting INTEGER NOT NULL
    REFERENCES setting, status TEXT NOT NULL, sentence TEXT NOT NULL, report INTEGER REFERENCES
    report, outcomes BLOB
);
CREATE INDEX grading_of ON grading (content, setting);
CREATE INDEX submission_of ON submission (content);
CREATE TABLE report (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, score INTEGER NOT NULL, max_score INTEGER
    NOT NULL, bonus INTEGER NOT NULL, setting INTEGER NOT NULL REFERENCES setting,
    body BLOB NOT NULL
);
CREATE TABLE piece (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, text BLOB NOT NULL);
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE result (
    report INTEGER NOT NULL REFERENCES report, "check" INTEGER NOT NULL REFERENCES word,
    status INTEGER NOT NULL REFERENCES word, points INTEGER NOT NULL, lost INTEGER NOT NULL,
    cause INTEGER NOT NULL REFERENCES word, PRIMARY KEY (report, "check")
) WITHOUT ROWID;
CREATE TABLE outcome (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, function INTEGER NOT NULL REFERENCES word,
    score INTEGER NOT NULL, max_score INTEGER NOT NULL, public_score INTEGER NOT NULL,
    public_max_score INTEGER NOT NULL, status INTEGER NOT NULL REFERENCES word, cause INTEGER NOT
    NULL REFERENCES word, explained_by INTEGER NOT NULL REFERENCES word, wrong TEXT NOT NULL
);
CREATE TABLE graded (
    run INTEGER NOT NULL REFERENCES run, submission INTEGER NOT NULL REFERENCES submission,
    grading INTEGER REFERENCES grading, PRIMARY KEY (run, submission)
) WITHOUT ROWID;
CREATE TABLE standing (
    run INTEGER NOT NULL REFERENCES run, student TEXT NOT NULL REFERENCES student,
    submission INTEGER REFERENCES submission, PRIMARY KEY (run, student)
) WITHOUT ROWID;
CREATE TABLE decision (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, verb TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run
);
CREATE TABLE adjustment (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, student TEXT NOT NULL, points
    INTEGER NOT NULL, days REAL NOT NULL, excused INTEGER NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE comment (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, cluster TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE dictionary (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
"""

#: By version, what makes a gradebook of it one of the next.
_UPGRADES = {1: "ALTER TABLE setting ADD COLUMN pieces TEXT NOT NULL DEFAULT '{}';"}


def open_database(path: Path, *, is_new: bool) -> sqlite3.Connection:
    """Open a gradebook, made where it is missing if `is_new` allows it.

    Raises
    ------
    UsageError
        If there is none, it is another file, of a newer grader, or can't be read or written.
    """
    if not is_new and not path.is_file():
        raise UsageError(
            f"there is no gradebook at {path}: grade the class first, with"
            f" 'python -m autograder class SUBMISSIONS --out {path.parent}'"
        )
    try:
        return _open(path)
    except sqlite3.Error as error:
        raise UsageError(f"{path} can't be used as a gradebook: {error}") from error


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
    # Of a new file. A submission's code takes half a page of the default size, and wastes half.
    database.execute("PRAGMA page_size = 16384")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version == 0 and not database.execute("SELECT 1 FROM sqlite_schema").fetchone():
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
    elif database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise sqlite3.DatabaseError("it is a database of something else")
    elif version > VERSION:
        raise sqlite3.DatabaseError(f"it has version {version}, of a newer grader than this one")
    else:
        for older in range(version, VERSION):
            steps = f"BEGIN; {_UPGRADES[older]} PRAGMA user_version = {older + 1}; COMMIT;"
            database.executescript(steps)
    return database
