import streamlit as st

st.title("confusions")
