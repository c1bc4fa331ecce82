"""The command line: `python -m fashion_model COMMAND`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from .errors import FittingRoomError
from .locks import PASSED_LOCK
from .memory import start_anew_keeping_memory
from .priority import step_back
from .recipes import preset_names


def parser() -> argparse.ArgumentParser:
    """Every command, its arguments and its help."""
    root = argparse.ArgumentParser(
        prog="python -m fashion_model",
        description="Train, use and question a fashion classifier.",
        epilog="Runs are folders in models/, or in FITTING_ROOM_MODELS. The data is looked for in "
        "FASHION_MNIST_DIR, then in your cache, then fetched.",
    )
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, does: str, where: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=does, description=does[0].upper() + does[1:] + ".")
        added.add_argument("--json", action="store_true", help="print JSON alone")
        added.set_defaults(module=where, command=name)
        return added

    command("data", "check the data set, and fetch it where it is missing", "asking")

    train = command("train", "train a recipe and finish the run", "training")
    train.add_argument(
        "recipe", metavar="RECIPE", help=f"a TOML file or a preset: {', '.join(preset_names())}"
    )
    train.add_argument("--name", help="the run's name (default: made from the recipe's title)")
    train.add_argument("--epochs", type=int, help="the same as --set epochs=…")
    train.add_argument("--batch-size", type=int, help="the same as --set batch_size=…")
    train.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change a key of the recipe"
    )
    train.add_argument(
        "--photos",
        type=Path,
        metavar="DIR",
        help="your photos in folders named by class, for recipes with `everyday = true`",
    )

    resume = command("resume", "train on where a run ended, in the foreground", "training")
    resume.add_argument("run", metavar="RUN")
    stop = command("stop", "stop a run; its best weights so far are kept", "training")
    stop.add_argument("run", metavar="RUN")
    finish = command("finish", "make a run's network, answers and card anew", "training")
    finish.add_argument("run", metavar="RUN")

    command("runs", "list the runs", "asking")
    evaluate = command("evaluate", "answer the test set anew, or your own pictures", "asking")
    evaluate.add_argument("run", metavar="RUN")
    what = evaluate.add_mutually_exclusive_group()
    what.add_argument(
        "--folder", type=Path, metavar="DIR", help="your pictures, in folders named by class"
    )
    what.add_argument(
        "--mirrored",
        action="store_true",
        help="answer each test picture together with its mirror image: twice the work, a little "
        "more right",
    )
    classify = command("classify", "say what is in pictures: one answer a line", "asking")
    classify.add_argument("paths", nargs="+", type=Path, metavar="FILE-OR-FOLDER")
    classify.add_argument(
        "--model", metavar="RUN", help="default: everyday, else the best finished run"
    )
    classify.add_argument("--csv", type=Path, metavar="OUT", help="write a table as well")

    def question(name: str, does: str) -> argparse.ArgumentParser:
        asked = command(name, does, "why")
        asked.add_argument("file", type=Path, metavar="FILE")
        asked.add_argument(
            "--model", metavar="RUN", help="default: everyday, else the best finished run"
        )
        asked.add_argument(
            "--ready", action="store_true", help="it is 28 × 28 as models take it: change nothing"
        )
        return asked

    question("explain", "say what an answer hangs on, and what would change it")
    question("inside", "show what each layer of a network makes of a picture")
    similar = question("similar", "find the training pictures that are most alike to a model")
    similar.add_argument("--count", type=int, default=12, help="how many (default: 12)")
    features = command(
        "features", "prepare `similar`: what a model makes of all training pictures", "why"
    )
    features.add_argument("run", metavar="RUN")

    robust = command("robustness", "how a run does on altered pictures", "questioning")
    robust.add_argument("run", metavar="RUN")
    drawn = command("map", "lay the test pictures out by what a run makes of them", "questioning")
    drawn.add_argument("run", metavar="RUN")
    doubts = command(
        "doubts", "labels a run doubts, and pictures that are there twice", "questioning"
    )
    doubts.add_argument("run", metavar="RUN")
    doubts.add_argument("--most", type=int, default=100, help="labels a file (default: 100)")
    labels = command("labels", "what was decided about labels", "questioning")
    labels.add_argument("--csv", type=Path, metavar="OUT", help="write a table as well")
    trust = command("trust", "how sure a run is, and when to ask a person", "questioning")
    trust.add_argument("run", metavar="RUN")
    trust.add_argument(
        "--right",
        type=float,
        default=0.98,
        metavar="SHARE",
        help="how much of what is kept must be right on the validation part (default: 0.98)",
    )
    trust.add_argument(
        "--below",
        type=int,
        metavar="PERCENT",
        help="ask below this confidence, whatever --right says",
    )
    trust.add_argument(
        "--level",
        type=float,
        default=0.9,
        metavar="SHARE",
        help="how often a list of labels must hold the right one (default: 0.9)",
    )

    describe = command("describe", "a recipe's layers, and how long an epoch takes", "training")
    describe.add_argument("recipe", metavar="RECIPE")
    export = command("export", "write a run's network for use elsewhere", "training")
    export.add_argument("run", metavar="RUN")
    export.add_argument(
        "--format", required=True, choices=("keras", "litert", "onnx", "saved_model")
    )
    export.add_argument("--out", required=True, metavar="PATH")
    return root


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the answer is its exit code."""
    given = parser().parse_args(arguments)
    module = importlib.import_module(f".commands.{given.module}", __package__)
    try:
        return getattr(module, given.command)(given)
    except FittingRoomError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Broken off.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read us has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    if PASSED_LOCK in os.environ:  # the app started this, and somebody may be using it
        step_back()
    if sys.argv[1:2] in (["train"], ["resume"], ["describe"]):
        start_anew_keeping_memory()
    sys.exit(main())
