"""What is settled before Keras is imported, and what is heard of it."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from fashion_model.backend import held_back, keras, seed_epoch

ASK = "import fashion_model.backend, os; print(os.environ['TF_ENABLE_ONEDNN_OPTS'])"


@pytest.mark.parametrize(("chosen", "used"), [({}, "1"), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, "0")])
def test_keras_comes_quietly_with_the_fast_convolutions_or_as_somebody_chose(chosen, used):
    plain = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    told = subprocess.run(
        [sys.executable, "-c", ASK], env=plain | chosen, capture_output=True, text=True, check=True
    )
    assert (told.stdout.strip(), told.stderr) == (used, "")


def test_what_is_held_back_is_told_when_it_fails(capfd):
    with held_back():
        os.write(2, b"a note")
    assert capfd.readouterr().err == ""

    @held_back()
    def fail():
        os.write(2, b"the reason")
        raise ImportError

    with pytest.raises(ImportError):
        fail()
    assert capfd.readouterr().err == "the reason"
    os.write(2, b"as before")
    assert capfd.readouterr().err == "as before"


def test_under_torch_dropout_follows_from_seed_and_epoch(monkeypatch):
    seeds = []
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(manual_seed=seeds.append))
    for seed, epoch in ((0, 3), (0, 4), (1, 3), (0, 3)):
        seed_epoch(seed, epoch)
    assert seeds == []  # elsewhere Keras keeps the state, and a checkpoint with it
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    for seed, epoch in ((0, 3), (0, 4), (1, 3), (0, 3)):
        seed_epoch(seed, epoch)
    assert seeds[0] == seeds[3]
    assert len(set(seeds)) == 3
