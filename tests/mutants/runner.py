"""The pytest plugin that runs mutants: it imports everything once, and each mutant is a fork of it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.mutants import switches
from tests.mutants.mutant import ROOT, Mutant

PATIENCE = 600
"""Seconds after which the run of a mutant is ended; it has then not been noticed by a test."""

BUDGET = 240
"""Seconds of tests, as measured without a mutant, that one mutant may take; the quickest are run first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: the test that failed, or why no verdict was possible, or neither if it survived."""

    noticed_by: str = ""
    error: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Run:
    """What the tests of one forked process did."""

    failed: str = ""
    passed: int = 0
    took: dict[str, float] = field(default_factory=dict)
    reached: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    error: str = ""


class Runner:
    """Collects the tests of the mutants, and runs each mutant in a fork instead of running the tests."""

    def __init__(
        self,
        choose: Callable[[], Sequence[Mutant]],
        report: Callable[[Mutant, Verdict], None],
        remembered: Mapping[str, str],
    ) -> None:
        self.choose = choose
        self.report = report
        self.remembered = remembered
        self.mutants: Sequence[Mutant] = ()
        self.measured: dict[str, Run] = {}
        self.at_import: frozenset[str] = frozenset()
        self.sound: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Choose the mutants, now that the database server runs, and collect only their tests."""
        self.mutants = self.choose()
        if not self.mutants:
            pytest.exit("no mutant is chosen", 0)
        paths = {test.partition("::")[0] for one in self.mutants for test in one.tests}
        config.args[:] = sorted(one for one in paths if not _is_inside(one, paths))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants."""
        if session.testsfailed:
            raise session.Interrupted("a test file cannot be imported")
        session.config.pluginmanager.unregister(name="terminalreporter")
        self.at_import = frozenset(switches.reached)
        waiting = [(one, self._steps(session, one), 0.0) for one in self.mutants]
        while (
            waiting
        ):  # the first step of every mutant comes before the second of any: later steps take longer
            again = []
            for mutant, steps, spent in waiting:
                began = time.monotonic()
                try:
                    failed = next(steps)
                    verdict = Verdict(failed, "", spent + time.monotonic() - began)
                except StopIteration:
                    verdict = Verdict("", "", spent + time.monotonic() - began)
                except NoVerdict as error:
                    verdict = Verdict("", str(error), spent + time.monotonic() - began)
                else:
                    if not failed:
                        again.append((mutant, steps, verdict.seconds))
                        continue
                self.report(mutant, verdict)
            waiting = again
        return True

    def _steps(self, session: pytest.Session, mutant: Mutant) -> Iterator[str]:
        """Yield, after each of the paths of a mutant, the test that notices it, or an empty text."""
        if mutant.name in self.at_import and not switches.is_active(mutant.name):
            yield alone(mutant)
            return
        items = [item for item in session.items if mutant.selects(item.nodeid)]
        if not items:
            raise NoVerdict("no test is selected")
        if not mutant.is_switch or switches.is_active(mutant.name):
            yield self._first_failure(session, mutant, items)
            return
        remembered = [item for item in items if item.nodeid == self.remembered.get(mutant.name)]
        if remembered:
            yield self._first_failure(session, mutant, remembered)
        for path in mutant.tests:
            some = [item for item in items if replace(mutant, tests=(path,)).selects(item.nodeid)]
            reaching = quickest_first(some, mutant.name, self._measure(session, path, some))
            yield self._first_failure(session, mutant, reaching) if reaching else ""

    def _first_failure(self, session: pytest.Session, mutant: Mutant, items: Sequence[pytest.Item]) -> str:
        """Run tests against a mutant until one fails that passes without it."""
        run = in_fork(session, items, lambda: apply(mutant))
        if run.failed and run.failed not in self.sound:
            alike = in_fork(session, [item for item in items if item.nodeid == run.failed], lambda: None)
            if alike.failed or alike.error:
                raise NoVerdict(f"{run.failed} fails without a mutant: {alike.error}")
            self.sound.add(run.failed)
        if not run.failed and (run.error or not run.passed):
            raise NoVerdict(run.error or "every test was skipped")
        return run.failed

    def _measure(self, session: pytest.Session, path: str, items: Sequence[pytest.Item]) -> Run:
        """Run the tests of a path once without a mutant: how long each takes, and the guards that it reaches."""
        if path not in self.measured:
            run = in_fork(session, items, lambda: None, stop=False, patience=PATIENCE * 10)
            if run.error:
                raise NoVerdict(run.error)
            self.sound |= set(run.took) - set(run.broken)
            self.measured[path] = run
            print(
                f"measured {len(run.took)} tests of {path}; failing without a mutant:",
                *run.broken,
                flush=True,
            )
        return self.measured[path]


def alone(mutant: Mutant) -> str:
    """Run a mutant whose guard runs at import in a process of its own, active from the start."""
    command = [sys.executable, "-m", "tests.mutants", "--exactly", mutant.name]
    environment = os.environ | {switches.VARIABLE: mutant.name}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE * 4, check=False
    )
    first = done.stdout.partition("\n")[0]
    if not first.startswith(("noticed", "SURVIVED")):
        raise NoVerdict((done.stdout + done.stderr)[-600:])
    return first.partition(" by ")[2].rpartition(" (")[0]


class NoVerdict(Exception):
    """No verdict on a mutant was possible."""


def _is_inside(path: str, others: Iterable[str]) -> bool:
    return any(path.startswith(one + "/") for one in others)


def apply(mutant: Mutant) -> None:
    """Remove the guard in this process and in the databases that it makes."""
    import tests.databases

    tests.databases.after_copying = mutant.sql
    if mutant.change is not None:
        mutant.change()
    if mutant.is_switch:
        switches.activate(mutant.name)


def quickest_first(items: Sequence[pytest.Item], name: str, measured: Run) -> list[pytest.Item]:
    """The tests that reach a guard and pass without a mutant, module by module, within the budget."""
    modules: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if name in measured.reached.get(item.nodeid, ()) and item.nodeid not in measured.broken:
            modules[item.nodeid.partition("::")[0]].append(item)
    chosen, spent = [], 0.0
    for tests in sorted(modules.values(), key=lambda some: min(measured.took[one.nodeid] for one in some)):
        tests.sort(key=lambda one: measured.took[one.nodeid])
        for one in tests:
            if spent < BUDGET:
                chosen.append(one)
                spent += measured.took[one.nodeid]
    return chosen


class _Reports:
    """Keeps the results of the tests of one process."""

    def __init__(self) -> None:
        self.run = Run()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A failure of a test or of its fixtures counts; one while they are taken down does not."""
        took = self.run.took
        took[report.nodeid] = took.get(report.nodeid, 0.0) + report.duration
        if report.when == "call" and report.passed:
            self.run.passed += 1
        if report.failed and report.when != "teardown":
            self.run.failed = self.run.failed or report.nodeid
            self.run.broken.append(report.nodeid)


def in_fork(
    session: pytest.Session,
    items: Sequence[pytest.Item],
    change: Callable[[], None],
    *,
    stop: bool = True,
    patience: float = PATIENCE,
) -> Run:
    """Run tests in a fork of this process after a change, and return what they did."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer")
        child = os.fork()
        if child == 0:
            _be_the_child(session, items, change, answer, stop)
        deadline = time.monotonic() + patience
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return Run(error=f"ended after {patience:.0f} seconds")
            time.sleep(0.02)
        if not answer.exists():
            return Run(error="the process of the tests ended early")
        return Run(**json.loads(answer.read_text()))


def _be_the_child(
    session: pytest.Session,
    items: Sequence[pytest.Item],
    change: Callable[[], None],
    answer: Path,
    stop: bool,
) -> None:
    reports = _Reports()
    run = reports.run
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        session.config.pluginmanager.register(reports)
        change()
        for number, item in enumerate(items):
            switches.reached.clear()
            following = items[number + 1] if number + 1 < len(items) else None
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            run.reached[item.nodeid] = sorted(switches.reached)
            if stop and run.failed:
                break
        state: Any = session._setupstate
        state.teardown_exact(None)
    except BaseException as error:  # noqa: BLE001  (a fork must never go on as its parent)
        run.error = f"{type(error).__name__}: {error}"
    finally:
        values = {one: getattr(run, one) for one in Run.__slots__}
        answer.with_suffix(".new").write_text(json.dumps(values))
        answer.with_suffix(".new").rename(answer)
        os._exit(0)
