"""What is this, and how does the chosen model do?"""

import numpy as np
import streamlit as st

from fashion_model.data import data_status
from fashion_model.evaluation import Report
from fashion_model.runs import Run
from ui import address, data_needed, opened, words
from ui.gallery import gallery
from ui.model import chosen_run
from ui.stored import dataset_or_none, report_of

NEXT = (
    ("classify", "add_a_photo", "Try it on your own picture", "A photo, the camera or a drawing."),
    ("confusions", "apps", "See where it goes wrong", "Every number opens to its pictures."),
    ("train", "model_training", "Train your own", "A small network learns in a minute or two."),
)


def page() -> None:
    st.title("Train, use and question a fashion classifier")
    st.markdown(
        "It sorts pictures of garments into ten classes. It works on your own picture, and every "
        "number on the screen opens to the pictures behind it."
    )
    run = chosen_run()
    if run is None:
        st.info("There is no trained model yet: train one, it takes a minute or two.")
    else:
        the_model(run)
    some_pictures(run)
    what_next()
    the_data()


def the_model(run: Run) -> None:
    result = run.result or {}
    st.subheader(words.titled(run))
    st.caption(_how(run))
    with st.grid(4, min_column_width=150):
        st.metric(
            "Test pictures right",
            words.percent(result["test_accuracy"]),
            words.interval(result["test_interval"]),
            delta_color="off",
            delta_arrow="off",
            border=True,
            help="Of pictures it never saw; below, where the truth lies 19 times in 20.",
        )
        st.metric(
            "Parameters",
            words.short(result["parameters"]),
            f"{words.size(run.network_file.stat().st_size)} on disk",
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
        st.metric(
            "One answer",
            f"{result['answer_ms']:.2g} ms",
            f"{result['test_images_per_second']:,.0f} a second",
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
        st.metric(
            "Trained for",
            words.duration(result["train_seconds"]),
            words.ago(run.created),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    with st.container(horizontal=True):
        address.link("confusions", "Its mistakes", "apps")
        address.link("compare", "Against the other models", "balance")
        worst = result["worst_class"]
        address.link("confusions", f"Hardest for it: {worst}", "search", true=worst)


def _how(run: Run) -> str:
    """What it is and how it came to be, in a line."""
    about = run.recipe.about or f"A model of the kind {run.recipe.kind}."
    epochs = (run.result or {}).get("epochs_trained")
    trained = f"Trained for {words.count(epochs, 'epoch')}" if epochs else "Trained"
    pictures = (run.history.start or {}).get("train_pictures")
    on = f" on {pictures:,} pictures" if pictures else ""
    hardware = (run.result or {}).get("hardware", "")
    return words.plain(f"{about.rstrip('.')}. {trained}{on}, {hardware}.")


def some_pictures(run: Run | None) -> None:
    """One picture of every class and the mistakes it was surest of, with what the model says."""
    data = dataset_or_none()
    if data is None:
        return
    report = report_of(run) if run else None
    if report is not None and len(report.labels) != len(data.test.labels):
        report = None
    indices = _examples(data.test.labels, report)
    st.subheader("What it says of real pictures" if report else "What the pictures look like")
    tiles = [opened.tile(data.test, index, report) for index in indices]
    gallery(
        data.test.images[indices],
        tiles,
        key="examples",
        label="Test pictures with what the model says of them",
        on_open=opened.open_picture,
    )
    opened.show_opened(run, [tile.id for tile in tiles])


def _examples(labels: np.ndarray, report: Report | None, mistakes: int = 4) -> list[int]:
    firsts = [int(np.flatnonzero(labels == c)[0]) for c in np.unique(labels)]
    if report is None:
        return firsts
    wrong = np.flatnonzero(~report.right)
    surest = wrong[np.argsort(-report.confidence[wrong], kind="stable")]
    return firsts + [int(index) for index in surest if index not in firsts][:mistakes]


def what_next() -> None:
    st.subheader("Three things to do next")
    for column, (name, icon, title, words_) in zip(st.columns(3), NEXT, strict=True):
        with column.container(border=True, height="stretch"):
            address.link(name, title, icon)
            st.caption(words_)


def the_data() -> None:
    status = data_status()
    st.subheader("The pictures")
    if status.ready:
        st.caption(
            "Fashion-MNIST is here, checked and complete: 55,000 pictures to learn from, 5,000 to "
            "choose by, 10,000 for the last word."
        )
        address.link("browse", "Browse all of them", "grid_view")
    else:
        data_needed.offer("The Fashion-MNIST pictures are not here yet.")


page()
