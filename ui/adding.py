"""The ways a picture comes in: files, a folder, the camera, the clipboard."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlparse

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from fashion_model.baskets import Basket
from ui import address
from ui.failing import said_in_a_toast

LARGEST = 40  # MB, as much as is opened
WAYS = {"files": "Photos", "folder": "A folder", "camera": "Camera", "paste": "Paste"}
ICONS = {
    "files": "add_photo_alternate",
    "folder": "drive_folder_upload",
    "camera": "photo_camera",
    "paste": "content_paste",
}

_PASTE = st.components.v2.component(
    "fitting_room_paste",
    html="""
<div id="field" tabindex="0" role="button" aria-label="Paste a picture from the clipboard">
  Click here, then press Ctrl + V (⌘ V on a Mac)
</div>
""",
    css="""
#field {
  padding: 1.6rem; text-align: center; cursor: pointer; font-family: var(--st-font);
  color: var(--st-text-color); background: var(--st-secondary-background-color);
  border: 1px dashed var(--st-border-color); border-radius: var(--st-base-radius);
}
#field:focus { outline: 2px solid var(--st-primary-color); }
""",
    js="""
export default function ({ parentElement, setTriggerValue }) {
  const field = parentElement.querySelector("#field")
  const idle = field.textContent
  const say = (text) => {
    field.textContent = text
    setTimeout(() => { field.textContent = idle }, 4000)
  }
  const send = async (blob) => {
    // A screenshot can have many megabytes; what is looked at has at most 1600 pixels a side.
    const bitmap = await createImageBitmap(blob)
    const scale = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height))
    const canvas = document.createElement("canvas")
    canvas.width = Math.max(1, Math.round(bitmap.width * scale))
    canvas.height = Math.max(1, Math.round(bitmap.height * scale))
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    setTriggerValue("pasted", canvas.toDataURL("image/png"))
  }
  field.onpaste = (event) => {
    event.preventDefault()
    const found = [...event.clipboardData.items].find((item) => item.type.startsWith("image/"))
    if (found) send(found.getAsFile())
    else say("There is no picture on the clipboard.")
  }
  field.onclick = async () => {
    if (!navigator.clipboard?.read) return // then the keys are the way
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((name) => name.startsWith("image/"))
        if (type) return send(await item.getType(type))
      }
      say("There is no picture on the clipboard.")
    } catch { field.focus() }
  }
}
""",
)


def add_pictures(basket: Basket) -> None:
    """Draw the ways in; what comes is in the basket when this returns."""
    way = st.segmented_control(
        "Where from",
        list(WAYS),
        default="files",
        required=True,
        key="way_in",
        format_func=lambda way: f":material/{ICONS[way]}: {WAYS[way]}",
        label_visibility="collapsed",
    )
    if way == "camera":
        _camera(basket)
    elif way == "paste":
        _paste(basket)
    else:
        _files(basket, folder=way == "folder")


@dataclass
class Uploads:
    """What an uploader gave so far; changed in one go, where nothing can break in."""

    taken: set[str] = field(default_factory=set)  # the files by their numbers
    rounds: int = 0


def _files(basket: Basket, folder: bool) -> None:
    # Files that are in the basket need not stay in memory as well: a new limit is, as documented,
    # a new uploader, and that empties it.
    uploads = st.session_state.setdefault("_uploads", Uploads())
    key = "upload_folder" if folder else "upload"
    files = st.file_uploader(
        "A folder of photos" if folder else "Photos, as many as you like",
        accept_multiple_files="directory" if folder else True,
        max_upload_size=LARGEST + uploads.rounds % 2,
        key=key,
        on_change=_uploaded,
        args=(basket, key, uploads),
        help="JPEG, PNG, WebP, HEIC (iPhone), AVIF, GIF, BMP or TIFF, up to 40 MB each. Name a "
        "folder or a file after a class, as in “dress/1.jpg”, and the answers are checked.",
    )
    if take(basket, files, uploads):  # a click elsewhere broke in before they were taken
        address.write(picture=None)
        st.rerun()


def _uploaded(basket: Basket, key: str, uploads: Uploads) -> None:
    """Before the page is drawn, so that it is drawn once."""
    if take(basket, st.session_state[key], uploads):
        address.write(picture=None)


def take(basket: Basket, files: Iterable[UploadedFile], uploads: Uploads) -> bool:
    """Put what is new into the basket, each file once: a browser may tell of it again."""
    new = [file for file in files if file.file_id not in uploads.taken]
    if not new:
        return False
    uploads.taken.update(file.file_id for file in new)
    uploads.rounds += 1
    with said_in_a_toast():
        for file in new:
            basket.add(file.name, file.getvalue())
    return True


def _camera(basket: Basket) -> None:
    place = urlparse(st.context.url or "")
    if place.scheme == "http" and place.hostname not in ("localhost", "127.0.0.1", "::1", None):
        st.info(
            "A browser gives its camera only to pages with HTTPS, or to localhost. Take a photo "
            "with the camera app and choose it under Photos.",
            icon=":material/no_photography:",
        )
        return
    photo = st.camera_input("Take a photo", key="camera")
    if photo is not None:
        _add_once(basket, "Camera photo.jpg", photo.getvalue())


def _paste(basket: Basket) -> None:
    pasted = _PASTE(key="paste", on_pasted_change=lambda: None).pasted
    if pasted:
        try:
            content = base64.b64decode(pasted.partition(",")[2], validate=True)
        except binascii.Error:
            return
        _add_once(basket, "Pasted picture.png", content)


def _add_once(basket: Basket, name: str, content: bytes) -> None:
    """Add what a widget still shows only when it is new."""
    mark = hashlib.sha256(content).hexdigest()
    if st.session_state.get("_added_last") == mark:
        return
    st.session_state["_added_last"] = mark
    with said_in_a_toast():
        item = basket.add(name, content)
        address.write(picture=item.number)
        st.rerun()
