import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fashion_model.derived import Derived

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


def script():
    import streamlit as st

    from fashion_model.runs import open_run
    from ui.working_out import worked_out

    found = worked_out(open_run("quick"), "map", "It takes a minute.")
    st.write("nothing yet" if found is None else f"{len(found['numbers'])} numbers")


def test_what_cannot_be_read_is_offered_again(quick_run):
    st.cache_resource.clear()
    derived = Derived(quick_run, "map")
    derived.folder.mkdir(parents=True)
    derived.path.write_bytes(b"PK torn")
    page = AppTest.from_function(script).run()
    assert not page.exception
    assert page.markdown[-1].value == "nothing yet"
    assert page.button(key="work_out-map-quick").label == "Work it out"
    derived.make(lambda tell: {"numbers": np.arange(3)})
    page.run()
    assert page.markdown[-1].value == "3 numbers"
    assert not page.button
