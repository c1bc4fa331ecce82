"""Pictures that travel within the page.

Streamlit gives a picture an address of its own and forgets it at the next run; a browser that
is a stroke behind then asks for what is gone.
"""

from __future__ import annotations

import base64
import io

from PIL import Image

CRISP = 448  # pixels a side: sixteen for each of the 28, so that no browser blurs them


def inline(picture: Image.Image) -> str:
    """A picture as an address that holds it: photos as JPEG, all others exactly as they are."""
    kind = "jpeg" if picture.mode == "RGB" and max(picture.size) > 28 else "png"
    buffer = io.BytesIO()
    # A PNG packed as tightly as it can be takes longer to make than it saves on its way.
    picture.save(buffer, kind, **({"quality": 85} if kind == "jpeg" else {"compress_level": 1}))
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def crisp(picture: Image.Image, side: int = CRISP) -> Image.Image:
    """A tiny picture enlarged without smoothing, by a whole factor."""
    factor = max(1, side // max(picture.size))
    size = (picture.width * factor, picture.height * factor)
    return picture.resize(size, Image.Resampling.NEAREST)


def on_paper(picture: Image.Image, side: int) -> Image.Image:
    """A small copy without transparency."""
    small = picture.convert("RGBA")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small.getchannel("A"))
    return paper
