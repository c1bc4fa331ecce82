"""A small crowd, over real websockets: everybody is told of their own photo, and nothing breaks."""

import shutil

import pytest

from benchmarks.load import brought, everybody
from fashion_model.runs import Run
from tests.browser.conftest import ROOT
from tests.serving import run_apart


@pytest.mark.real_data
def test_eight_visitors_at_once_are_each_told_of_their_own_photos(own_app, tmp_path):
    app = own_app()
    shutil.copytree(ROOT / "models" / "everyday", app.models / "everyday")
    photos = brought(8, 2, Run(app.models / "everyday"), tmp_path)
    assert len({right for own in photos for _, right in own}) > 3  # else a mix-up would not show
    tally = run_apart(everybody(f"127.0.0.1:{app.port}", photos, watch=1))
    assert tally.errors == []
    assert tally.wrong == []
    assert len(tally.seconds) == 16
