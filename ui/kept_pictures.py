"""The pictures a visitor has named: listed, undone, exported, learned from."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from fashion_model.errors import FittingRoomError
from fashion_model.kept import Kept, KeptPicture
from fashion_model.rules import rules
from fashion_model.runs import Run
from fashion_model.tuning import can_be_tuned, tuning_recipe
from ui import address, visitor, words
from ui.downloads import file_button
from ui.inline import inline, on_paper

SHOWN = 60


def show_kept(kept: Kept, run: Run) -> None:
    """Draw the list, folded away; nothing while nothing is kept."""
    pictures = kept.pictures()
    if not pictures:
        return
    title = f"Kept with your labels: {words.count(len(pictures), 'picture')}"
    with st.expander(title, icon=":material/bookmark:", key="kept"):
        st.caption("They stay on the computer that runs this app, for you alone.")
        with st.container(horizontal=True):
            if (
                can_be_tuned(run)
                and rules().training
                and st.button(
                    "Teach the model",
                    icon=":material/model_training:",
                    type="primary",
                    key="tune_model",
                    help=f"Trains a copy of {words.titled(run)} on these pictures for a few "
                    f"minutes. {words.titled(run)} itself stays as it is.",
                )
            ):
                _teach(kept, run)
            file_button(
                "Export",
                "kept-pictures.zip",
                kept.export,
                key="export_kept",
                help="A zip with one folder a class, as training on your own photos reads it.",
            )
            st.button(
                "Remove all",
                icon=":material/delete_sweep:",
                type="tertiary",
                key="clear_kept",
                on_click=kept.clear,
            )
        with st.container(horizontal=True, gap="small"):
            for picture in pictures[:SHOWN]:
                with st.container(width=104, gap=None):
                    st.image(_small(picture), width=96, alt=f"Kept as {picture.label}")
                    st.button(
                        picture.label,
                        icon=":material/undo:",
                        type="tertiary",
                        key=f"undo_kept_{picture.number}",
                        on_click=kept.undo,
                        args=(picture.number,),
                        help="Undo: this picture is no longer kept.",
                    )


def _teach(kept: Kept, run: Run) -> None:
    try:
        recipe = tuning_recipe(run)
        tuned = visitor.guest().start_training(recipe, title=recipe.title, photos=kept.folder)
    except FittingRoomError as error:
        st.error(words.plain(str(error)))
        return
    address.go("train", run=tuned.name)


def _small(kept: KeptPicture) -> str:
    with Image.open(kept.path) as picture:
        return inline(on_paper(picture, 96))
