"""The frame around every page: menu, chosen model, and what a visitor reads when a page fails."""

from contextlib import suppress
from pathlib import Path

import streamlit as st

from ui import signing_in, sparing, visitor
from ui.ending import PageEnds
from ui.failing import one_sentence
from ui.model import model_picker

HERE = Path(__file__).parent
PAGES = HERE.parent / "pages"
MENU = {
    "overview": ("Overview", "home", "What this is, and how the chosen model does."),
    "train": ("Train", "model_training", "Choose a recipe, train it, and watch it learn."),
    "browse": ("Browse", "grid_view", "All pictures, with what the model says of them."),
    "classify": ("Classify", "add_a_photo", "Your own photos and drawings."),
    "confusions": ("Confusions", "apps", "Where the model goes wrong, down to the pictures."),
    "compare": ("Compare", "balance", "All models side by side; rename, share, delete."),
}

# Asking the browser who it is draws a page twice, so only those ask where something is their own.
KNOWS_ITS_VISITOR = ("train", "classify", "compare")

st.set_page_config(page_title="Fitting Room", page_icon=str(HERE / "icon.svg"), layout="wide")
st.logo(str(HERE / "logo.svg"), size="large")

page = st.navigation(
    [
        st.Page(
            PAGES / f"{name}.py",
            title=title,
            icon=f":material/{icon}:",
            url_path=name,
            default=name == "overview",
            help=help,
        )
        for name, (title, icon, help) in MENU.items()
    ]
)

with suppress(PageEnds), one_sentence():
    signing_in.or_stop()  # first: nothing is shown to anybody whom the server does not let in
    with_stars = st.query_params.get("about") == "map"  # where their own pictures lie on it
    visitor.greet(ask=page.url_path in KNOWS_ITS_VISITOR or with_stars)
    with one_sentence():
        model_picker(page.url_path)
    page.run()
    sparing.spare_what_stays()
