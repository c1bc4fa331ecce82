"""How a run went, epoch by epoch: loss and accuracy, alone and against others."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from fashion_model.charts.look import DASHES, EARLIER, MODEL, RUNS, blank, typed, value_axis


def loss_curve(
    epochs: Sequence[dict],
    batches: Sequence[dict] = (),
    under: Sequence[dict] | None = None,
    total: int | None = None,
) -> go.Figure:
    """Training and validation loss by epoch.

    `epochs` and `batches` are events of a run's history, of the latter the running epoch's are
    drawn as a fine line; `under` are the epochs of an earlier run, laid beneath. `total` epochs
    give the axis its length from the start.
    """
    return _curve("loss", epochs, batches, under, total)


def accuracy_curve(
    epochs: Sequence[dict],
    batches: Sequence[dict] = (),
    under: Sequence[dict] | None = None,
    total: int | None = None,
) -> go.Figure:
    """Training and validation accuracy by epoch; arguments as for `loss_curve`."""
    return _curve("accuracy", epochs, batches, under, total)


def overlaid_curves(runs: Mapping[str, Sequence[dict]], measure: str = "val_accuracy") -> go.Figure:
    """One curve a run: title -> its epochs. `measure` is a key of the epoch events."""
    shown = [event[measure] for epochs in runs.values() for event in epochs]
    word = "accuracy" if measure.endswith("accuracy") else "loss"
    part = "Validation" if measure.startswith("val_") else "Training"
    longest = max((event["epoch"] for epochs in runs.values() for event in epochs), default=1)
    figure = blank(
        360,
        legend=True,
        xaxis=_epoch_axis(longest),
        yaxis=value_axis(word, shown) | {"title": f"{part} {word}"},
        hovermode="closest",
        uirevision=measure,
    )
    for i, (title, epochs) in enumerate(runs.items()):
        line = {"color": RUNS[i % len(RUNS)], "dash": DASHES[i % len(DASHES)], "width": 2.5}
        figure.add_scatter(**_line(epochs, measure, title, line))
    return figure


def _curve(
    measure: str,
    epochs: Sequence[dict],
    batches: Sequence[dict],
    under: Sequence[dict] | None,
    total: int | None,
) -> go.Figure:
    running = _running(epochs, batches)
    # The first batches of all are far from where the curves will be: they set the axis only
    # until there is an epoch.
    known = [*epochs, *(under or [])]
    shown = [event[key] for event in known for key in (measure, f"val_{measure}")]
    epochs_so_far = max((event["epoch"] for event in [*known, *running]), default=1)
    figure = blank(
        320,
        legend=True,
        xaxis=_epoch_axis(max(epochs_so_far, total or 1)),
        yaxis=value_axis(measure, shown or [b[measure] for b in running]),
        hovermode="closest",
        uirevision=measure,
    )
    if under:
        # Beneath: thinner, grey, and first, so that the run's own lines cross over it.
        for key, name, dash in ((f"val_{measure}", "Earlier run", "solid"), (measure, "", "dot")):
            line = {"color": EARLIER, "dash": dash, "width": 1.5}
            figure.add_scatter(**_line(under, key, name, line), opacity=0.8)
    figure.add_scatter(
        x=[batch["epoch"] - 1 + batch["batch"] / batch["batches"] for batch in running],
        y=[batch[measure] for batch in running],
        mode="lines",
        line={"color": MODEL, "width": 1},
        opacity=0.85,
        text=[f"Epoch {batch['epoch']}, batch {batch['batch']:,}" for batch in running],
        hovertemplate=f"%{{text}}: %{{y:{_format(measure)}}}<extra></extra>",
        showlegend=False,
    )
    training = {"color": MODEL, "dash": "dot", "width": 1.5}
    figure.add_scatter(**_line(epochs, measure, "Training", training))
    validation = {"color": MODEL, "dash": "solid", "width": 2.5}
    figure.add_scatter(**_line(epochs, f"val_{measure}", "Validation", validation))
    best = [event for event in epochs if event.get("best")][-1:]
    figure.add_scatter(
        x=[event["epoch"] for event in best],
        y=[event[f"val_{measure}"] for event in best],
        mode="markers",
        name="Best epoch",
        marker={"symbol": "star", "size": 13, "color": MODEL},
        text=[f"Best epoch: {event['epoch']}" for event in best],
        hovertemplate=f"%{{text}}<br>validation {measure} %{{y:{_format(measure)}}}<extra></extra>",
        showlegend=bool(best),
    )
    return figure


def _running(epochs: Sequence[dict], batches: Sequence[dict]) -> list[dict]:
    """The batches of the epoch that has no result yet."""
    done = epochs[-1]["epoch"] if epochs else 0
    return [batch for batch in batches if batch["epoch"] > done]


def _line(epochs: Sequence[dict], measure: str, name: str, line: dict) -> dict:
    part = "validation" if measure.startswith("val_") else "training"
    word = measure.removeprefix("val_")
    name = typed(name)
    title = f"<b>{name}</b><br>" if name not in ("", "Training", "Validation") else ""
    return {
        "x": [event["epoch"] for event in epochs],
        "y": [event[measure] for event in epochs],
        # A single epoch would be invisible as a line.
        "mode": "lines" if len(epochs) > 1 else "markers",
        "name": name,
        "line": line,
        "marker": {
            "color": line["color"],
            "size": 8,
            "symbol": "circle-open" if part == "training" else "circle",
        },
        "hovertemplate": (
            f"{title}Epoch %{{x}}: {part} {word} %{{y:{_format(measure)}}}<extra></extra>"
        ),
        "showlegend": bool(name),
    }


def _format(measure: str) -> str:
    return ".1%" if measure.endswith("accuracy") else ".3f"


def _epoch_axis(longest: int) -> dict:
    return {
        "title": "Epoch",
        "range": [0, longest * 1.02],
        "tickformat": "d",
        "showgrid": False,
        "zeroline": False,
        "nticks": 8,
        **({"dtick": 1} if longest <= 8 else {}),
    }
