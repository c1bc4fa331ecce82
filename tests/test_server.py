"""The server as strangers meet it: a real process, asked over HTTP and a websocket."""

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import websockets
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from fashion_model.data import store_decoded
from tests.making import small_arrays
from tests.serving import run_apart
from tests.waiting import until
from ui.headers import security_headers

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Its address; it has the small data. Ended by the last test, as an administrator ends it."""
    folder = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITTING_ROOM_CACHE", str(folder / "cache"))
        store_decoded(small_arrays())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {"FITTING_ROOM_MODELS": str(folder), "FITTING_ROOM_CACHE": str(folder / "cache")}
    folders["FASHION_MNIST_DIR"] = ""
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    options = [f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command + options, cwd=PROJECT, env=os.environ | folders, stdout=log, stderr=log
        )
    address = f"127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            return asked(address, "/health")[0] == 200
        except OSError:
            return False

    until(answers)
    yield address, process, folder / "log"
    process.kill()
    process.wait()


def asked(address: str, path: str, method: str = "GET", **headers: str):
    """(status, headers, body) of an answer, also of one that refuses."""
    request = urllib.request.Request(f"http://{address}{path}", method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.mark.parametrize("path", ["/", "/train", "/health", "/_stcore/health", "/nothing.js"])
def test_every_answer_carries_the_security_headers(server, path):
    headers = asked(server[0], path)[1]
    for name, value in security_headers().items():
        assert headers.get_all(name) == [value]


def test_the_policy_lets_no_text_become_a_script_and_nothing_come_from_elsewhere():
    policy = dict(
        part.strip().split(" ", 1)
        for part in security_headers()["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert policy["script-src"].count("'sha256-") == 1  # Streamlit's own, and no other
    assert not any("http" in sources or "*" in sources for sources in policy.values())


def test_its_health_says_that_it_answers_and_nothing_of_the_computer(server):
    status, _, body = asked(server[0], "/health")
    assert (status, set(json.loads(body))) == (200, {"status", "data"})


def test_a_picture_has_an_address(server, small_dataset):
    status, headers, body = asked(server[0], "/picture/test-7.png")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    picture = np.asarray(Image.open(io.BytesIO(body)))
    np.testing.assert_array_equal(picture, small_dataset.test.images[7])
    for name in ("test-999999", "train-", "test-7/../8", "..%2f..%2fetc%2fpasswd", "%00"):
        assert asked(server[0], f"/picture/{name}.png")[0] in (400, 404)


def test_an_upload_from_another_site_is_refused(server):
    status, _, _ = asked(server[0], "/_stcore/upload_file/a/b", "PUT", Origin="http://evil.test")
    assert status == 403


def test_a_page_of_another_site_gets_no_websocket(server):
    async def knock():
        address = f"ws://{server[0]}/_stcore/stream"
        async with websockets.connect(address, origin="http://evil.test") as socket:
            await socket.recv()

    with pytest.raises((websockets.InvalidStatus, websockets.ConnectionClosed)):
        run_apart(knock())


def test_paths_lead_nowhere_else(server):
    for path in ("/../fashion_model/__init__.py", "/media/../../etc/passwd", "/%2e%2e/README.md"):
        status, _, body = asked(server[0], path)
        assert status >= 400 or b'<div id="root">' in body  # Streamlit's page, and no file


def test_the_settings_that_protect_visitors_are_on():
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["enableXsrfProtection"] is True
    assert settings["server"]["enableCORS"] is True
    assert settings["server"]["maxUploadSize"] <= 64
    assert not settings["server"].get("enableStaticServing")


def test_it_stops_gracefully_while_somebody_is_there(server):  # the last: it ends the server
    address, process, log = server

    async def stay():
        url = f"ws://{address}/_stcore/stream"
        async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as socket:
            message = BackMsg()
            message.rerun_script.query_string = ""
            await socket.send(message.SerializeToString())
            told = ForwardMsg()
            while told.WhichOneof("type") != "script_finished":
                told.ParseFromString(await asyncio.wait_for(socket.recv(), 60))
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            while process.poll() is None and time.monotonic() - begun < 30:
                await asyncio.sleep(0.05)
            return time.monotonic() - begun

    assert run_apart(stay()) < 30
    assert process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in log.read_text()
