"""A safe folder name from whatever a person typed.

Capitals, spaces and accents are made safe, since the wish behind them is clear. Anything that
points out of the folder, or that some system cannot store, is refused with the reason.
"""

import re
import unicodedata

from undergrad.errors import UsageError

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,40}")
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)}
_RESERVED = _DEVICES | {
    "capstones",
    "exercises",
    "new",
    "notes",
    "runs",
    "test",
    "tests",
    "undergrad",
}


def safe_name(name: str) -> str:
    """The folder name for `name`, such as `my-digits` for `My Digits`.

    Raises UsageError for a path, an empty or reserved name, or one without a usable letter.
    """
    if re.search(r"[/\\:]|\.\.", name) or any(not c.isprintable() for c in name):
        raise UsageError(
            f"A capstone's name is one word, not a path, so {_shown(name)} cannot be used: "
            "choose a name such as my-digits."
        )
    slug = _plain(name)
    if not _SLUG.fullmatch(slug):
        raise UsageError(
            f"The name {_shown(name)} cannot be used: it needs a letter a-z at the front and at "
            "most 41 letters, digits and hyphens, such as my-digits."
        )
    if slug in _RESERVED:
        raise UsageError(f"The name {slug} is reserved: choose another, such as my-{slug}.")
    return slug


def title_of(slug: str) -> str:
    """A readable title: `my-digits` becomes `My digits`."""
    return slug.replace("-", " ").capitalize()


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")


def _shown(name: str) -> str:
    """The name as a person can read it: no control characters, not endless."""
    clean = "".join(c if c.isprintable() else "?" for c in name)
    return f"“{clean[:40]}…”" if len(clean) > 40 else f"“{clean}”"
