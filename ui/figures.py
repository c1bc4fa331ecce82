"""How a figure is put on a page: nothing that zooms, and words for who cannot see it."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from fashion_model.charts import PLOTLY_CONFIG


def show(figure: go.Figure, key: str, alt: str, **more: Any) -> None:
    """Draw a figure; `more` goes to `st.plotly_chart`."""
    st.plotly_chart(figure, key=key, alt=alt, config=PLOTLY_CONFIG, **more)
