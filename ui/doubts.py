"""Labels to doubt, looked through one by one: keep, relabel or drop; and pictures twice."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from fashion_model import charts, reviewing
from fashion_model.classes import CLASSES
from fashion_model.data import Dataset
from fashion_model.derived import Arrays, Derived
from fashion_model.doubting import ALIKE, FILES, Doubts
from fashion_model.evaluation import Report
from fashion_model.rules import rules
from fashion_model.runs import Run
from ui import address, words
from ui.downloads import file_button
from ui.gallery import Tile, gallery
from ui.inline import crisp
from ui.named import Picture, find
from ui.stepping import step_through
from ui.stored import dataset_or_none
from ui.working_out import worked_out

OFFER = (
    "Which labels does **{}** find hard to believe? Every training picture is answered by a "
    "classifier that did not see it, and all 70,000 are compared with each other. This takes some "
    "minutes, and is done once."
)
WHERE = {"train": "Training labels", "test": "Test labels", "twice": "There twice"}
AT_ONCE = 40


class Twice(NamedTuple):
    """Pictures that are there twice, two that belong together one after the other."""

    names: list[str]
    labels: list[str]
    apart: list[float]  # greys of 255
    same: int  # pairs that differ in nothing at all
    across: int  # pairs of a training and a test picture
    odd: int  # pairs with two different labels; they come first


class Found(NamedTuple):
    """What the worker found, made ready to be looked through once for all visitors."""

    doubts: dict[str, Doubts]
    twice: Twice


@st.cache_resource(max_entries=3, show_spinner=False)
def _found(path: str, changed: int, _arrays: Arrays) -> Found:
    doubts = {file: Doubts.from_arrays(_arrays, file) for file in FILES}
    return Found(doubts, _pairs(_arrays["pairs"], _arrays["differ"], doubts))


def _pairs(pairs: np.ndarray, differ: np.ndarray, doubts: dict[str, Doubts]) -> Twice:
    # The labels of both files in one row, to be found by file and number.
    row = np.concatenate([doubts[file].labels for file in FILES])
    begins = np.array([0, len(doubts[FILES[0]].labels)])
    given = row[begins[pairs[:, ::2]] + pairs[:, 1::2]]
    odd = given[:, 0] != given[:, 1]
    order = np.lexsort((differ, ~odd))
    names = [f"{FILES[file]}-{number}" for file, number in pairs[order].reshape(-1, 2)]
    return Twice(
        names,
        [CLASSES[label] for label in given[order].ravel()],
        differ[order].repeat(2).tolist(),
        same=int((differ == 0).sum()),
        across=int((pairs[:, 0] != pairs[:, 2]).sum()),
        odd=int(odd.sum()),
    )


def doubts(run: Run, report: Report) -> list[str]:
    """Draw it. Its pictures open here, to be decided about, and not over the page."""
    arrays = worked_out(run, "doubts", OFFER.format(words.titled(run)), "Look for them")
    data = dataset_or_none()
    if arrays is None or data is None:
        return []
    path = Derived(run, "doubts").path
    found = _found(str(path), path.stat().st_mtime_ns, arrays)
    where = address.choice(
        st.segmented_control, "Where", list(WHERE), "doubts", "train", format_func=WHERE.get,
        label_visibility="collapsed", required=True, clears=("doubt", "picture"),
    )  # fmt: skip
    decisions = reviewing.decided()
    if where == "twice":
        names, tiles = _twice(found.twice, decisions)
    else:
        names, tiles = _doubted(run, where, found.doubts[where], decisions)
    if names:
        _one_by_one(names, data, found.doubts, decisions)
        shown = _around(names, st.query_params.get("doubt"))
        pictures = [find(name, data) for name in names[shown]]
        if all(pictures):
            gallery(
                np.stack([one.part.images[one.index] for one in pictures]),
                tiles(shown),
                key="doubts_wall",
                label=WHERE[where],
                on_open=lambda name: address.write(doubt=name),
                opened=st.query_params.get("doubt"),
            )
    _what_was_decided(decisions)
    return []


def _doubted(run: Run, file: str, found: Doubts, decisions: dict):
    order, suggested = found.order, found.suggested
    names = [f"{file}-{place}" for place in order]
    done = sum(name in decisions for name in names)
    how = (
        "by a classifier on its features that did not see them"
        if file == "train"
        else "by its own answers"
    )
    share = charts.percent(len(order) / len(found.labels), 1)
    st.markdown(
        f"{words.titled(run)} doubts **{len(order):,}** of {len(found.labels):,} labels "
        f"({share}), {how}; {done:,} of them are decided "
        "about. The least likely come first. People disagree about these garments too: a doubted "
        "label is a place to look, and no mistake yet."
    )

    def tiles(shown: slice) -> list[Tile]:
        return [
            _tile(
                name,
                CLASSES[found.labels[place]],
                f"→ {CLASSES[suggested[place]]}",
                decisions,
            )
            for name, place in zip(names[shown], order[shown], strict=True)
        ]

    return names, tiles


def _twice(twice: Twice, decisions: dict):
    """The pairs as a wall in which two that belong together stand side by side."""
    names, labels, apart, same, across, odd = twice
    st.markdown(
        f"**{words.count(len(names) // 2, 'pair')}** of pictures are the same or differ by less "
        f"than {ALIKE:.0f} greys of 255: {same:,} in nothing at all. {across:,} are of a training "
        f"and a test picture, and {odd:,} have two different labels; these come first."
    )

    def tiles(shown: slice) -> list[Tile]:
        return [
            _tile(name, label, f"{by:.1f} greys apart", decisions)
            for name, label, by in zip(names[shown], labels[shown], apart[shown], strict=True)
        ]

    return names, tiles


def _tile(name: str, given: str, note: str, decisions: dict) -> Tile:
    made = decisions.get(name)
    if made:
        note = {"keep": "kept", "drop": "dropped"}.get(made.decision, f"now {made.label}")
    return Tile(name, given, f"Picture {name}, labelled {given}: {note}", None, note)


def _around(names: list[str], chosen: str | None) -> slice:
    """The pictures on the wall: a page of them, that of the chosen one."""
    page = names.index(chosen) // AT_ONCE if chosen in names else 0
    return slice(page * AT_ONCE, (page + 1) * AT_ONCE)


def _one_by_one(names: list[str], data: Dataset, found: dict[str, Doubts], decisions: dict) -> None:
    """The chosen picture, else the first that nobody has decided about."""
    undecided = [name for name in names if name not in decisions]
    asked = st.query_params.get("doubt")
    name = asked if asked in names else (undecided or names)[0]
    picture = find(name, data)
    if picture is None:
        return
    number = int(name.partition("-")[2])
    one = found[name.partition("-")[0]]
    with st.container(border=True, key="the_doubt"):
        left, right = st.columns([1, 3], gap="medium")
        with left:
            st.image(
                crisp(Image.fromarray(picture.part.images[picture.index])),
                width="stretch",
                alt=f"Picture {name}, labelled {CLASSES[picture.true]}",
            )
        with right:
            _told(name, picture, one, number, decisions)
            _deciding(name, picture, int(one.suggested[number]), names, decisions)


def _told(name: str, picture: Picture, one: Doubts, number: int, decisions: dict) -> None:
    best = int(one.probabilities[number].argmax())
    st.markdown(
        f"**{name}** is labelled **{CLASSES[picture.true]}**, which is "
        f"{charts.percent(float(one.likely[number]), 1)} probable; most probable is "
        f"**{CLASSES[best]}** with {charts.percent(float(one.probabilities[number, best]), 1)}."
    )
    if made := decisions.get(name):
        said = {"keep": "kept as it is", "drop": "dropped"}
        st.caption(f"Decided: {said.get(made.decision, f'it is a {made.label}')}.")


def _deciding(
    name: str, picture: Picture, suggested: int, names: list[str], decisions: dict
) -> None:
    if rules().public:
        st.caption("This server is public, so nothing is decided about labels here.")
        return
    given = CLASSES[picture.true]
    here = names.index(name)
    later = [other for other in names[here + 1 :] if other not in decisions]

    def decide(decision: str, label: str = "") -> None:
        reviewing.decide(name, given, decision, label)
        address.write(doubt=(later or [name])[0])

    others = [label for label in CLASSES if label != given]
    first = CLASSES[suggested] if CLASSES[suggested] != given else others[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            f"Keep {given}", key="doubt_keep", icon=":material/check:",
            on_click=decide, args=("keep",),
        )  # fmt: skip
        label = st.selectbox(
            "It is rather a", others, index=others.index(first), key=f"rather-{name}", width=160
        )
        st.button(
            "Relabel", key="doubt_relabel", icon=":material/edit:", type="primary",
            on_click=decide, args=("relabel", label),
        )  # fmt: skip
        st.button(
            "Drop it", key="doubt_drop", icon=":material/delete:", on_click=decide, args=("drop",)
        )
    step_through(names, name, lambda goal: address.write(doubt=goal), key="doubt")


def _what_was_decided(decisions: dict) -> None:
    if not decisions:
        return
    kinds = [one.decision for one in decisions.values()]
    st.caption(
        f"Decided about {words.count(len(kinds), 'label')}: {kinds.count('keep'):,} kept, "
        f"{kinds.count('relabel'):,} changed, {kinds.count('drop'):,} dropped. The data stays as "
        "it is; a training uses them where you say so (on the Train page, under Data)."
    )
    with st.container(horizontal=True):
        if not rules().public:
            st.button("Undo the last", key="doubt_undo", icon=":material/undo:", on_click=_undo)
        file_button("Decisions as CSV", "labels.csv", lambda: reviewing.as_csv(reviewing.decided()))


def _undo() -> None:
    undone = reviewing.undo()
    if undone:
        address.write(doubt=undone.picture)
