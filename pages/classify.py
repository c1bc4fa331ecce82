"""Classify: your own photos and drawings."""

import numpy as np
import streamlit as st

from fashion_model.baskets import Basket, Item, remove_old_baskets
from fashion_model.kept import Kept
from fashion_model.pictures import prepare_drawing
from fashion_model.runs import Run
from ui import (
    adding,
    address,
    answering,
    answers,
    batch,
    canvas,
    failing,
    kept_pictures,
    one_picture,
    questions,
    words,
)
from ui.model import needs_model
from ui.visitor import visitor


def photos(basket: Basket, run: Run) -> None:
    adding.add_pictures(basket)
    waiting = answering.work_on(basket, run, seconds=0.3)
    with st.container():
        if waiting:
            st.fragment(still_working, run_every=0.1)(basket, run)
    items = basket.items()
    opened = basket.item(st.query_params.get("picture", ""))
    if opened is None and len(items) == 1:
        opened = items[0]
    if opened is None:
        if items:
            batch.show_batch(basket, items)
        return
    if len(items) > 1:
        back_to_all(len(items))
    if opened.error:
        st.error(words.plain(f"{opened.name}: {opened.error}"), icon=":material/broken_image:")
    elif answering.is_answered(opened, run):
        one_picture.show_picture(basket, opened, run)
    st.button(
        "Remove this picture",
        icon=":material/delete:",
        type="tertiary",
        key="remove_picture",
        on_click=removed,
        args=(basket, opened),
    )


def back_to_all(count: int) -> None:
    st.button(
        f"All {count} pictures",
        icon=":material/arrow_back:",
        key="all_pictures",
        on_click=address.write,
        kwargs={"picture": None},
    )


def removed(basket: Basket, item: Item) -> None:
    basket.remove(item)
    address.write(picture=None)


def still_working(basket: Basket, run: Run) -> None:
    """A few pictures a time, so that the page stays free and shows how far it is."""
    waiting = answering.work_on(basket, run)
    total = len(basket.items())
    if not waiting:
        st.rerun()
    done = total - len(waiting)
    st.progress(done / total, f"{done} of {total} pictures answered")


@st.fragment
def drawing(run: Run) -> None:
    """Its own fragment: a stroke is answered without drawing the rest of the page again."""
    st.subheader("Or draw one", anchor=False)
    sheet, said = st.columns([4, 5], gap="medium")
    with sheet:
        drawn = canvas.drawing_canvas()
    with said:
        if drawn is None:
            st.markdown("Draw a garment: every stroke is answered.")
            st.caption("An outline is enough: what it encloses is filled in.")
            canvas.examples()
            return
        prepared = prepare_drawing(np.asarray(drawn))
        answer = answering.answer_of(prepared, run)
        answers.verdict(answer, (run.result or {}).get("conformal_level", 0.9))
        if not answer["blank"]:
            answers.chart(answer, key="drawing_chart")
    if answer["blank"]:
        return
    view = questions.choose("steps", "Steps", key="drawing_view")
    if view == "steps":
        with st.expander("From your drawing to what the model sees", key="drawing_stages"):
            answers.stages(prepared)
        return
    with failing.one_sentence():
        questions.show_own(view, prepared, answer, run, "the drawing", key="-drawing")


st.title("What is it?")
run = needs_model()
me = visitor()
remove_old_baskets()
canvas.restore_drawing()
# A place each, whatever is in the ones before: what a fragment still sends while the page changes
# finds the place that it was made for.
with st.container():
    photos(Basket.of(me), run)
with st.container():
    kept_pictures.show_kept(Kept.of(me), run)
with st.container():
    drawing(run)
