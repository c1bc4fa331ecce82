"""The address says what is on the screen, so that every view can be sent to someone.

The address is the truth: widgets take their value from it before they are drawn, and write to it
when they are changed. Each writing is a step that the back button undoes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

PAGES = Path(__file__).parent.parent / "pages"


def write(**changes: str | int | None) -> None:
    """Change the address of this page; None takes a key out. One step for the back button."""
    old = st.query_params.to_dict()
    new = {key: value for key, value in (old | changes).items() if value not in (None, "")}
    if "model" not in new and (model := st.session_state.get("_model_of_the_address")):
        new["model"] = model  # the menu leaves it out; see keep_model in ui/model.py
    new = {key: str(value) for key, value in new.items()}
    if new != old:
        st.query_params.from_dict(new)


def read(key: str, options: Sequence[str], default: str | None = None) -> str | None:
    """What the address says for this key, if it is one of the options."""
    asked = st.query_params.get(key)
    return asked if asked in options else default


def choice(
    widget: Callable[..., Any], label: str, options: Sequence[str], key: str, default: str, **more
) -> str:
    """A selectbox or segmented control whose choice stands in the address, unless the default.

    `clears` names keys of the address that mean nothing any more after another choice.
    """
    clears = more.pop("clears", ())
    st.session_state[key] = read(key, options, default)

    def changed() -> None:
        value = st.session_state[key]
        write(**{key: None if value == default else value}, **dict.fromkeys(clears))

    return widget(label, options, key=key, on_change=changed, **more) or default


def parameters(**params: str | int | None) -> dict[str, str]:
    """These parameters for a link, with the chosen model, which every address carries."""
    model = st.session_state.get("_model_of_the_address")
    all_of_them = ({"model": model} if model else {}) | params
    return {key: str(value) for key, value in all_of_them.items() if value is not None}


def link(page: str, label: str, icon: str | None = None, **params: str | int | None) -> None:
    """A link to another page of the app: `link("confusions", "See its mistakes", true="Shirt")`."""
    st.page_link(
        PAGES / f"{page}.py",
        label=label,
        icon=f":material/{icon}:" if icon else None,
        query_params=parameters(**params),
    )


def go(page: str, **params: str | int | None) -> None:
    """Go to another page at once, as after a click on a picture."""
    st.switch_page(PAGES / f"{page}.py", query_params=parameters(**params))
