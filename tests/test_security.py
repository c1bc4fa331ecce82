"""What is promised in writing is held by tests that exist, and every rule stands in the README."""

import re
from dataclasses import fields
from pathlib import Path

from fashion_model.rules import Rules

PROJECT = Path(__file__).parent.parent


def test_every_promise_names_tests_that_exist():
    text = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
    promises = text.partition("## What is promised")[2].partition("## What is not")[0]
    rows = [row for row in promises.splitlines() if row.startswith("| **")]
    assert len(rows) >= 10
    for row in rows:
        named = re.findall(r"`(tests/[^`]+)`", row)
        assert named, row
        for name in named:
            path = PROJECT / name
            tests = path.glob("test_*.py") if path.is_dir() else [path]
            assert any(re.search(r"^def test_", test.read_text(), re.M) for test in tests), name


def test_every_rule_is_documented_in_one_place():
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Put it on a server")[2].partition("\n## ")[0]
    for rule in fields(Rules):
        assert f"`{rule.metadata['variable']}=" in section, rule.name
