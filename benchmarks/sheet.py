"""The pictures that went worst, beside what the model saw of them, as one HTML page."""

import base64
import html
import io
from pathlib import Path

from PIL import Image

WORST = 120


def write_sheet(folder: Path, found: list, prepared: list) -> None:
    """Write `index.html` into a folder that git ignores: the pictures are other people's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    wrong = [(f, p) for f, p in zip(found, prepared, strict=True) if not f.good]
    wrong.sort(key=lambda pair: -pair[0].confidence)
    figures = "".join(_figure(f, p) for f, p in wrong[:WORST])
    page = (
        "<!doctype html><meta charset=utf-8><title>The worst pictures</title>"
        "<style>body{font:13px system-ui}figure{display:inline-block;margin:6px;width:230px;"
        "vertical-align:top}img{height:84px;margin-right:2px;image-rendering:pixelated}</style>"
        f"<h1>{len(wrong)} wrong answers of {len(found)}, the surest first</h1>{figures}"
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def _figure(found, prepared) -> str:
    pictures = [found.sample.picture, *(Image.fromarray(view) for view in prepared.views[:2])]
    shown = "".join(f'<img src="{_data_url(picture)}">' for picture in pictures)
    said = found.label if found.is_garment else f"none ({found.label})"
    text = html.escape(f"{found.sample.group}/{found.sample.name} → {said}")
    return f"<figure>{shown}<figcaption>{text}, {found.confidence:.0%}</figcaption></figure>"


def _data_url(picture: Image.Image) -> str:
    small = picture.convert("RGB")
    small.thumbnail((112, 112))
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
