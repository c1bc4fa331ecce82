"""The address says what is on the screen, so that every view can be sent to someone.

The address is the truth: widgets take their value from it before they are drawn, and write to it
when they are changed. Each writing is a step that the back button undoes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

# Writing from Python is always one more step for the back button. The menu's links carry no
# parameters, and a slider is no step: what they need stands in the address is put there by the
# browser itself, in the place of the entry that is there.
_KEEPER = st.components.v2.component(
    "fitting_room_address",
    js="""
export default function ({ data }) {
  const url = new URL(window.location.href)
  for (const [key, value] of Object.entries(data?.values ?? {})) {
    if (value === null) url.searchParams.delete(key)
    else url.searchParams.set(key, value)
  }
  if (url.href !== window.location.href) {
    window.history.replaceState(window.history.state, "", url)
  }
}
""",
)
PAGES = Path(__file__).parent.parent / "pages"


def write(**changes: str | int | None) -> None:
    """Change the address of this page; None takes a key out. One step for the back button."""
    old = st.query_params.to_dict()
    new = {key: value for key, value in (old | changes).items() if value not in (None, "")}
    if "model" not in new and (model := st.session_state.get("_model_of_the_address")):
        new["model"] = model  # the menu leaves it out; see model_picker
    new = {key: str(value) for key, value in new.items()}
    if new != old:
        st.query_params.from_dict(new)


def keep(key: str, value: str | None) -> None:
    """Have this in the address, or not, without a step for the back button."""
    # The time, because the browser acts only on what is new to it.
    _KEEPER(data={"values": {key: value}, "now": time.time_ns()}, key=f"_keeps_{key}")


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
