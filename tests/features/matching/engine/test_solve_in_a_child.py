"""The solver process may crash, hang, be killed or be cancelled: there is always a plan and a sentence."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.messages import Planned, Progress
from alongside.features.matching.engine.planning import plan
from alongside.features.matching.engine.subprocess_client import CHILD, change, run
from alongside.features.matching.engine.validation import InfeasibleProblem
from tests.features.matching.engine.lawful import faults
from tests.features.matching.engine.made import authority
from tests.features.matching.engine.test_plans_keep_the_rules import timeless

SMALL = authority(40, 1)


def program(text: str) -> Sequence[str]:
    """A child that runs another program."""
    return (sys.executable, "-c", text)


async def test_a_run_brings_plan_reasons_and_supply() -> None:
    """The same plan as in this process, with progress messages."""
    heard: list[Progress] = []

    async def hear(progress: Progress) -> None:
        heard.append(progress)

    outcome = await run(SMALL, progress=hear)
    assert timeless(outcome.plan) == timeless(plan(SMALL))
    assert len(outcome.explanations) == len(SMALL.needs)
    assert outcome.supply.balance
    assert [progress.step for progress in heard] == ["candidates", "planned", "explained"]


@pytest.mark.parametrize(
    ("child", "words"),
    [
        (program("import os; os.abort()"), "stopped working"),
        (program("raise MemoryError"), "stopped working"),
        (program("print('{ this is no news')"), "stopped working"),
        (("/nowhere/at/all",), "stopped working"),
        (program("import time; time.sleep(60)"), "ran out of time"),
        (program("while True: print('x' * 70000)"), "ran out of time"),
    ],
)
async def test_a_child_that_fails_gives_the_greedy_plan(child: Sequence[str], words: str) -> None:
    """The plan is marked as greedy, is valid, has explanations and claims no proof."""
    outcome = await run(SMALL, child=child, hard_limit=1.0)
    assert outcome.plan.status == "greedy"
    assert words in outcome.plan.stopped
    assert not any(tier.proven for tier in outcome.plan.coverage)
    assert outcome.plan.bound is None
    assert faults(SMALL, outcome.plan) == []
    assert len(outcome.explanations) == len(SMALL.needs)


async def test_a_plan_that_was_told_survives_its_child() -> None:
    """The child died while it explained: the plan is the solver’s, without “what if” effects."""
    text = msgspec.json.encode(Planned(plan(SMALL))).decode()
    outcome = await run(SMALL, child=program(f"print({text!r}, flush=True); import os; os.abort()"))
    assert outcome.plan.status == "optimal"
    assert all(better.if_forced is None for one in outcome.explanations for better in one.better)


async def test_what_cannot_be_planned_is_refused_from_the_child() -> None:
    """With the same sentence as in this process."""
    with pytest.raises(InfeasibleProblem, match="no open need"):
        await run(msgspec.structs.replace(SMALL, needs=()))


async def test_cancelling_kills_the_child(tmp_path: Path) -> None:
    """The child process ends with the task."""
    mark = tmp_path / "pid"
    script = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    task = asyncio.create_task(run(SMALL, child=program(script)))
    while not (mark.exists() and mark.read_text()):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


async def test_the_child_has_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The child gets no database address, and only the environment variables that a program needs."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    mark = tmp_path / "environment"
    script = f"import os; open({str(mark)!r}, 'w').write(repr(dict(os.environ)))"
    await run(SMALL, child=program(script))
    assert "secret" not in mark.read_text()


async def test_the_cost_of_an_act_is_shown_before_it_is_done() -> None:
    """Forbidding a pair of the plan removes it and keeps all other pairs that can stay."""
    made = plan(SMALL)
    pair = made.pairs[0]
    found = await change(SMALL, made, pair.need, pair.offer, "forbidden")
    assert (pair.need, pair.offer) not in {(one.need, one.offer) for one in found.plan.pairs}
    assert pair.need in (*found.moved, *found.lost)
    assert found.points == sum(one.score.score for one in found.plan.pairs) - sum(
        one.score.score for one in made.pairs
    )


async def test_an_act_that_cannot_be_has_its_sentence() -> None:
    """Pinning a pair that a rule forbids."""
    with pytest.raises(InfeasibleProblem, match="cannot be kept"):
        await change(SMALL, plan(SMALL), SMALL.needs[0].id, _own_offer(SMALL), "pinned")


def _own_offer(instance: Instance) -> UUID:
    asked = instance.needs[0]
    barred = [offer for offer in instance.offers if asked.theme not in offer.themes]
    return barred[0].id


def test_the_child_is_this_program() -> None:
    """The child is started as a module of its own, which does not load the web app."""
    assert CHILD[-1] == "alongside.features.matching.engine.subprocess_main"
