"""Fetch the official files from the public mirrors: with progress, resumed, verified.

What has arrived waits in `<name>.part` and becomes `<name>` only when its MD5 is the official
one, so a broken connection costs nothing and a wrong file is never found under the right name.
"""

import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fashion_model import verifying
from fashion_model.errors import FittingRoomError
from fashion_model.locks import Lock
from fashion_model.verifying import DataMissing, OfficialFile

MIRRORS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
)

TIMEOUT = 20.0  # seconds without an answer, or with too little of one, before giving up on it
SLOWEST = 2_000  # bytes a second; below this the next mirror is tried
ATTEMPTS = 10  # connections to one mirror for one file, as long as each brings something
PAUSE = 1.0  # seconds before connecting again
REPORT_EVERY = 0.2  # seconds between two calls of `progress`
CHUNK = 1 << 16


@dataclass(frozen=True)
class Progress:
    """How far the fetching is; the bytes are those of all files together."""

    file: str
    file_number: int  # from 1
    files: int
    bytes_done: int
    bytes_total: int
    mirror: str  # the host asked, or "" while another process fetches and this one waits


class _NextMirror(Exception):  # noqa: N818
    """This mirror will not give the file; the text says why, for the sentence at the end."""


class _Broken(Exception):  # noqa: N818
    """The connection broke; the same mirror may well go on where it stopped."""


def fetch_files(
    folder: Path,
    progress: Callable[[Progress], None] | None = None,
    mirrors: Sequence[str] = MIRRORS,
) -> None:
    """Bring the official files into `folder`, leaving alone those that are there and right.

    Two processes that fetch at once do it one after the other, so nothing is fetched twice.
    Raises DataMissing when no mirror has a file, FittingRoomError when it cannot be kept.
    """
    report = _Reporter(folder, progress)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder, report):
            for file in verifying.OFFICIAL_FILES:
                if not _is_there(folder / file.name, file):
                    giver = _fetch(file, folder / file.name, mirrors, report)
                    # Asked first for the next file, so that dead mirrors are waited for once.
                    mirrors = sorted(mirrors, key=lambda mirror: mirror != giver)
    except OSError as error:  # of the disk: those of the network have been dealt with below
        raise FittingRoomError(
            f"The data cannot be kept in {folder} ({error.strerror or error}): make room for "
            "100 MB there, or set FITTING_ROOM_CACHE to a folder that can be written."
        ) from error


class _Reporter:
    """Tells the caller how far it is, a few times a second."""

    def __init__(self, folder: Path, progress: Callable[[Progress], None] | None):
        self.folder, self.progress = folder, progress
        self.last = float("-inf")

    def __call__(self, file: OfficialFile, mirror: str, now: bool = False) -> None:
        if not self.progress or not (now or time.monotonic() - self.last >= REPORT_EVERY):
            return
        self.last = time.monotonic()
        files = verifying.OFFICIAL_FILES
        done = (_size(self.folder / f.name) or _size(_part(self.folder / f.name)) for f in files)
        total = sum(f.bytes for f in files)
        host = urlsplit(mirror).netloc
        number = files.index(file) + 1
        self.progress(Progress(file.name, number, len(files), min(sum(done), total), total, host))


def _alone(folder: Path, report: _Reporter) -> Lock:
    while not (lock := Lock.take(folder / "lock", wait=REPORT_EVERY)):
        report(verifying.OFFICIAL_FILES[0], mirror="")
    return lock


def _is_there(path: Path, file: OfficialFile) -> bool:
    return path.is_file() and not verifying.altered_files({path: file.md5})


def _fetch(file: OfficialFile, path: Path, mirrors: Sequence[str], report: _Reporter) -> str:
    """Bring one file from the first mirror that has it, and return that mirror."""
    path.unlink(missing_ok=True)  # a wrong one, else we would not be here
    reasons = []
    for mirror in mirrors:
        try:
            _fetch_from(mirror, file, _part(path), report)
        except _NextMirror as reason:
            reasons.append(f"{urlsplit(mirror).netloc} {reason}")
            continue
        os.replace(_part(path), path)
        report(file, mirror, now=True)
        return mirror
    raise DataMissing(
        f"{file.name} ({file.bytes:,} bytes, MD5 {file.md5}) could not be fetched "
        f"({'; '.join(reasons)}): check the connection and try again, what has arrived is kept; "
        "or download the four official files elsewhere and set FASHION_MNIST_DIR to their folder."
    )


def _fetch_from(mirror: str, file: OfficialFile, part: Path, report: _Reporter) -> None:
    """Complete and verify the part from one mirror, going on after a broken connection."""
    begun_elsewhere = _size(part) > 0
    report(file, mirror, now=True)
    for _ in range(ATTEMPTS):
        before = _size(part)
        broken = "sent too few bytes"
        if before < file.bytes:
            try:
                _append(mirror + file.name, file, part, lambda: report(file, mirror))
            except _Broken as error:
                broken = f"broke off ({error})"
        if _size(part) >= file.bytes:
            if verifying.md5_of_file(part) == file.md5:
                return
            part.unlink()
            if not begun_elsewhere:
                raise _NextMirror("sent other bytes than the official ones")
            begun_elsewhere = False  # the fault may lie in what was there before: once more, whole
        elif _size(part) <= before:
            raise _NextMirror(broken)
        else:
            time.sleep(PAUSE)
    raise _NextMirror(broken)


def _append(url: str, file: OfficialFile, part: Path, report: Callable[[], None]) -> None:
    """One connection: append to the part what is missing of it."""
    offset = _size(part)
    headers = {"User-Agent": "fitting-room"} | ({"Range": f"bytes={offset}-"} if offset else {})
    try:
        response = urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=TIMEOUT
        )
    except urllib.error.HTTPError as error:
        error.close()
        raise _NextMirror(f"answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _Broken(_why(error)) from error
    with response:
        if response.status != 206:
            offset = 0  # it ignored the range and sends the whole file
        _check_answer(response, file.bytes - offset)
        with part.open("ab") as out:
            out.truncate(offset)
            for chunk in _chunks(response):
                out.write(chunk)
                out.flush()
                report()
                if out.tell() > file.bytes:
                    return


def _check_answer(response: http.client.HTTPResponse, expected: int) -> None:
    """Refuse what cannot be the file before it takes the place of what has arrived already."""
    if response.headers.get_content_type() == "text/html":
        raise _NextMirror("sent a web page instead")
    length = response.headers.get("Content-Length")
    if length and length.isdigit() and int(length) != expected:
        raise _NextMirror(f"offered {int(length):,} bytes where {expected:,} were expected")


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """What the server sends, until it ends, breaks or gets too slow to wait for."""
    since, arrived = time.monotonic(), 0
    while True:
        try:
            chunk = response.read1(CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _Broken(_why(error)) from error
        if not chunk:
            return
        yield chunk
        arrived += len(chunk)
        if (seconds := time.monotonic() - since) >= TIMEOUT:
            if arrived < SLOWEST * seconds:
                raise _NextMirror("is too slow")
            since, arrived = time.monotonic(), 0


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"no answer for {TIMEOUT:g} seconds"
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
