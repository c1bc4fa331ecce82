"""The sheet to draw on: brush, eraser, undo, clear, and drawings to start from.

The canvas keeps every stroke in the browser and sends the whole picture after each; Python only
ever replaces the drawing when the visitor asks for that (undo, clear, an example), so that a
stroke made while an answer is on its way is never lost.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

SIDE = 300  # fits a phone, and a column beside the answer
BRUSHES = {4: "Fine", 8: "Pen", 12: "Felt", 18: "Broad", 26: "Wide"}  # pixels
PAPER, INK = "#ffffff", "#000000"
EXAMPLES: dict[str, list] = json.loads(
    (Path(__file__).parent / "example_drawings.json").read_text(encoding="utf-8")
)


def drawing_canvas() -> np.ndarray | None:
    """Draw the sheet with its tools; the picture on it (h, w, 4), or None while it is empty."""
    tool, width = _tools()
    sheet = st_canvas(
        stroke_width=width * (2 if tool == "Eraser" else 1),
        stroke_color=PAPER if tool == "Eraser" else INK,
        background_color=PAPER,
        width=SIDE,
        height=SIDE,
        drawing_mode="freedraw",
        initial_drawing=st.session_state.setdefault("_sheet_begins_with", _sheet([])),
        return_image_data=True,
        key="canvas",
    )
    _actions(sheet.json_data or {})
    if sheet.image_data is not None:
        st.session_state["_drawing"] = sheet.json_data
        st.session_state["_drawn"] = sheet.image_data
    if not _strokes(sheet.json_data or {}):
        return None
    return st.session_state.get("_drawn")


def restore_drawing() -> None:
    """Begin with what was drawn before, when the visitor comes back to the sheet."""
    if "_drawing" in st.session_state and "canvas" not in st.session_state:
        _begin_with(_strokes(st.session_state["_drawing"]))


def _tools() -> tuple[str, int]:
    with st.container(horizontal=True, vertical_alignment="center", width=SIDE + 20):
        tool = st.segmented_control(
            "Tool",
            ["Brush", "Eraser"],
            default="Brush",
            required=True,
            key="tool",
            label_visibility="collapsed",
            width="content",
            format_func=lambda name: (
                f":material/{'brush' if name == 'Brush' else 'ink_eraser'}: {name}"
            ),
        )
        width = st.select_slider(
            "Brush size",
            options=list(BRUSHES),
            value=8,
            key="brush_size",
            format_func=BRUSHES.get,
            label_visibility="collapsed",
            width=108,
        )
    return tool or "Brush", width


def _actions(drawing: dict[str, Any]) -> None:
    strokes = _strokes(drawing)
    with st.container(horizontal=True, width=SIDE):
        st.button(
            "Undo",
            key="undo_stroke",
            icon=":material/undo:",
            disabled=not strokes,
            on_click=_begin_with,
            args=(strokes[:-1],),
        )
        st.button(
            "Clear",
            key="clear_canvas",
            icon=":material/delete_sweep:",
            disabled=not strokes,
            on_click=_begin_with,
            args=([],),
        )


def examples() -> None:
    """Drawings to start from; for who cannot draw with a mouse, the way to have one."""
    st.caption("Or begin with one of these:")
    with st.container(horizontal=True, gap="small"):
        for name in EXAMPLES:
            st.button(
                name,
                key=f"example_{name}",
                type="tertiary",
                icon=":material/draw:",
                on_click=_begin_with,
                args=(example_strokes(name),),
            )


def example_strokes(name: str) -> list[dict[str, Any]]:
    """An example as the canvas keeps strokes, so that it can be drawn on and undone."""
    scale = SIDE / 100
    return [
        {
            "type": "Path",
            "path": [
                ["M" if first else "L", x * scale, y * scale]
                for first, (x, y) in zip([True] + [False] * len(line), line, strict=False)
            ],
            "fill": None,
            "stroke": INK,
            "strokeWidth": 8,
            "strokeLineCap": "round",
            "strokeLineJoin": "round",
        }
        for line in EXAMPLES[name]
    ]


def _strokes(drawing: dict[str, Any]) -> list[dict[str, Any]]:
    return drawing.get("objects") or []


def _begin_with(strokes: list[dict[str, Any]]) -> None:
    """Put other strokes on the sheet.

    The canvas takes a drawing over only when it differs from the last one it was given, not from
    what is on it, so each carries a number: an undo after an undo would else do nothing.
    """
    st.session_state["_sheet_begins_with"] = _sheet(strokes)


def _sheet(strokes: list[dict[str, Any]]) -> dict[str, Any]:
    number = st.session_state.get("_sheets", 0) + 1
    st.session_state["_sheets"] = number
    return {"objects": strokes, "sheet": number}
