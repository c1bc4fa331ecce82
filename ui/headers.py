"""What every answer of the server tells the browser not to do.

As strict as Streamlit lets it be: its styles are written into the page, and its components arrive
as `blob:` scripts. Nothing is loaded from elsewhere, no text becomes a script, and no other page
may hold this one in a frame.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def security_headers() -> dict[str, str]:
    """The headers, by name."""
    return {
        "Content-Security-Policy": "; ".join(f"{of} {what}" for of, what in _sources().items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), clipboard-read=(self), clipboard-write=(self), "
        "geolocation=(), microphone=(), payment=(), usb=()",
    }


def _sources() -> dict[str, str]:
    """From where the browser may take what."""
    return {
        "default-src": "'none'",
        "script-src": f"'self' blob: {_streamlits_own_scripts()}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' blob:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def _streamlits_own_scripts() -> str:
    """The scripts that Streamlit's page holds itself, by their hashes; another one does not run."""
    scripts = INLINE_SCRIPT.findall(INDEX.read_text(encoding="utf-8"))
    hashes = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower(): value for name, value in security_headers().items()}
                kept = [pair for pair in message["headers"] if pair[0].decode().lower() not in own]
                added = [(name.encode(), value.encode()) for name, value in own.items()]
                message["headers"] = [*kept, *added]
            await send(message)

        return await self.app(scope, receive, with_headers)
