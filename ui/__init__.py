"""Furniture shared by the pages: the only place but the pages that knows Streamlit."""
