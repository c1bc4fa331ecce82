"""Many pictures at once: a table to filter and correct, and a check where names carry a class."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from fashion_model import charts
from fashion_model.baskets import Basket, Item
from fashion_model.classes import CLASSES
from fashion_model.kept import LABELS, NONE, Kept, keeping_allowed
from fashion_model.naming import classes_in_name
from ui import address, words
from ui.downloads import file_button

UNSURE = "Unsure"
UNREADABLE = "Not readable"


def show_batch(basket: Basket, items: list[Item]) -> None:
    """Draw the check, the filter and the table."""
    _check(items)
    groups = Counter(group for item in items for group in groups_of(item))
    order = [name for name in (*LABELS, UNSURE, UNREADABLE) if groups[name]]
    if st.session_state.get("show_only") not in order:
        st.session_state["show_only"] = None
    only = st.pills(
        "Show only",
        order,
        key="show_only",
        format_func=lambda name: f"{name} · {groups[name]}",
        label_visibility="collapsed",
    )
    shown = [item for item in items if only is None or only in groups_of(item)]
    _table(basket, shown)
    with st.container(horizontal=True):
        file_button(
            "Download as CSV", "fitting-room.csv", lambda: as_csv(items), key="download_csv"
        )
        st.button(
            "Remove all pictures",
            icon=":material/delete_sweep:",
            key="clear_basket",
            type="tertiary",
            on_click=_clear,
            args=(basket,),
            help="They are removed by themselves a day after you were here last.",
        )


def groups_of(item: Item) -> list[str]:
    """Under which filters a picture is found."""
    if item.error:
        return [UNREADABLE]
    if not item.answer:
        return []
    unsure = item.answer["is_garment"] and len(item.answer["one_of"]) > 1
    return [label_of(item), *([UNSURE] if unsure and not item.label else [])]


def label_of(item: Item) -> str:
    """The visitor's word, else the model's."""
    answer = item.answer or {}
    return item.label or (answer["label"] if answer.get("is_garment") else NONE)


def _table(basket: Basket, items: list[Item]) -> None:
    table = pd.DataFrame(
        {
            "picture": [(item.answer or {}).get("thumbnail") for item in items],
            "seen": [(item.answer or {}).get("seen") for item in items],
            "label": [label_of(item) if item.answer else None for item in items],
            "sure": [item.answer and 100 * item.answer["confidence"] for item in items],
            "note": [_note(item) for item in items],
            "open": [":material/open_in_full: Open" if item.answer else "" for item in items],
            "name": [item.name for item in items],
        }
    )
    numbers = [item.number for item in items]
    mark = f"table_{st.session_state.get('_table', 0)}_{st.session_state.get('show_only')}"

    def edited() -> None:
        for row, change in st.session_state[mark]["edited_rows"].items():
            item = basket.item(numbers[int(row)])
            if item and "label" in change:
                rename(basket, item, change["label"] or "")
        st.session_state["_table"] = st.session_state.get("_table", 0) + 1  # edits are in the data

    def opened() -> None:
        click = st.session_state["open_row"]
        if click is not None and items[click.row].answer:
            address.write(picture=numbers[click.row])

    config = st.column_config
    st.data_editor(
        table,
        key=mark,
        hide_index=True,
        row_height=64,
        height=min(64 * len(table) + 40, 640),
        disabled=["picture", "seen", "sure", "note", "open", "name"],
        on_change=edited,
        alt="Your pictures with their labels",
        column_config={
            "picture": config.ImageColumn("Picture", width=80),
            "seen": config.ImageColumn("As seen", width=80),
            "label": config.SelectboxColumn(
                "Label",
                options=list(LABELS),
                width=160,
                help="Double-click a wrong one and choose what it really is.",
            ),
            "sure": config.ProgressColumn("Sure", format="%d %%", min_value=0, max_value=100),
            "note": config.TextColumn("Note", width="medium"),
            "open": config.ButtonColumn("", on_click=opened, key="open_row", type="tertiary"),
            "name": config.TextColumn("File", width="medium"),
        },
    )


def rename(basket: Basket, item: Item, label: str) -> None:
    """The visitor says what it is; the picture is kept for them where that is allowed."""
    basket.change(item, label=label)
    if label in LABELS and keeping_allowed():
        Kept.of(basket.visitor).keep(basket.picture(item), label, item.number)


def _note(item: Item) -> str:
    if item.error or not item.answer:
        return item.error or "Waiting"
    if item.label:
        return "Your label"
    if item.answer["blank"]:
        return "Nothing to see on it"
    if not item.answer["is_garment"]:
        return f"Does not look like one of the ten; nearest: {item.answer['label']}"
    among = item.answer["one_of"]
    return f"One of: {', '.join(among)}" if len(among) > 1 else ""


def _clear(basket: Basket) -> None:
    basket.clear()
    address.write(picture=None)


def is_right(item: Item) -> bool | None:
    """Whether the model's answer is what the file's name says; None where the name says nothing."""
    truth = classes_in_name(item.name)
    if truth is None or not item.answer:
        return None
    if not truth:
        return not item.answer["is_garment"]
    return item.answer["is_garment"] and item.answer["label"] in truth


def _check(items: list[Item]) -> None:
    """Accuracy, matrix and mistakes, where the names say what the pictures are."""
    checked = [(item, right) for item in items if (right := is_right(item)) is not None]
    if not checked:
        return
    right = sum(right for _, right in checked)
    of = words.count(len(checked), "picture whose name", "pictures whose names")
    with st.container(border=True):
        st.markdown(
            f"**{words.percent(right / len(checked))} right**: {right} of {of} say what they are."
        )
        wrong = [item for item, good in checked if not good]
        if wrong:
            st.markdown(f"{words.count(len(wrong), 'mistake')}:")
            _mistakes(wrong)
        with st.expander("As a matrix", icon=":material/grid_on:"):
            st.plotly_chart(
                charts.confusion_matrix(matrix(items)),
                key="batch_matrix",
                config=charts.PLOTLY_CONFIG,
                alt="How often each class was taken for each other one",
            )


def _mistakes(items: list[Item], most: int = 24) -> None:
    with st.container(horizontal=True, gap="small"):
        for item in items[:most]:
            answer = item.answer or {}
            with st.container(width=104, gap=None):
                said = answer["label"] if answer["is_garment"] else NONE
                st.image(answer["thumbnail"], alt=f"{item.name}, taken for {said}")
                st.caption(said)


def matrix(items: list[Item]) -> np.ndarray:
    """Counts (10, 10): what the names say against what the model says."""
    counts = np.zeros((10, 10), int)
    for item in items:
        truth = classes_in_name(item.name)
        if truth and item.answer:
            said = item.answer["label"]
            true = said if said in truth else truth[0]
            counts[CLASSES.index(true), CLASSES.index(said)] += 1
    return counts


def as_csv(items: list[Item]) -> str:
    """One line a picture, with all that is known of it."""
    text = io.StringIO()
    writer = csv.writer(text)
    head = ["file", "label", "confidence", "one_of", "is_garment", "garment_score", "your_label"]
    writer.writerow([*head, "right", "note", *CLASSES])
    for item in items:
        answer: dict[str, Any] = item.answer or {}
        right = is_right(item)
        writer.writerow(
            [
                _harmless(item.name),
                answer.get("label", ""),
                round(answer["confidence"], 4) if answer else "",
                "; ".join(answer.get("one_of", [])),
                answer.get("is_garment", ""),
                answer.get("garment", ""),
                item.label,
                "" if right is None else right,
                item.error,
                *answer.get("probabilities", [""] * 10),
            ]
        )
    return text.getvalue()


def _harmless(name: str) -> str:
    """A spreadsheet runs what begins like a formula."""
    return f"'{name}" if name[:1] in "=+-@\t\r" else name
