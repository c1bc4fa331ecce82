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


def in_square(picture: Image.Image) -> str:
    """The same in the middle of a square with nothing around it.

    The browser draws the square: a photo with see-through edges would have to be a PNG, which
    takes ten times as long to make as a JPEG, and five times the room.
    """
    width, height = picture.size
    side = max(width, height)
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<image href="{inline(picture)}" x="{(side - width) / 2}" y="{(side - height) / 2}" '
        f'width="{width}" height="{height}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def crisp(picture: Image.Image, side: int = CRISP) -> Image.Image:
    """A tiny picture enlarged without smoothing, by a whole factor."""
    factor = max(1, side // max(picture.size))
    size = (picture.width * factor, picture.height * factor)
    return picture.resize(size, Image.Resampling.NEAREST)


def on_paper(picture: Image.Image, side: int) -> Image.Image:
    """A small copy without transparency."""
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.HAMMING)
    small = small.convert("RGBA")
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small.getchannel("A"))
    return paper
