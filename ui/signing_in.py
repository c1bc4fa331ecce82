"""Signing in, where the server asks for it (FITTING_ROOM_SIGN_IN=1): Streamlit's own OIDC.

The identity provider stands in the [auth] section of .streamlit/secrets.toml, as Streamlit
documents it for `st.login`.
"""

from __future__ import annotations

import hashlib

import streamlit as st
from streamlit.errors import StreamlitAPIException

from fashion_model.errors import FittingRoomError
from fashion_model.rules import rules
from ui import words
from ui.ending import PageEnds
from ui.failing import said_in_a_toast


def or_stop() -> None:
    """Nothing for who is signed in, or where nobody has to be; else the way in, and no page."""
    if not rules().sign_in:
        return
    if account() is None:
        st.title("Fitting Room")
        st.write("This server asks its visitors to sign in.")
        st.button("Sign in", icon=":material/login:", type="primary", key="sign_in", on_click=_in)
        raise PageEnds
    with st.sidebar:
        name = st.user.get("name") or st.user.get("email") or "you"
        st.button(
            "Sign out",
            icon=":material/logout:",
            type="tertiary",
            key="sign_out",
            on_click=st.logout,
            help=f"Signed in as {words.plain(str(name))}.",
        )


def account() -> str | None:
    """The visitor's id made from the account; None where nobody is signed in, or has to be."""
    if not rules().sign_in or not st.user.get("is_logged_in"):
        return None
    who = f"{st.user.get('iss', '')} {st.user.get('sub') or st.user.get('email')}"
    return hashlib.sha256(f"account {who}".encode()).hexdigest()[:32]


def _in() -> None:
    with said_in_a_toast():
        try:
            st.login()
        except StreamlitAPIException as error:
            raise FittingRoomError(
                "Nobody can sign in yet: whoever keeps this server has to write the [auth] section "
                "of .streamlit/secrets.toml and to install streamlit[auth]."
            ) from error
