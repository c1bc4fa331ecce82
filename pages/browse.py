"""Which pictures are there, and what does the model say of them?"""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from fashion_model.classes import CLASSES
from fashion_model.data import Part
from fashion_model.evaluation import Report
from fashion_model.runs import Run
from ui import address, data_needed, opened, words
from ui.filtering import RIGHT_OR_WRONG, SORTS, Filters, counts, matching, ordered
from ui.gallery import gallery
from ui.model import chosen_run
from ui.stored import dataset, report_of

PARTS = {"test": "Test set", "validation": "Validation set", "train": "Training set"}
A_PAGE = 60
ANY = "any"


def page() -> None:
    st.title("What do the pictures look like?")
    data_needed.or_stop("The Fashion-MNIST pictures are not here yet.")
    data, run = dataset(), chosen_run()
    name = address.read("part", list(PARTS), "test")
    part: Part = getattr(data, name)
    report = _report(run, part)
    answer, row, below = st.container(), st.container(key="filters"), st.container()
    with row:
        filters = controls(part, report)
    places = np.flatnonzero(matching(part.labels, report, filters))
    places = ordered(places, report, address.read("sort", list(SORTS), "stored"))
    with answer:
        the_answer(part, report, run, places, filters)
    with below:
        wall(part, report, run, places, filters)


def _report(run: Run | None, part: Part) -> Report | None:
    """What the run said of this part; nobody asks a model about what it learned from."""
    if run is None or part.name == "train":
        return None
    report = report_of(run, part.name)
    return report if report and len(report.labels) == len(part.labels) else None


def the_answer(
    part: Part, report: Report | None, run: Run | None, places: np.ndarray, filters: Filters
) -> None:
    of_what = PARTS[part.name].lower()
    said = str(filters)
    sentence = f"**{words.count(len(places), 'picture')}** of {len(part.labels):,} in the {of_what}"
    sentence += f": {said}." if said else "."
    if report is not None and len(places) and run is not None and not filters.answer:
        share = words.percent(report.right[places].mean())
        sentence += f" {words.titled(run)} gets {share} of them right."
    elif part.name == "train":
        sentence += " Models learn from these, so their answers would prove nothing."
    st.markdown(sentence)


def controls(part: Part, report: Report | None) -> Filters:
    """What the visitor wants to see, from the address and the slider; each filter with counts."""
    address.choice(
        st.segmented_control, "Part of the data", list(PARTS), "part", "test",
        format_func=PARTS.get, label_visibility="collapsed", required=True,
        clears=("predicted", "answer", "sort", "page", "picture"),
    )  # fmt: skip
    true = address.read("true", CLASSES)
    columns = st.columns([3, 3, 3, 3, 4], gap="small")
    if report is None:
        filters = Filters(true)
        with columns[0]:
            _class_filter("True class", "true", part, report, filters)
        return filters
    with columns[4]:  # first, because the counts depend on it
        low, high = _confidence()
    filters = Filters(
        true,
        address.read("predicted", CLASSES),
        address.read("answer", RIGHT_OR_WRONG),
        (low / 100, high / 100),
    )
    with columns[0]:
        _class_filter("True class", "true", part, report, filters)
    with columns[1]:
        _class_filter("The model says", "predicted", part, report, filters)
    with columns[2]:
        numbers = counts(part.labels, report, filters, "answer", RIGHT_OR_WRONG)
        _choice("Answer", "answer", RIGHT_OR_WRONG, numbers)
    with columns[3]:
        address.choice(
            st.selectbox, "Order", list(SORTS), "sort", "stored",
            format_func=SORTS.get, clears=("page", "picture"),
        )  # fmt: skip
    return filters


def _confidence() -> tuple[int, int]:
    """A range in per cent; it stands in the address, as `20-90`, but is no step back."""
    if "confidence" not in st.session_state:
        ends = st.query_params.get("confidence", "").split("-")
        sound = len(ends) == 2 and all(end.isdecimal() and len(end) < 4 for end in ends)
        asked = [min(int(end), 100) for end in ends] if sound else [0, 100]
        st.session_state["confidence"] = tuple(sorted(asked))
    low, high = st.slider(
        "Confidence",
        0,
        100,
        format="%d %%",
        key="confidence",
        help="How sure the model is of its answer, calibrated on the validation set.",
    )
    address.keep("confidence", None if (low, high) == (0, 100) else f"{low}-{high}")
    return low, high


def _class_filter(
    label: str, key: str, part: Part, report: Report | None, filters: Filters
) -> None:
    _choice(label, key, CLASSES, counts(part.labels, report, filters, key, CLASSES))


def _choice(label: str, key: str, options: tuple[str, ...], numbers: dict) -> None:
    def with_count(option: str) -> str:
        name = "Any" if option == ANY else option[0].upper() + option[1:]
        return f"{name} · {numbers[None if option == ANY else option]:,}"

    address.choice(
        st.selectbox,
        label,
        [ANY, *options],
        key,
        ANY,
        format_func=with_count,
        clears=("page", "picture"),
    )


def wall(
    part: Part, report: Report | None, run: Run | None, places: np.ndarray, filters: Filters
) -> None:
    if not len(places):
        st.info("No picture is like that: let one of the filters go.")
        st.button(
            "Show all pictures",
            icon=":material/filter_alt_off:",
            key="show_all",
            on_click=_show_all,
        )
        return
    pages = math.ceil(len(places) / A_PAGE)
    asked = st.query_params.get("page", "1")
    number = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 7 else 1
    shown = places[(number - 1) * A_PAGE : number * A_PAGE]
    tiles = [opened.tile(part, int(place), report) for place in shown]
    gallery(
        part.images[shown],
        tiles,
        key="browse_wall",
        label=f"Pictures of the {PARTS[part.name].lower()}, page {number} of {pages}",
        on_open=opened.open_picture,
    )
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            key = f"wall_page-{number}"  # a widget of its own for each, so that the address rules
            st.pagination(pages, default=number, key=key, on_change=_turn, args=(key,))
    opened.show_opened(run, [tile.id for tile in tiles])


def _turn(key: str) -> None:
    number = st.session_state[key]
    address.write(page=None if number == 1 else number, picture=None)


def _show_all() -> None:
    st.session_state["confidence"] = (0, 100)
    address.write(true=None, predicted=None, answer=None, page=None, picture=None)


page()
