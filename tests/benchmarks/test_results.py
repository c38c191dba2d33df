"""The benchmarks report what became slower, and write statements so that pgbench can run them."""

from datetime import UTC, datetime

from tests.benchmarks.results import Row, Run, slower
from tests.benchmarks.statements import literal, script, signed_again
from tests.benchmarks.trend import drawn
from tests.databases import SIGNING_KEY


def run(commit: str, *rows: Row) -> Run:
    """A run of these rows."""
    return Run(
        commit=commit, date="2026-11-27", cores=2, python="3.11", quick=True, rows=list(rows), figures={}
    )


def test_only_what_is_slower_by_more_than_the_noise_is_reported() -> None:
    before = run("a", Row("Home", units=10.0, noise=0.02), Row("Tracker", units=10.0, noise=0.2))
    now = run("b", Row("Home", units=11.0, noise=0.02), Row("Tracker", units=12.0, noise=0.1), Row("New"))
    assert [line.partition(":")[0] for line in slower(now, before)] == ["Home"]
    assert slower(before, now) == []


def test_the_trend_has_a_chart_for_each_measured_row() -> None:
    svg = drawn([run("a", Row("Home <1>", units=10.0)), run("b", Row("Home <1>", units=5.0), Row("New"))])
    assert svg.count("<polyline") == 1 and "Home &lt;1&gt;" in svg and "-50%" in svg


def test_values_are_written_so_that_pgbench_takes_none_for_a_variable() -> None:
    assert literal("It’s 9:30") == "'It’s 9:30'" and literal("O'Neill") == "'O''Neill'"
    assert literal("note:this\n") == r"E'note\x3athis\n'"
    assert literal(["a", 'b"c']) == r"""E'{"a","b\\"c"}'"""
    assert literal(datetime(2026, 11, 27, 9, 30, tzinfo=UTC)) == "'2026-11-27T09:30:00+00:00'"


def test_a_write_is_rolled_back_and_its_context_signed_for_pgbench() -> None:
    claim = "v2.901.1." + "0" * 64
    begin = f"RESET ALL;  BEGIN; SET LOCAL alongside.tenant_context = '{claim}'"
    text = script([(begin, ()), ("DELETE FROM need WHERE id = $1", (7,)), ("COMMIT; CLOSE ALL;", ())])
    assert text.splitlines()[0] == "BEGIN;" and "WHERE id = (7);" in text
    assert text.endswith("SET CONSTRAINTS ALL IMMEDIATE;\nROLLBACK;\n")
    again = signed_again(text)
    assert claim not in again and "v2.901." in again and SIGNING_KEY.decode() not in again
