"""From an empty folder to the first head signed in and the first plan: what an operator types, and what people do."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
from bs4 import BeautifulSoup

from alongside.dev.postgres.embedded import EmbeddedServer, free_port
from alongside.platform.database.roles import APP, DATABASE, MIGRATOR, prepare_cluster
from alongside.platform.web.context import SESSION_COOKIE
from tests.features.needs.form_values import need
from tests.features.offers.form_values import offer
from tests.new_authority.register import invented_register, locations_of, primary

SLUG, NAME, CODE, GSS = "eastmarch", "Eastmarch", 998, "E10000998"
CONSORTIA = 10
PASSWORDS = {MIGRATOR: "migrator", APP: "app"}
PATIENCE = 300.0
"""Seconds that a step may take before it counts as failed."""


@dataclass
class Journey:
    """The setup of one new authority in `folder`: its environment, and how many seconds each step took."""

    folder: Path
    schools: int
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[str, float]] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host at which the authority is served."""
        return f"{SLUG}.localhost:{self.port}"

    @property
    def total(self) -> float:
        """Seconds of all steps."""
        return sum(seconds for _, seconds in self.steps)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done in the block."""
        began = time.monotonic()
        yield
        self.steps.append((name, time.monotonic() - began))

    def command(self, *words: object) -> str:
        """Run `alongside …` in a process of its own; what it said. Raises AssertionError unless it ends with 0."""
        with self.step(f"alongside {' '.join(str(word) for word in words[:2])}"):
            done = subprocess.run(
                [sys.executable, "-m", "alongside.cli", *map(str, words)],
                env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def run(self) -> None:
        """All of it; what was started is stopped at the end."""
        with self._postgresql():
            self.command("migrate")
            self._declare()
            self._fill()
            links = [self._appoint(*one) for one in self._people()]
            with self._served():
                self._work(*links)

    @contextmanager
    def _postgresql(self) -> Iterator[None]:
        """PostgreSQL 18 with its roles, as infra/roles.sql makes them."""
        server = EmbeddedServer(self.folder / "postgres", port=free_port())
        try:
            with self.step("PostgreSQL and its roles"):
                server.start()
                asyncio.run(prepare_cluster(server.superuser_url, PASSWORDS, database=DATABASE))
            kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
            (self.folder / "tenants").mkdir()
            self.environment = kept | {
                "DATABASE_URL": server.url(APP, PASSWORDS[APP], DATABASE),
                "ALONGSIDE_MIGRATOR_URL": server.url(MIGRATOR, PASSWORDS[MIGRATOR], DATABASE),
                "ALONGSIDE_RLS_SIGNING_KEY": "f" * 32,
                "ALONGSIDE_SECRET": "s" * 32,
                "ALONGSIDE_TENANTS": str(self.folder / "tenants"),
                "ALONGSIDE_BASE_URL": "http://{host}",
                "ALONGSIDE_DEMONSTRATION": "yes",  # people sign in by invitation, without a sign-in provider
            }
            yield
        finally:
            server.stop()

    def _declare(self) -> None:
        mailbox = f"school-improvement@{SLUG}.gov.uk"
        self.command(
            "authority", "new", SLUG, "--name", NAME, "--code", CODE, "--gss", GSS, "--host", self.host,
            "--mailbox", mailbox, "--safeguarding", f"front-door@{SLUG}.gov.uk", "--director", f"dcs@{SLUG}.gov.uk",
        )  # fmt: skip
        file = self.folder / "tenants" / f"{SLUG}.toml"
        groups = [
            f'\n[consortia.primary{number}]\nname = "Primary {number}"\nphase = "primary"\n'
            for number in range(1, CONSORTIA + 1)
        ]
        groups.append('\n[consortia.secondary]\nname = "Secondary"\nphase = "secondary"\n')
        file.write_text(file.read_text(encoding="utf-8") + "".join(groups), encoding="utf-8")
        self.command("authority", "check")
        assert "Primary 1" in self.command("authority", "plan", SLUG)
        self.command("authority", "apply", SLUG, "--yes")

    def _fill(self) -> None:
        register, places = self.folder / "edubasealldata20261101.csv", self.folder / "places.csv"
        register.write_bytes(invented_register(CODE, NAME, self.schools))
        places.write_text(locations_of(self.schools, CONSORTIA), encoding="utf-8")
        said = self.command("schools", "import", register, "--authority", SLUG, "--yes")
        assert f"{self.schools} schools are as in" in said, said
        self.command("consortia", "assign", places, "--authority", SLUG, "--apply")

    def _people(self) -> list[tuple[str, str, int | None]]:
        """The first administrator, an officer, and two heads of one consortium."""
        first = primary(0)
        groups = dict(line.split(",") for line in locations_of(self.schools, CONSORTIA).splitlines()[1:])
        near = [int(urn) for urn, key in groups.items() if key == groups[str(first)] and int(urn) != first]
        return [
            ("Ada Admin", "authority_administrator", None),
            ("Ola Officer", "core_officer", None),
            ("Hana Head", "headteacher", first),
            ("Hugh Head", "headteacher", near[0]),
        ]

    def _appoint(self, name: str, role: str, urn: int | None) -> str:
        email = f"{name.lower().replace(' ', '.')}@{SLUG}.gov.uk"
        words = ["people", "appoint", "--authority", SLUG, "--name", name, "--email", email, "--role", role]
        said = self.command(*words, *(["--school", urn] if urn else []))
        return next(line for line in said.splitlines() if "/invitations/" in line).partition(self.host)[2]

    @contextmanager
    def _served(self) -> Iterator[None]:
        """`alongside run`, ready to answer."""
        with (self.folder / "product.log").open("ab") as said:
            product = subprocess.Popen(
                [sys.executable, "-m", "alongside.cli", "run", "--port", str(self.port)],
                env=self.environment, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        try:
            with self.step("alongside run"):
                until = time.monotonic() + PATIENCE
                while not self._ready():
                    assert product.poll() is None and time.monotonic() < until, self._log()
                    time.sleep(0.1)
            yield
        finally:
            product.send_signal(signal.SIGTERM)
            product.wait(20)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/ready").status_code == 200
        except httpx.HTTPError:
            return False

    def _log(self) -> str:
        return (self.folder / "product.log").read_text(encoding="utf-8", errors="replace")

    def _work(self, administrator: str, officer: str, one: str, other: str) -> None:
        with self.step("the first head signs in"):
            head = Visitor(self, one)
            assert "Hana Head" in head.get("/home")
        with self.step("a need, an offer, a plan"):
            Visitor(self, administrator).get("/people")
            head.send("/needs/new", "/needs", need(audience="everybody", theme="mathematics"))
            Visitor(self, other).send(
                "/offers/new",
                "/offers",
                offer(
                    themes=["mathematics"],
                    evidence_mathematics="Results rose.",
                    audience="everybody",
                    travel_miles="60",
                ),
            )
            planner = Visitor(self, officer)
            where = planner.send("/plans", "/plans", {"scope": "authority"})
            until = time.monotonic() + PATIENCE
            while "Fluency in Year 3 and 4" not in (page := planner.get(where)):
                assert time.monotonic() < until, self._log()[-3000:] + page
                time.sleep(0.2)


class Visitor:
    """An HTTP client of one person, signed in by the link of their invitation."""

    def __init__(self, journey: Journey, link: str) -> None:
        self.journey = journey
        self.address = f"http://127.0.0.1:{journey.port}"
        self.cookie = ""
        self.send(link, f"{link}/acceptance", {})
        assert self.cookie, "the invitation did not sign in"

    def get(self, path: str) -> str:
        """A page. Raises AssertionError for any answer but 200."""
        answer = httpx.get(f"{self.address}{path}", headers=self._headers(), timeout=PATIENCE)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-2000:])
        return answer.text

    def send(self, form: str, to: str, fields: dict[str, object]) -> str:
        """Send the form of a page; where it leads."""
        page = BeautifulSoup(self.get(form), "html5lib")
        token = page.select_one(f'form[action="{to}"] [name=csrf_token]') or page.select_one(
            "[name=csrf_token]"
        )
        hidden = {"idempotency_key": uuid4().hex} | ({"csrf_token": token["value"]} if token else {})
        answer = httpx.post(
            f"{self.address}{to}", data=hidden | fields, headers=self._headers(), timeout=PATIENCE
        )
        assert answer.status_code == 303, (
            to,
            answer.status_code,
            re.findall(r"error-message[^<]*<[^<]*", answer.text),
        )
        for cookie in answer.headers.get_list("set-cookie"):
            if cookie.startswith(f"{SESSION_COOKIE}="):
                self.cookie = cookie.partition(";")[0]
        return answer.headers["location"]

    def _headers(self) -> dict[str, str]:
        return {"host": self.journey.host, "cookie": self.cookie, "sec-fetch-site": "same-origin"}
