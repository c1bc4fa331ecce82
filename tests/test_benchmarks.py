"""What `make bench` writes down."""

from benchmarks import __main__ as bench


def test_a_benchmark_replaces_its_own_part_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "RESULTS.md")
    for name, table in (("app", "| old |"), ("answers", "| first |"), ("app", "| new |")):
        bench.write(name, table)
    text = bench.RESULTS.read_text()
    assert text.startswith("# Measured\n")
    assert "| old |" not in text
    assert text.index(bench.SUITE["answers"]) < text.index("| first |")
    assert text.index("| first |") < text.index(bench.SUITE["app"]) < text.index("| new |")
    assert text.count("`python -m benchmarks.app`") == 1
