"""Components of our own: plain HTML, with a style sheet and a script in files beside this one."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent


@cache
def own_component(name: str, html: str) -> Callable:
    """The component of this name, made of `ui/<name>.css` and `ui/<name>.js`, declared once."""
    return st.components.v2.component(
        f"fitting_room_{name}",
        html=html,
        css=(HERE / f"{name}.css").read_text(encoding="utf-8"),
        js=(HERE / f"{name}.js").read_text(encoding="utf-8"),
    )
