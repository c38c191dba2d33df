"""The demonstration does not start over a database that an earlier version made: its tables would be missing."""

from pathlib import Path

from alongside.dev.demo_runner import is_of_earlier_version, remember_baseline


def test_a_database_of_another_baseline_is_made_again(tmp_path: Path) -> None:
    assert not is_of_earlier_version(tmp_path)  # nothing is there yet
    (tmp_path / "secrets.json").write_text("{}")
    assert is_of_earlier_version(tmp_path)  # made before the baseline was remembered
    remember_baseline(tmp_path)
    assert not is_of_earlier_version(tmp_path)
    (tmp_path / "baseline").write_text("another")
    assert is_of_earlier_version(tmp_path)
