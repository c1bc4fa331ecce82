"""What holds for all commands: help, and one sentence for a mistake."""

import pytest

from fashion_model.__main__ import main


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for command in (
        *("data", "train", "runs", "evaluate", "classify", "describe"),
        *("stop", "resume", "finish", "export"),
    ):
        assert f"\n    {command} " in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "cnn-dropuot"], "did you mean cnn-dropout?"),
        (["train", "cnn", "--epochs", "0"], "`epochs` is 0, but must be between 1 and 1000."),
        (["train", "cnn", "--set", "trees=4"], "`trees` means nothing to cnn"),
        (["train", "cnn", "--photos", "."], "recipes with `everyday = true` only"),
        (["train", "cnn", "--name", "../out"], "cannot be the name of a run"),
        (["evaluate", "nobody"], "There is no run called nobody"),
        (["classify", "x.jpg"], "No model is there yet"),
        (["classify", "x.jpg", "--model", "nobody"], "There is no run called nobody"),
        (["describe", "nothing"], "There is no preset `nothing`"),
        (["stop", "nobody"], "There is no run called nobody"),
    ],
)
def test_a_mistake_is_one_sentence_on_standard_error(models, capsys, arguments, sentence):
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert sentence in told.err
    assert len(told.err.splitlines()) == 1
    assert told.out == ""
