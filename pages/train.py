"""Train: choose a recipe, start, watch it learn, and see what became of it."""

import streamlit as st

from fashion_model.rules import rules
from fashion_model.runs import Run, list_runs
from ui import address, data_needed, live_run, recipe_form, run_result, start_panel, words

BADGES = {
    "queued": ("Waiting", "hourglass_top", "gray"),
    "training": ("Training", "autorenew", "blue"),
    "stopped": ("Stopped", "stop_circle", "orange"),
    "finished": ("Finished", "check_circle", "green"),
    "failed": ("Failed", "error", "red"),
}


def one_run(run: Run) -> None:
    state = run.state
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(words.titled(run), width="content", anchor=False)
        word, icon, colour = BADGES[state]
        st.badge(word, icon=f":material/{icon}:", color=colour)
    st.caption(f"{words.plain(_kind(run))} · made {words.ago(run.created)}")
    if state in ("queued", "training"):
        live_run.controls(run)
        live_run.watch(run)
    else:
        run_result.show_result(run)
    with st.expander("Its recipe", icon=":material/receipt_long:"):
        st.code(run.recipe.to_toml(), language="toml")
    st.button("Train another", icon=":material/add:", key="train_another", on_click=_new)


def _kind(run: Run) -> str:
    return run.recipe.about or f"Kind: {run.recipe.kind}"


def _new() -> None:
    address.write(run=None, start=None)


def new_run() -> None:
    st.title("Train a model")
    if failed := st.session_state.pop("_start_failed", None):
        st.error(failed, icon=":material/error:")
    _at_work()
    if not rules().training:
        st.info("On this server nothing is trained: choose one of its models, and use it.")
        return
    data_needed.or_stop("Training needs the Fashion-MNIST pictures.")
    left, right = st.columns([3, 2], gap="large")
    with left:
        recipe = recipe_form.recipe_form(st.query_params.get("start"))
    with right:
        start_panel.start_panel(recipe)


def _at_work() -> None:
    """Trainings that are under way, so that a closed tab is no loss."""
    for run in list_runs():
        if run.working:
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                word, icon, colour = BADGES[run.state]
                st.badge(word, icon=f":material/{icon}:", color=colour)
                st.markdown(f"**{words.titled(run)}**")
                st.button(
                    "Watch it",
                    icon=":material/visibility:",
                    key=f"watch_{run.name}",
                    on_click=address.write,
                    kwargs={"run": run.name},
                )


asked = st.query_params.get("run")
watched = recipe_form.run_or_none(asked)
if asked and watched is None:
    st.title("Train a model")
    st.warning(
        f"There is no run called {words.plain(asked[:70])} any more: it was deleted or never "
        "there.",
        icon=":material/delete:",
    )
    st.button("Train a new one", icon=":material/add:", key="train_another", on_click=_new)
elif watched is not None:
    one_run(watched)
else:
    new_run()
