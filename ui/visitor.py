"""Who the visitor is: a random id that their browser remembers, so that a reload finds their work.

It is in the browser's own storage and not in the address, because an address is sent to others
and a picture in work is nobody else's business. No cookie, no account. A browser that keeps
nothing (a private window with storage off) has an id until the page is reloaded.
"""

from __future__ import annotations

import streamlit as st

from fashion_model.baskets import VISITOR, new_visitor
from fashion_model.guests import Guest
from ui import signing_in

_REMEMBER = st.components.v2.component(
    "fitting_room_visitor",
    html="<span hidden></span>",
    js="""
export default function ({ data, setStateValue }) {
  let known = null
  try {
    known = localStorage.getItem("fitting-room-visitor")
    if (!/^[0-9a-f]{32}$/.test(known ?? "")) {
      known = data.suggested
      localStorage.setItem("fitting-room-visitor", known)
    }
  } catch { known = data.suggested }
  if (known !== data.current) setStateValue("id", known)
}
""",
)


def greet(ask: bool) -> None:
    """Take in who this is: an account, or what the browser says where it is asked."""
    current = visitor()
    if account := signing_in.account():
        current = account
    elif ask:
        told = _REMEMBER(
            key="visitor",
            data={"suggested": current, "current": current},
            on_id_change=lambda: None,
        ).id
        if told and VISITOR.fullmatch(told):
            current = told
    st.session_state["_visitor"] = current


def visitor() -> str:
    """The visitor's id; on the first run of a session a fresh one, until the browser has spoken."""
    return st.session_state.setdefault("_visitor", new_visitor())


def guest() -> Guest:
    """The visitor as one who changes runs."""
    return Guest(visitor())
