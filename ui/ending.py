"""How a page ends before its last line."""


class PageEnds(BaseException):
    """Raised where a page has said all it can; the script goes on behind the page.

    In place of st.stop(): only where a script comes to its end does Streamlit forget the fragments
    of the page before. One that asks for itself every second, and is answered late, would draw
    into a page that has no place for it, and the browser would give up.

    Like Streamlit's own, no Exception: nothing has failed.
    """
