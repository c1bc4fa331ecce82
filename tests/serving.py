"""A mirror played by a real HTTP server on this computer, with the faults a test asks for."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Mirror:
    """Serves `files` (name -> bytes). `play` may replace the answer to a request.

    `play(answer, name, count)` is called for every request, with the count of requests for that
    name so far, and returns True when it has answered. `requests` keeps (name, Range header).
    """

    def __init__(self, files: dict[str, bytes], play: Callable[..., bool] | None = None):
        self.files, self.play = files, play
        self.requests: list[tuple[str, str | None]] = []
        self.address = ""

    def answer(self, handler: "Handler") -> None:
        name = handler.path.rpartition("/")[2]
        self.requests.append((name, handler.headers.get("Range")))
        count = sum(1 for asked, _ in self.requests if asked == name)
        if self.play and self.play(handler, name, count):
            return
        if name in self.files:
            handler.send(self.files[name])
        else:
            handler.send_error(404)


class Handler(BaseHTTPRequestHandler):
    mirror: Mirror

    def do_GET(self) -> None:
        self.mirror.answer(self)

    def send(
        self,
        body: bytes,
        ranges: bool = True,
        stop_after: int | None = None,
        kind: str = "application/octet-stream",
    ) -> None:
        """Send the body, or the part of it asked for; `stop_after` bytes, break the connection."""
        total, offset = len(body), 0
        if ranges and (asked := self.headers.get("Range")):
            offset = int(asked.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {offset}-{total - 1}/{total}")
        else:
            self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(total - offset))
        self.end_headers()
        self.wfile.write(body[offset:][:stop_after])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(files: dict[str, bytes], play: Callable[..., bool] | None = None) -> Iterator[Mirror]:
    """A mirror on a free port of this computer, gone when the block ends."""
    mirror = Mirror(files, play)
    handler = type("MirrorHandler", (Handler,), {"mirror": mirror})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    mirror.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run_apart(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: once Playwright has begun, this one has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
