"""How robust is it? Curves of one or two runs; a point opens the altered pictures behind it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fashion_model import charts
from fashion_model.classes import CLASSES
from fashion_model.robustness import STRENGTHS, Robustness, alter, strength_words
from fashion_model.runs import Run
from ui import address, figures, words
from ui.gallery import Tile, gallery
from ui.named import name_of
from ui.opened import open_picture
from ui.stored import dataset_or_none
from ui.working_out import worked_out

OFFER = (
    "How does **{}** do when the pictures are shifted, turned, blurred, noisy, pale, inverted or "
    "partly covered? Answering 2,000 validation pictures at 35 strengths takes about a minute."
)
AT_ONCE = 60


def _take_clicks() -> None:
    """Put the point that was just clicked into the address, before the curves are drawn anew."""
    for kind in STRENGTHS:
        if clicked := figures.new_click(f"robust_{kind}"):
            which, step = clicked
            address.write(altered=f"{kind}-{step}", of=which or None, picture=None)


def robustness(runs: list[Run]) -> list[str]:
    """Draw it for one or two runs; the answer are the names of the pictures on its wall."""
    _take_clicks()
    arrays = [worked_out(run, "robustness", OFFER.format(words.titled(run))) for run in runs]
    if any(one is None for one in arrays):
        return []
    found = [Robustness.from_arrays(one) for one in arrays]
    chosen = _chosen()
    st.markdown(_verdict(runs, found))
    cells = st.grid(min_column_width=230, gap="small")
    for kind in STRENGTHS:
        with cells.container():
            marked = chosen[1] if chosen and chosen[0] == kind else None
            _figure(kind, runs, found, marked)
    size = len(found[0].labels)
    st.caption(
        f"On {size:,} validation pictures, as many of each class, so that the test set goes on "
        "choosing nothing; a sample, because each point is another pass over them. A point opens "
        "the pictures behind it." + (" A is the solid line, B the dashed one." * (len(runs) > 1))
    )
    if chosen is None:
        return []
    of = 1 if st.query_params.get("of") == "1" and len(runs) > 1 else 0
    return _wall(runs[of], found[of], *chosen)


def _chosen() -> tuple[str, int] | None:
    """The kind and the step that the address names."""
    kind, _, step = st.query_params.get("altered", "").partition("-")
    if kind in STRENGTHS and step.isdecimal() and int(step) <= len(STRENGTHS[kind][1]):
        return kind, int(step)
    return None


def _verdict(runs: list[Run], found: list[Robustness]) -> str:
    """Where it loses most, by the mean of each kind's strengths."""
    sentences = []
    for run, one in zip(runs, found, strict=True):
        means = {kind: float(np.mean(one.accuracy(kind)[1:])) for kind in STRENGTHS}
        worst, best = min(means, key=means.get), max(means, key=means.get)
        plain, high, low = (
            words.percent(share) for share in (one.accuracy(worst)[0], means[best], means[worst])
        )
        sentences.append(
            f"**{words.titled(run)}** gets {plain} right as they are. It bears {best} best "
            f"({high} on average over the strengths) and {worst} least ({low})."
        )
    return " ".join(sentences)


def _figure(kind: str, runs: list[Run], found: list[Robustness], marked: int | None) -> None:
    steps = [strength_words(kind, step) for step in range(len(STRENGTHS[kind][1]) + 1)]
    unit = STRENGTHS[kind][0].replace("{0} × {0}", "side in").replace("{}", "").strip()
    st.markdown(f"**{kind.capitalize()}** :gray[{unit.replace('°', 'degrees')}]")
    titles = [f"{letter}: {run.title}" for letter, run in zip("AB", runs, strict=False)]
    titles = titles if len(runs) > 1 else [runs[0].title]
    figures.show(
        charts.robustness_curve(
            {title: one.accuracy(kind) for title, one in zip(titles, found, strict=True)},
            steps,
            marked,
        ),
        key=f"robust_{kind}",
        on_select="rerun",
        selection_mode="points",
        alt=f"Accuracy under {kind}: "
        + "; ".join(
            f"{title} {', '.join(words.percent(share, 0) for share in one.accuracy(kind))}"
            for title, one in zip(titles, found, strict=True)
        ),
    )


def _wall(run: Run, found: Robustness, kind: str, step: int) -> list[str]:
    """The altered pictures of a point: those it now gets wrong first."""
    st.subheader(f"{kind.capitalize()}, {strength_words(kind, step)}")
    said = found.said(kind, step)
    lost = (found.plain == found.labels) & (said != found.labels)
    st.markdown(
        f"**{words.titled(run)}** gets {words.percent(float((said == found.labels).mean()))} "
        f"right; {words.count(int(lost.sum()), 'picture')} it recognised before, it now takes for "
        "something else. These come first."
    )
    st.button(
        "Close these",
        key="close_altered",
        icon=":material/close:",
        on_click=lambda: address.write(altered=None, of=None, picture=None),
    )
    data = dataset_or_none()
    if data is None or found.places.max() >= len(data.validation.labels):
        st.caption("The pictures it was measured on are not here.")
        return []
    order = np.argsort(~lost, kind="stable")[:AT_ONCE]
    pictures = data.validation.images[found.places]
    if step:
        pictures = _altered(pictures, kind, STRENGTHS[kind][1][step - 1])
    tiles = [_tile(data.validation, found, said, int(place)) for place in order]
    gallery(
        pictures[order],
        tiles,
        key="altered_wall",
        label=f"Pictures under {kind}, {strength_words(kind, step)}",
        on_open=open_picture,
    )
    return [tile.id for tile in tiles]


@st.cache_resource(max_entries=8, show_spinner=False)
def _altered(pictures: np.ndarray, kind: str, strength: float) -> np.ndarray:
    """All of them, also where few are shown: what becomes of one depends on its place."""
    return alter(pictures, kind, strength)


def _tile(part, found: Robustness, said: np.ndarray, place: int) -> Tile:
    name = name_of(part, int(found.places[place]))
    true, now = CLASSES[found.labels[place]], CLASSES[said[place]]
    right = true == now
    about = f"Picture {name}, altered: {true}, {'recognised' if right else f'taken for {now}'}"
    return Tile(name, true, about, right, "" if right else f"→ {now}")
