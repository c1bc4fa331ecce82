"""Many visitors at once: real sessions over websockets, each with photos of its own.

python -m benchmarks.load [--visitors 50] [--answers 10] [--every 12] [--watch 120] [--no-training]

Every visitor brings 12-megapixel photos, one every so many seconds, and is told what they are; then
all browse, and watch the training that goes on all the time. What they are told is compared with
what the library says of the same photo. Needs the data (FASHION_MNIST_DIR). Prints a table.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import shutil
import statistics
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import websockets
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fashion_model import jobs
from fashion_model.baskets import Basket, new_visitor
from fashion_model.classifier import Classifier
from fashion_model.data import open_dataset
from fashion_model.pictures import answer_picture, open_picture, prepare
from fashion_model.recipes import load_recipe
from fashion_model.runs import Run, runs_folder
from tests.browser.conftest import App

SIZE = (3024, 4032)
NOT_ONE = "This does not look like one of the ten"
ANEW = ForwardMsg.FINISHED_EARLY_FOR_RERUN
SESSIONS_LAST = 150  # seconds until a visitor who is gone is forgotten, and a little


@dataclass
class Tally:
    """What all visitors met."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Visitor:
    """A browser, as far as the server can tell."""

    def __init__(self, address: str, tally: Tally):
        self.address, self.tally = address, tally
        self.session = ""

    async def __aenter__(self) -> Visitor:
        url = f"ws://{self.address}/_stcore/stream"
        self.socket = await websockets.connect(
            url, subprotocols=["streamlit"], max_size=None, ping_timeout=None
        )
        health = f"http://{self.address}/_stcore/health"
        cookie = (await asyncio.to_thread(urllib.request.urlopen, health)).headers["Set-Cookie"]
        self.token = cookie.partition("=")[2].partition(";")[0]
        return self

    async def __aexit__(self, *_) -> None:
        await self.socket.close()

    async def visit(
        self, page: str, query: str = "", *states: WidgetState, fragment: str = ""
    ) -> None:
        """Run a page, and keep what it shows."""
        message = BackMsg()
        asked = message.rerun_script
        asked.page_name, asked.query_string, asked.fragment_id = page, query, fragment
        asked.is_auto_rerun = bool(fragment)
        asked.widget_states.widgets.extend(states)
        if not fragment:
            self.headings, self.uploader, self.buttons, self.again = [], "", {}, ""
        await self._send(message)
        while True:  # until it is shown: a page that begins anew at once has not ended yet
            self._keep(told := await self._next())
            if told.WhichOneof("type") == "script_finished" and told.script_finished != ANEW:
                return

    async def _send(self, message: BackMsg) -> None:
        await self.socket.send(message.SerializeToString())

    async def _next(self) -> ForwardMsg:
        told = ForwardMsg()
        told.ParseFromString(await asyncio.wait_for(self.socket.recv(), 300))
        return told

    def _keep(self, told: ForwardMsg) -> None:
        if told.WhichOneof("type") == "new_session":
            self.session = told.new_session.initialize.session_id or self.session
        elif told.WhichOneof("type") == "auto_rerun":
            self.again = told.auto_rerun.fragment_id
        elif told.WhichOneof("type") == "delta":
            element = told.delta.new_element
            kind = element.WhichOneof("type")
            if kind == "heading":
                self.headings.append(element.heading.body)
            elif kind == "file_uploader":
                self.uploader = element.file_uploader.id
            elif kind == "button":
                self.buttons[element.button.label] = element.button.id
            elif kind == "exception" or (kind == "alert" and element.alert.format == 1):
                self.tally.errors.append(str(element)[:300])

    async def ask(self, name: str, photo: bytes, right: str) -> None:
        """Bring a photo, read what it is said to be, and take it away again."""
        begun = time.perf_counter()
        self.headings = []
        await self.visit("classify", "", await self._uploaded(name, photo))
        self.tally.seconds.append(time.perf_counter() - begun)
        if right not in self.headings:
            self.tally.wrong.append(f"{name}: {right} expected, {self.headings} read")
            return
        remove = WidgetState(id=self.buttons["Remove this picture"], trigger_value=True)
        await self.visit("classify", "", remove)

    async def _uploaded(self, name: str, photo: bytes) -> WidgetState:
        message = BackMsg()
        message.file_urls_request.request_id = name
        message.file_urls_request.session_id = self.session
        message.file_urls_request.file_names.append(name)
        await self._send(message)
        while (told := await self._next()).WhichOneof("type") != "file_urls_response":
            self._keep(told)
        [urls] = told.file_urls_response.file_urls
        await asyncio.to_thread(self._put, urls.upload_url, name, photo)
        state = WidgetState(id=self.uploader)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(photo), urls.file_id
        info.file_urls.CopyFrom(urls)
        return state

    def _put(self, path: str, name: str, photo: bytes) -> None:
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'
        headers = {
            "Content-Type": "multipart/form-data; boundary=b",
            "Cookie": f"_streamlit_xsrf={self.token}",
            "X-Xsrftoken": self.token,
        }
        url = f"http://{self.address}/{path.lstrip('/')}"
        body = head.encode() + photo + b"\r\n--b--\r\n"
        request = urllib.request.Request(url, body, headers, method="PUT")
        urllib.request.urlopen(request, timeout=120).close()


def photo_of(number: int) -> bytes:
    """A 12-megapixel photo of a garment: another one for each number."""
    garment = open_dataset().test.images[number]
    random = np.random.default_rng(number)
    paper = Image.fromarray(255 - garment).resize((1512, 1512), Image.Resampling.BICUBIC)
    sheet = Image.new("L", (SIZE[0] // 2, SIZE[1] // 2), 250)
    sheet.paste(paper, (0, 252))
    noisy = np.asarray(sheet, np.int16) + random.integers(-4, 5, sheet.size[::-1], np.int16)
    picture = Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).resize(SIZE).convert("RGB")
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def told_by_the_library(photo: bytes, classifier: Classifier, folder: Path) -> str:
    """What a visitor has to read: the same photo, kept small as a basket keeps it, answered."""
    basket = Basket(folder / new_visitor())
    item = basket.opened(basket.add("photo.jpg", photo), open_picture(photo))
    answer = answer_picture(classifier, prepare(basket.picture(item)))
    return answer.label if answer.is_garment else NOT_ONE


async def everybody(
    address: str,
    photos: list[list[tuple[bytes, str]]],
    watch: float,
    run: str = "",
    every: float = 0,
) -> Tally:
    """All visitors at once; the answer is what they met.

    Each brings a photo `every` so many seconds, or as soon as there is an answer to the last;
    they do not all come in the same second.
    """
    tally = Tally()

    async def one(number: int) -> None:
        try:
            begun = time.monotonic() + every * number / len(photos)
            await asyncio.sleep(max(0, begun - time.monotonic()))
            async with Visitor(address, tally) as visitor:
                await visitor.visit("classify")
                for turn, (photo, right) in enumerate(photos[number]):
                    await visitor.ask(f"{number}-{turn}.jpg", photo, right)
                    await asyncio.sleep(max(0, begun + every * (turn + 1) - time.monotonic()))
                await visitor.visit("browse", f"part=test&page={number + 1}")
                await visitor.visit("train", f"run={run}" if run else "")
                until = time.monotonic() + watch
                while time.monotonic() < until:
                    await asyncio.sleep(1)
                    if visitor.again:
                        await visitor.visit("train", f"run={run}", fragment=visitor.again)
        except Exception as error:
            tally.errors.append(f"visitor {number}: {error!r}"[:300])

    await asyncio.gather(*(one(number) for number in range(len(photos))))
    return tally


def brought(visitors: int, answers: int, run: Run, folder: Path) -> list[list[tuple[bytes, str]]]:
    """For each visitor photos of their own, each with what is right."""
    classifier = Classifier.open(run)
    photos = []
    for number in range(visitors):
        own = [photo_of(number * answers + turn) for turn in range(answers)]
        photos.append([(photo, told_by_the_library(photo, classifier, folder)) for photo in own])
    return photos


def megabytes(process: int) -> float:
    """What a process holds in memory."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--visitors", type=int, default=50)
    options.add_argument("--answers", type=int, default=10)
    options.add_argument("--every", type=float, default=12)
    options.add_argument("--watch", type=float, default=120)
    options.add_argument("--no-training", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = App(folder / "models", folder / "cache")
        shutil.copytree(runs_folder() / "everyday", app.models / "everyday")
        photos = brought(given.visitors, given.answers, Run(app.models / "everyday"), folder)
        app.start()
        os.environ |= {"FITTING_ROOM_MODELS": str(app.models)}
        endless = load_recipe("cnn").replaced(epochs=1000, patience=0)
        run = None if given.no_training else jobs.start_training(endless)
        try:
            address = f"127.0.0.1:{app.port}"
            asyncio.run(everybody(address, [photos[0][:1]], 0))  # what is loaded once is loaded
            before = megabytes(app.process.pid)
            name = run.name if run else ""
            tally = asyncio.run(everybody(address, photos, given.watch, name, given.every))
            most = megabytes(app.process.pid)
            time.sleep(SESSIONS_LAST)
            after = megabytes(app.process.pid)
        finally:
            if run:
                jobs.discard(run)
            app.stop()
    slowest = float(np.percentile(tally.seconds, 95))
    print("| what | target | measured |\n|---|---|---|")
    for row in (
        ("visitors, answers each", "50, 10", f"{given.visitors}, {given.answers}"),
        ("seconds between two photos of a visitor", "", f"{given.every:.0f}"),
        ("errors", "0", len(tally.errors)),
        ("answers that were not the visitor's own", "0", len(tally.wrong)),
        ("an answer, median", "", f"{statistics.median(tally.seconds):.2f} s"),
        ("an answer, 95th percentile", "5 s", f"{slowest:.2f} s"),
        ("the web process, with everybody there", "", f"{most:.0f} MB"),
        ("grown, when they are gone", "100 MB", f"{after - before:+.0f} MB"),
    ):
        print(f"| {' | '.join(map(str, row))} |")
    for line in (tally.errors + tally.wrong)[:5]:
        print(f"\n{line}")


if __name__ == "__main__":
    main()
