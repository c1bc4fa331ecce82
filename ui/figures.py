"""How a figure is put on a page: in the theme's own ink, with words for who cannot see it."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from fashion_model.charts import PLOTLY_CONFIG

INK = {"light": "#29241f", "dark": "#ece7df"}  # textColor in .streamlit/config.toml


def show(figure: go.Figure, key: str, alt: str, **more: Any) -> None:
    """Draw a figure; `more` goes to `st.plotly_chart`."""
    # Streamlit draws a figure's words in a grey that is too faint on coloured cells and bars.
    ink = INK.get(st.context.theme.type or "")
    if ink:
        figure.update_layout(font_color=ink)
        figure.update_xaxes(tickfont_color=ink, title_font_color=ink)
        figure.update_yaxes(tickfont_color=ink, title_font_color=ink)
    st.plotly_chart(figure, key=key, alt=alt, config=PLOTLY_CONFIG, **more)
