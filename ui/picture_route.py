"""Pictures of the data set by address, for components that show one of thousands.

`/picture/test-43.png` is what the map shows where a point is hovered.
"""

from __future__ import annotations

import io

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from fashion_model.data import open_dataset
from fashion_model.errors import FittingRoomError
from ui.named import find

FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}  # a name means the same picture for ever


async def picture_file(request: Request) -> Response:
    """The picture of this name, as it is; 404 where there is none, or no data."""
    return await run_in_threadpool(_answer, request.path_params["name"])


def _answer(name: str) -> Response:
    try:
        data = open_dataset()
    except FittingRoomError:
        return Response(status_code=404)
    if (picture := find(name, data)) is None:
        return Response(status_code=404)
    file = io.BytesIO()
    Image.fromarray(picture.part.images[picture.index]).save(file, "PNG")
    return Response(file.getvalue(), media_type="image/png", headers=FOR_A_DAY)
