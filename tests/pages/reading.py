"""What a test reads on a page."""

import json

from streamlit.testing.v1 import AppTest

WORDS = ("title", "header", "subheader", "markdown", "caption")
WORDS += ("info", "warning", "error", "success")


def words_of(visitor: AppTest) -> str:
    """All that is written on a page."""
    return "\n".join(str(element.value) for kind in WORDS for element in getattr(visitor, kind))


def wall(visitor: AppTest, key: str) -> list[dict]:
    """The pictures on a wall, as the browser is given them to draw."""
    for element in visitor.get("bidi_component"):
        if element.proto.id.endswith(f"-{key}_pictures"):
            return json.loads(element.proto.json)["tiles"]
    return []


def numbers(visitor: AppTest, key: str) -> list[int]:
    """The same pictures by their numbers in the official file."""
    return [int(tile["id"].split("-")[1]) for tile in wall(visitor, key)]


def links(visitor: AppTest) -> dict[str, str]:
    """Where the links of a page lead: label -> parameters."""
    return {link.proto.label: link.proto.query_string for link in visitor.page_link}
