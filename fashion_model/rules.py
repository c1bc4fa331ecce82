"""The rules of a server, all in one place: environment variables, read whenever they are asked for.

Without any of them, the app is for the people of one computer: everybody may do everything. On a
server for a class or for everybody, set FITTING_ROOM_PUBLIC=1 and the limits you want. The rules
bind visitors of the app (see `guests.py`) and every worker; the command line belongs to whoever
keeps the computer, and may do everything.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import Any

from .errors import FittingRoomError


def _rule(variable: str, default: Any, help: str) -> Any:
    return field(default=default, metadata={"variable": variable, "help": help})


@dataclass(frozen=True)
class Rules:
    """What holds on this server."""

    public: bool = _rule(
        "FITTING_ROOM_PUBLIC",
        False,
        "visitors are strangers: no picture of theirs is kept, and each stops, resumes, renames "
        "and deletes only the runs that are their own",
    )
    training: bool = _rule(
        "FITTING_ROOM_TRAINING",
        True,
        "visitors train and bring in models; 0: they use those that are there",
    )
    sign_in: bool = _rule(
        "FITTING_ROOM_SIGN_IN",
        False,
        "nobody comes in without signing in; needs an [auth] section in .streamlit/secrets.toml "
        "and `pip install Authlib`",
    )
    most_runs: int | None = _rule(
        "FITTING_ROOM_MOST_RUNS",
        None,
        "runs a visitor may have; where the server is not public, all visitors together",
    )
    most_gigabytes: float | None = _rule(
        "FITTING_ROOM_MOST_GB",
        None,
        "disk that all runs may take, with those in the trash, before a new one is refused",
    )
    most_minutes: float | None = _rule(
        "FITTING_ROOM_MOST_MINUTES",
        None,
        "time one run may train; then it stops and keeps its best weights so far",
    )


def rules() -> Rules:
    """The rules as the environment says them now."""
    return Rules(**{rule.name: _read(rule) for rule in fields(Rules)})


def _read(rule: Any) -> Any:
    variable = rule.metadata["variable"]
    text = os.environ.get(variable, "").strip()
    if not text:
        return rule.default
    if isinstance(rule.default, bool):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off"):
            return False
        raise FittingRoomError(f"{variable} is {text!r}, but must be 1 or 0.")
    try:
        number = float(text) if "float" in rule.type else int(text)
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise FittingRoomError(f"{variable} is {text!r}, but must be a number from 0 up.")
    return number
