"""How numbers, moments and what people typed are written, the same on every page."""

import re
import time

from fashion_model.runs import Run

MARKDOWN = re.compile(r"[\\`*_\[\]<>~|$&#]")  # a backslash takes the meaning from these
# What is found in the finished text as well, behind the backslash: links, icons, emoji, arrows.
FOUND_LATER = re.compile(
    r"(?<=[:@])(?=\S)|(?<=[-<>~])(?=[-=>])|(?<=www)(?=\.)|^(?=[-+=]|\d+[.)])", re.I
)
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
JOINER = "\u2060"  # has no width and breaks no line, but breaks a pattern


def plain(text: str) -> str:
    """What somebody typed, to be read inside Markdown as it was typed, and never to be markup.

    Marks that turn the direction of writing are left out, and lines become one.
    """
    text = UNSEEN.sub(" ", text)
    return MARKDOWN.sub(r"\\\g<0>", FOUND_LATER.sub(JOINER, " ".join(text.split())))


def titled(run: Run) -> str:
    """A run's title, to be read inside Markdown."""
    return plain(run.title)


def percent(share: float, digits: int = 1) -> str:
    """0.9203 → 92.0 %"""
    return f"{100 * share:.{digits}f} %"


def interval(bounds: tuple[float, float] | list[float], digits: int = 1) -> str:
    """(0.915, 0.925) → 91.5 – 92.5 %"""
    low, high = bounds
    return f"{100 * low:.{digits}f} – {100 * high:.{digits}f} %"


def count(number: int, one: str, many: str | None = None) -> str:
    """1 → 1 picture, 1200 → 1,200 pictures"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short(number: float) -> str:
    """421642 → 422 k"""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:.{2 if number < 10 * size else 0}f}{letter}"
    return f"{number:.0f}"


def size(bytes_: int) -> str:
    """1700000 → 1.7 MB"""
    return f"{bytes_ / 1e6:.1f} MB" if bytes_ >= 1e5 else f"{bytes_ / 1e3:.0f} kB"


def duration(seconds: float) -> str:
    """97 → 1 min 37 s"""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes < 10 else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def ago(moment: float, now: float | None = None) -> str:
    """How long ago a moment was, roughly; its date where that is more than a month."""
    passed = (time.time() if now is None else now) - moment
    if passed < 90:
        return "just now"
    for limit, unit, name in ((5400, 60, "minute"), (129600, 3600, "hour"), (2.6e6, 86400, "day")):
        if passed < limit:
            return f"{count(round(passed / unit), name)} ago"
    return f"on {time.strftime('%-d %B %Y', time.localtime(moment))}"
