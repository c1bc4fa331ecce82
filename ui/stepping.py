"""Through pictures one after the other: the one before, the next, and where this one stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st


def step_through(
    names: Sequence[str], name: str, go: Callable[[str], None], key: str, where: str = ""
) -> None:
    """Two buttons, each of which calls `go` with the name beside this one, and a word on `where`.

    Nothing is drawn for a name that is not among them.
    """
    if name not in names:
        return
    here = names.index(name)
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, icon, goal in (
            ("Previous", "arrow_back", here - 1),
            ("Next", "arrow_forward", here + 1),
        ):
            possible = 0 <= goal < len(names)
            st.button(
                label,
                key=f"{key}_{label.lower()}",
                icon=f":material/{icon}:",
                type="tertiary",
                disabled=not possible,
                on_click=go,
                args=(names[goal],) if possible else (),
            )
        st.caption(f"{here + 1:,} of {len(names):,}{where}")
