"""One picture of the basket: its answer, the steps to it, and what the visitor may turn."""

from __future__ import annotations

from typing import Any

import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import st_canvas

from fashion_model.baskets import Basket, Item
from fashion_model.kept import LABELS, Kept, keeping_allowed
from fashion_model.runs import Run
from ui import answering, answers, failing, questions, words
from ui.inline import inline

POLARITIES = {
    "auto": "Decide for me",
    "light on dark": "Light on dark",
    "dark on light": "Dark on light",
}
CROPPER = 320  # the longest side of the photo a box is drawn on; fits a phone


def show_picture(basket: Basket, item: Item, run: Run) -> None:
    """Draw everything about one picture."""
    picture = basket.picture(item)
    prepared = answering.prepared_of(basket, item)
    answer = item.answer or {}
    said, original, seen = st.columns([5, 3, 3], gap="medium")
    with said:
        answers.verdict(answer, (run.result or {}).get("conformal_level", 0.9))
        answers.chart(answer, key=f"chart_{item.number}")
    with original:
        st.image(
            inline(_turned(picture, item)),
            caption=words.plain(shortened(item.name)),
            width="stretch",
            alt=f"Your picture {item.name}",
        )
    with seen:
        answers.seen(prepared)
    _really_a(basket, item, picture)
    view = "steps" if prepared.blank else questions.choose("steps", "Steps")
    if view != "steps":
        with failing.one_sentence():
            questions.show_own(view, prepared, answer, run, "the picture")
        return
    st.markdown("**From your picture to what the model sees**")
    answers.stages(prepared)
    turning = st.expander(
        "Not prepared well? Turn it yourself",
        icon=":material/tune:",
        key="turning",
        on_change="rerun",  # so that what is in it is made for those who look
    )
    if turning.open:
        with turning:
            _choices(basket, item, picture, run)


def _choices(basket: Basket, item: Item, picture: Image.Image, run: Run) -> None:
    """Turn, invert, keep the background, choose a part; every change is answered at once."""
    number = item.number

    def change(**changes: Any) -> None:
        current = basket.item(number)
        if current:
            changed = basket.change(current, choices=current.choices | changes)
            answering.answer_item(basket, changed, run)

    turns = item.choices.get("quarter_turns", 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for by, name, icon in ((-1, "Turn left", "rotate_left"), (1, "Turn right", "rotate_right")):
            st.button(
                name,
                icon=f":material/{icon}:",
                key=f"{icon}_{number}",
                on_click=change,
                kwargs={"quarter_turns": (turns + by) % 4, "crop": None},
            )
        key = f"polarity_{number}"
        st.session_state[key] = item.choices.get("polarity", "auto")
        st.segmented_control(
            "The picture is",
            list(POLARITIES),
            key=key,
            required=True,
            format_func=POLARITIES.get,
            on_change=lambda: change(polarity=st.session_state[key]),
        )
        keep = f"background_{number}"
        st.session_state[keep] = item.choices.get("background") == "keep"
        st.toggle(
            "Keep the background",
            key=keep,
            on_change=lambda: change(background="keep" if st.session_state[keep] else "remove"),
        )
        st.button(
            "As it was",
            icon=":material/restart_alt:",
            key=f"reset_{number}",
            disabled=not item.choices,
            on_click=change,
            kwargs={"crop": None, "quarter_turns": 0, "polarity": "auto", "background": "remove"},
        )
    _crop(item, picture, change)


def _crop(item: Item, picture: Image.Image, change: Any) -> None:
    """A box drawn on the photo chooses one garment of several; two sliders do the same."""
    number = item.number
    turned = _turned(picture, item)
    scale = CROPPER / max(turned.size)
    width, height = (max(1, round(side * scale)) for side in turned.size)
    crop = item.choices.get("crop") or (0.0, 0.0, 1.0, 1.0)
    across, down = f"across_{number}", f"down_{number}"
    st.session_state[across] = (round(100 * crop[0]), round(100 * crop[2]))
    st.session_state[down] = (round(100 * crop[1]), round(100 * crop[3]))

    def slid() -> None:
        (left, right), (top, bottom) = st.session_state[across], st.session_state[down]
        if right > left and bottom > top:
            whole = (left, top, right, bottom) == (0, 0, 100, 100)
            change(crop=None if whole else [left / 100, top / 100, right / 100, bottom / 100])

    st.caption("Several garments? Draw a box around the one you mean.")
    photo, sliders = st.columns(2, gap="large")
    with photo:
        drawn = st_canvas(
            drawing_mode="rect",
            background_image=turned.resize((width, height)),
            width=width,
            height=height,
            stroke_width=2,
            stroke_color="#d6336c",
            fill_color="rgba(214, 51, 108, 0.08)",
            initial_drawing=_box(crop, width, height) if item.choices.get("crop") else None,
            key=f"crop_{number}_{item.choices.get('quarter_turns', 0)}",
        )
        box = last_box(drawn.json_data, width, height)
        if box and box != st.session_state.get("_last_box") and _differs(box, crop):
            st.session_state["_last_box"] = box
            change(crop=box)
            st.rerun()
    with sliders:
        st.slider("From left to right, %", 0, 100, key=across, on_change=slid)
        st.slider("From top to bottom, %", 0, 100, key=down, on_change=slid)


def last_box(drawing: dict | None, width: int, height: int) -> list[float] | None:
    """The box that was drawn last, as fractions; None for none, or for a slip of the hand."""
    boxes = [shape for shape in (drawing or {}).get("objects", []) if shape.get("type") == "Rect"]
    if not boxes:
        return None
    box = boxes[-1]
    wide, high = box["width"] * box.get("scaleX", 1), box["height"] * box.get("scaleY", 1)
    left = box["left"] - {"center": wide / 2, "right": wide}.get(box.get("originX"), 0)
    top = box["top"] - {"center": high / 2, "bottom": high}.get(box.get("originY"), 0)
    if wide < 0.03 * width or high < 0.03 * height:
        return None
    edges = (left / width, top / height, (left + wide) / width, (top + high) / height)
    return [round(min(max(edge, 0.0), 1.0), 3) for edge in edges]


def _box(crop: tuple[float, ...], width: int, height: int) -> dict[str, Any]:
    left, top, right, bottom = crop
    return {
        "objects": [
            {
                "type": "Rect",
                "left": left * width,
                "top": top * height,
                "width": (right - left) * width,
                "height": (bottom - top) * height,
                "originX": "left",
                "originY": "top",
                "fill": "rgba(214, 51, 108, 0.08)",
                "stroke": "#d6336c",
                "strokeWidth": 2,
            }
        ]
    }


def _differs(box: list[float], crop: tuple[float, ...]) -> bool:
    return max(abs(one - other) for one, other in zip(box, crop, strict=True)) > 0.01


def _turned(picture: Image.Image, item: Item) -> Image.Image:
    return picture.rotate(-90 * item.choices.get("quarter_turns", 0), expand=True)


def shortened(name: str, most: int = 28) -> str:
    """A file's name without its folders, and without its middle if it is long."""
    name = name.replace("\\", "/").rpartition("/")[2]
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 2 :]}"


def _really_a(basket: Basket, item: Item, picture: Image.Image) -> None:
    """The visitor's own word on it, kept for them alone."""
    key, number = f"really_{item.number}", item.number

    def named() -> None:
        label, current = st.session_state[key] or "", basket.item(number)
        if current is None:
            return
        basket.change(current, label=label)
        kept = Kept.of(basket.visitor)
        if not label:
            kept.undo(number)
        elif keeping_allowed():
            kept.keep(picture, label, number)
            st.toast(f"Kept as {label}.", icon=":material/bookmark_added:")

    st.session_state[key] = item.label or None
    st.selectbox(
        "It is really a …",
        LABELS,
        index=None,
        key=key,
        placeholder="Say what it is, if the answer is wrong",
        on_change=named,
        width=360,
        help="The picture and your label stay on the computer that runs this app, for you alone."
        if keeping_allowed()
        else "This server is public: your label is used on this page and not kept.",
    )
