"""How a figure is put on a page: nothing that zooms, and words for who cannot see it."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from fashion_model.charts import PLOTLY_CONFIG


def show(figure: go.Figure, key: str, alt: str, **more: Any) -> None:
    """Draw a figure; `more` goes to `st.plotly_chart`."""
    st.plotly_chart(figure, key=key, alt=alt, config=PLOTLY_CONFIG, **more)


def new_click(key: str) -> list[int] | None:
    """The `customdata` of the point that was just clicked in a chart; None where none was.

    A chart's selection is remembered by Streamlit, also while something else is chosen elsewhere:
    it counts once, when it is new.
    """
    points = st.session_state.get(key, {}).get("selection", {}).get("points", [])
    clicked = [point.get("customdata") for point in points][:1]
    new = clicked != st.session_state.get(f"_{key}_seen")
    st.session_state[f"_{key}_seen"] = clicked
    return np.ravel(clicked[0]).astype(int).tolist() if clicked and new else None
