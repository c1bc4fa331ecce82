"""What people typed is read as it was typed, and is never markup."""

import ast
from pathlib import Path

import pytest

from ui.words import JOINER, plain

PROJECT = Path(__file__).parent.parent.parent
PAGES = sorted([*(PROJECT / "ui").rglob("*.py"), *(PROJECT / "pages").glob("*.py")])
# What Streamlit shows as it is, and what goes to no screen.
AS_IT_IS = {"alt", "format_func", "label", "column_config"}
FOR_A_FIGURE = {"titles", "_by_title"}  # what is made here goes to charts, which see to it


@pytest.mark.parametrize(
    "typed",
    [
        "**bold** and _thin_ and ~~gone~~ and `code`",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1)) ![y](http://e.org/y.png)",
        ":red[danger] $x^2$ # one 1. two",
        "a | b \\ c & d",
    ],
)
def test_every_mark_loses_its_meaning(typed):
    shown = plain(typed)
    assert (
        shown.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\").replace(JOINER, "")
        == typed
    )
    for place, letter in enumerate(shown):
        if letter in "*_~`<[$#|&":
            assert shown[place - 1] == "\\"


@pytest.mark.parametrize(
    "typed",
    ["https://e.org", "www.e.org", "me@e.org", ":material/home:", ":smile:", "a -> b", "a -- b"],
)
def test_what_is_looked_for_in_the_finished_text_is_not_found(typed):
    assert JOINER in plain(typed)


def test_lines_become_one_and_nothing_turns_the_direction_of_writing():
    assert plain("two\n\nlines\u202egnp.exe\u2066 ") == "two lines gnp.exe"


def _is_for(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", None) in names
    return getattr(node, "arg", None) in names or getattr(node, "name", None) in names


def _is_typed(value: ast.expr) -> bool:
    text = ast.unparse(value)
    return isinstance(value, ast.Attribute) and text.endswith(".title") and text != "stage.title"


def _titles_in_sentences(tree: ast.AST, allowed: bool = False):
    """Places where a bare `.title` of a run is put into text that Streamlit reads as Markdown."""
    for child in ast.iter_child_nodes(tree):
        within = allowed or _is_for(child, AS_IT_IS | FOR_A_FIGURE)
        if isinstance(child, ast.FormattedValue) and not within and _is_typed(child.value):
            yield child.lineno
        yield from _titles_in_sentences(child, within)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_writes_a_title_that_was_typed_as_markdown(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert list(_titles_in_sentences(tree)) == [], "use words.titled(run)"
