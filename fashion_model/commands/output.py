"""How commands speak: words for people, or JSON alone; a bar where somebody watches."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from ..runs import Run


def put(value: Any, words: str, as_json: bool) -> None:
    """Print the answer: JSON on one line, or words."""
    print(json.dumps(value, ensure_ascii=False) if as_json else words, flush=True)


def table(rows: list[tuple], heads: tuple[str, ...]) -> str:
    """Rows in columns of even width."""
    cells = [heads, *[tuple(str(cell) for cell in row) for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


class Watcher:
    """Shows how a run trains, by reading what it writes down, as the app does too.

    A bar where somebody watches; a line an epoch in a worker's log; nothing where it is piped.
    """

    def __init__(self, run: Run, log: bool = False):
        self.run, self.log = run, log
        self.bar = sys.stderr.isatty() and not log
        self._shown, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watcher:
        if self.bar or self.log:
            self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        if self.bar:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def say(self, sentence: str) -> None:
        """Something that is not an epoch: waiting, saving, answering."""
        if self.bar or self.log:
            clear = "\r\x1b[K" if self.bar else ""
            print(f"{clear}{sentence}", file=sys.stderr, flush=True)

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self._show()
        self._show()

    def _show(self) -> None:
        history = self.run.history
        epochs = (history.start or {}).get("epochs", 0)
        for epoch in history.epochs[self._shown :]:
            self.say(
                f"Epoch {epoch['epoch']} of {epochs}: validation accuracy "
                f"{epoch['val_accuracy']:.2%}, loss {epoch['val_loss']:.3f}, "
                f"{epoch['seconds']:.0f} s"
            )
        self._shown = len(history.epochs)
        batch = history.last_batch
        if self.bar and batch:
            done = (batch["epoch"] - 1 + batch["batch"] / batch["batches"]) / epochs
            filled = round(30 * done)
            print(
                f"\r\x1b[K{'█' * filled}{'░' * (30 - filled)} epoch {batch['epoch']} of {epochs}, "
                f"accuracy {batch['accuracy']:.2%}, {batch['images_per_second']:,.0f} pictures a "
                f"second, {_minutes(batch['seconds_left'])} left",
                end="",
                file=sys.stderr,
                flush=True,
            )


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
