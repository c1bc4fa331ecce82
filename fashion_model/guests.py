"""What a visitor of the app may do with runs. Pages change nothing but through here.

On a public server a run belongs to the visitor who started it or brought it in. The run's folder
holds only a mark made from the visitor's id, because the id itself is all it takes to be them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from . import files, jobs
from .baskets import check_visitor
from .changing import delete_run, rename_run, undo_delete
from .derived import Derived
from .errors import FittingRoomError
from .recipes import Recipe
from .rules import rules
from .runs import Run, list_runs, runs_folder
from .sharing import import_run


@dataclass(frozen=True)
class Guest:
    """A visitor, by their id."""

    visitor: str

    @property
    def mark(self) -> str:
        """What stands in a run that is theirs; it does not tell the id."""
        return hashlib.sha256(f"owner {check_visitor(self.visitor)}".encode()).hexdigest()

    def owns(self, run: Run) -> bool:
        """Whether the run is theirs to change; where the server is not public, every run is."""
        return not rules().public or run.about.get("owner") == self.mark

    def start_training(
        self, recipe: Recipe, title: str | None = None, photos: Path | None = None
    ) -> Run:
        """A new run of theirs, training as soon as it is its turn."""
        self._check_training()
        self._check_room()
        return self._owned(jobs.start_training(recipe, title=title, photos=photos))

    def resume(self, run: Run) -> Run:
        """Train on where the run ended."""
        self._check(run, "resumed")
        self._check_training()
        return jobs.resume(run)

    def stop(self, run: Run) -> None:
        """Ask a run to stop, with its best weights so far."""
        self._check(run, "stopped")
        jobs.stop(run)

    def discard(self, run: Run) -> None:
        """Stop a run, if it works, and throw it away."""
        self._check(run, "discarded")
        jobs.discard(run)

    def rename(self, run: Run, title: str) -> None:
        """Give a run another title."""
        self._check(run, "renamed")
        rename_run(run, title)

    def delete(self, run: Run) -> str:
        """Put a run in the trash; the answer brings it back."""
        self._check(run, "deleted")
        return delete_run(run)

    def undo_delete(self, token: str) -> Run:
        """Bring a run of theirs back."""
        self._check(Run(runs_folder() / ".trash" / Path(token).name), "brought back")
        self._check_count()
        return undo_delete(token)

    def take_in(self, source: bytes | str | Path | BinaryIO) -> Run:
        """A run from a zip file, theirs from now on; its answers are made in a worker."""
        self._check_training()
        self._check_room()
        run = self._owned(import_run(source))
        jobs.finish(run)
        return run

    def work_out(self, derived: Derived) -> None:
        """Have something worked out about a run, anybody's; others may wait for it too."""
        jobs.work_out(derived, self.mark)

    def may_stop(self, derived: Derived) -> bool:
        """Whether they asked for it; where the server is not public, anybody may stop it."""
        return not rules().public or derived.owner == self.mark

    def stop_working_out(self, derived: Derived) -> None:
        """End it, with nothing kept."""
        if not self.may_stop(derived):
            raise FittingRoomError("Somebody else asked for this: only they can stop it.")
        derived.stop()

    def _owned(self, run: Run) -> Run:
        if rules().public:
            files.write_json(run.folder / "about.json", run.about | {"owner": self.mark})
        return run

    def _check(self, run: Run, what: str) -> None:
        if not self.owns(run):
            raise FittingRoomError(f"{run.title} belongs to somebody else and cannot be {what}.")

    def _check_training(self) -> None:
        if not rules().training:
            raise FittingRoomError(
                "Nothing is trained or brought in on this server: use the models it has."
            )

    def _check_room(self) -> None:
        """Whether there is a place and space for one more run."""
        self._check_count()
        most = rules().most_gigabytes
        if most is not None and files.bytes_below(runs_folder()) >= most * 1e9:
            raise FittingRoomError(
                f"The runs take all of the {most:g} GB that this server has for "
                "them: whoever keeps it has to make room."
            )

    def _check_count(self) -> None:
        """Whether this visitor may have one more run; what lies in the trash counts for nothing."""
        rule = rules()
        own = sum(not run.shipped and self.owns(run) for run in list_runs())
        if rule.most_runs is not None and own >= rule.most_runs:
            raise FittingRoomError(
                f"There are {own} runs, and this server keeps {rule.most_runs} for you: delete "
                "one first."
            )
