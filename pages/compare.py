"""Which model is better, and on which pictures?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from fashion_model import charts
from fashion_model.evaluation import Report, compare
from fashion_model.runs import Run, list_runs
from ui import address, comparing, data_needed, figures, housekeeping, opened, robust, words
from ui.gallery import gallery
from ui.model import chosen_run
from ui.stored import dataset_or_none, report_of

MEASURES = {"val_accuracy": "Validation accuracy", "val_loss": "Validation loss"}
CURVES_AT_MOST = 6  # more cannot be told apart
AT_ONCE = 60


def page() -> None:
    runs = list_runs()
    st.title("Which model is better?")
    housekeeping.said()
    if not runs:
        st.info("There is no model yet: train one, it takes a minute or two.")
        address.link("train", "Train a model", "model_training")
    else:
        the_answer(runs)
        table(runs)
        measured = [run for run in runs if run.usable and report_of(run)]
        if len(measured) > 1:
            side_by_side(measured)
        else:
            st.caption("With a second trained model, the two can be held side by side.")
        curves(runs)
    st.subheader("Keep, give, take")
    housekeeping.keep(runs)


def the_answer(runs: list[Run]) -> None:
    measured = [run for run in runs if run.result]
    if not measured:
        st.markdown(f"{words.count(len(runs), 'model')}, none of them measured yet.")
        return
    best = max(measured, key=lambda run: run.result["test_accuracy"])
    st.markdown(
        f"Of {words.count(len(runs), 'model')}, **{words.titled(best)}** gets the most test "
        f"pictures right: {words.percent(best.result['test_accuracy'])} "
        f"({words.interval(best.result['test_interval'])})."
    )


def table(runs: list[Run]) -> None:
    number = st.column_config.NumberColumn
    st.dataframe(
        [comparing.row(run) for run in runs],
        hide_index=True,
        height="content",
        key="runs",
        placeholder="–",
        on_select=_rows_chosen,
        selection_mode="multi-row",
        column_config={
            "Model": st.column_config.TextColumn(pinned=True),
            "Test accuracy": number(format="%.1f %%"),
            "Macro F1": number(format="%.3f"),
            "Parameters": number(format="localized"),
            "Size, MB": number(format="%.1f"),
            "Training, s": number(format="%.0f"),
            "Answer, ms": number(format="%.2f"),
            "Made": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
        },
        alt="All models with their measures",
    )
    if len([run for run in runs if run.usable]) > 1:
        st.caption("Tick two models to hold them side by side; a click on a heading sorts.")


def _rows_chosen() -> None:
    rows = st.session_state["runs"]["selection"]["rows"]
    runs = list_runs()
    names = [runs[row].name for row in rows if row < len(runs) and runs[row].usable]
    if len(names) == 2:
        address.write(a=names[0], b=names[1], which=None, picture=None)


def side_by_side(runs: list[Run]) -> None:
    """Any two models: what differs in their recipes, and where one is right and one is wrong."""
    st.subheader("Two side by side")
    by_name = {run.name: run for run in runs}
    chosen = chosen_run()
    first = chosen.name if chosen and chosen.name in by_name else runs[0].name
    others = [run for run in runs if run.name != first]
    second = max(others, key=lambda run: run.result["validation_accuracy"]).name
    columns = st.columns(2)
    names = []
    for column, key, default in zip(columns, "ab", (first, second), strict=True):
        with column:
            names.append(
                address.choice(
                    st.selectbox,
                    f"Model {key.upper()}",
                    list(by_name),
                    key,
                    default,
                    format_func=lambda name: by_name[name].title,
                    clears=("picture",),
                )
            )
    a, b = (by_name[name] for name in names)
    if a == b:
        st.info("These are the same model: choose another for one of them.")
        return
    reports = report_of(a), report_of(b)
    if not np.array_equal(reports[0].labels, reports[1].labels):
        st.warning("These two were measured on different pictures and cannot be compared.")
        return
    comparison = compare(*reports)
    st.markdown(comparing.verdict(a, b, comparison))
    _recipes(a, b)
    walls = [_disagreements(a, b, *reports, comparison)]
    st.subheader("Which bears more?")
    walls.append(robust.robustness([a, b]))
    if dataset_or_none() is not None:
        name = st.query_params.get("picture")
        wall = next((wall for wall in walls if wall and name in wall), None)
        opened.show_opened(a, wall, other=b)


def _recipes(a: Run, b: Run) -> None:
    rows = comparing.recipe_differences(a.recipe, b.recipe)
    if not rows:
        st.caption("Their recipes are the same, but for their names.")
        return
    with st.expander(f"{words.count(len(rows), 'difference')} between their recipes"):
        st.dataframe(
            rows,
            hide_index=True,
            height="content",
            column_config={"key": "Key", "a": f"A: {a.title}", "b": f"B: {b.title}", "help": "Is"},
            alt="What differs between the two recipes",
        )


def _disagreements(a: Run, b: Run, of_a: Report, of_b: Report, comparison) -> list[str]:
    """The wall of pictures that only one, neither or both get right; the answer are its names."""
    labels = {
        "only_a": f"Only A right · {comparison.only_a:,}",
        "only_b": f"Only B right · {comparison.only_b:,}",
        "neither": f"Neither · {comparison.neither:,}",
        "both": f"Both · {comparison.both:,}",
    }
    which = address.choice(
        st.segmented_control,
        "Who is right",
        list(comparing.WHICH),
        "which",
        "only_a",
        format_func=labels.get,
        label_visibility="collapsed",
        required=True,
        clears=("picture",),
    )
    places = comparing.where(of_a, of_b, which)
    data = dataset_or_none()
    if data is None:
        data_needed.offer("The numbers are stored with the models, the pictures are not.")
        return []
    if len(data.test.labels) != len(of_a.labels):
        st.warning("These models were measured on other pictures than the ones that are here.")
        return []
    if not len(places):
        st.caption("There is no such picture.")
        return []
    shown = places[:AT_ONCE]
    tiles = [comparing.tile(data.test, int(place), of_a, of_b) for place in shown]
    if len(shown) < len(places):
        st.caption(f"The {len(shown)} clearest of {len(places):,}.")
    with st.container(height=420, border=False):
        gallery(
            data.test.images[shown],
            tiles,
            key="compared_wall",
            label=labels[which],
            on_open=opened.open_picture,
            size="large",
        )
    return [tile.id for tile in tiles]


def curves(runs: list[Run]) -> None:
    """How they learned, one over the other."""
    trained = [run for run in runs if run.history.epochs]
    if not trained:
        return
    st.subheader("How they learned")
    titles = {run.name: run.title for run in trained}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "Models",
            list(titles),
            default=list(titles)[:CURVES_AT_MOST],
            format_func=lambda name: titles.get(name, name),
            max_selections=CURVES_AT_MOST,
            key="curves_of",
        )
        measure = st.segmented_control(
            "Measure",
            list(MEASURES),
            default="val_accuracy",
            format_func=MEASURES.get,
            key="curves_measure",
            required=True,
        )
    shown = [run for run in trained if run.name in chosen]
    if shown:
        figures.show(
            charts.overlaid_curves(_by_title(shown), measure),
            key="overlaid_curves",
            alt=f"{MEASURES[measure]} by epoch of {', '.join(titles[run.name] for run in shown)}",
        )


def _by_title(runs: list[Run]) -> dict[str, list[dict]]:
    """Epochs by title; the name is added where two share a title."""
    titles = [run.title for run in runs]
    return {
        run.title if titles.count(run.title) == 1 else f"{run.title} ({run.name})": (
            run.history.epochs
        )
        for run in runs
    }


page()
