"""The messages of `authority check`."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from alongside.features.authorities.commands import authority
from alongside.features.authorities.files import read_authorities, read_authority, tenants_folder
from alongside.features.authorities.phases import consortium_phases
from alongside.features.authorities.settings import label_of, on_offer
from alongside.features.authorities.validation import FORMS
from tests.features.authorities.tenant_file_text import in_file, northshire

OTHERS = Path(__file__).parent / "others"
TERM = (
    'terms = [{{ year = "2026-27", name = "autumn", starts_on = {}, ends_on = 2026-12-18,'
    " break_starts_on = 2026-10-26, break_ends_on = 2026-10-30 }}]"
)
SIGN_IN = """
sign_in = [{{ key = "x", kind = "{}", label = "X", issuer = "{}", client_id = "1", secret_in = "{}" }}]"""


def sentences(path: Path) -> list[str]:
    return [str(mistake) for mistake in read_authority(path)[1]]


def test_the_shipped_authorities_are_right() -> None:
    found, mistakes = read_authorities(tenants_folder())
    assert mistakes == []
    assert {settings.slug: settings.dfe_code for settings in found} == {"wigan": 359, "york": 816}


def test_wigan_is_eight_consortia_five_primary_three_secondary() -> None:
    wigan, _ = read_authority(tenants_folder() / "wigan.toml")
    assert wigan is not None
    phases = [consortium.phase for consortium in wigan.consortia.values()]
    assert (phases.count("primary"), phases.count("secondary")) == (5, 3)
    assert wigan.designations["wle"].label == "Wigan Leader of Education"
    assert wigan.governance.profile == "consortium_led"


def test_york_says_cluster_and_its_agreement_commissions() -> None:
    york, _ = read_authority(tenants_folder() / "york.toml")
    assert york is not None
    assert york.words.consortium == "cluster"
    assert york.governance.profile == "partnership_led"


def test_the_other_authorities_of_the_report_fit() -> None:
    found, mistakes = read_authorities(OTHERS)
    assert mistakes == []
    assert {settings.dfe_code for settings in found} == {212, 808, 876, 877, 919}
    aspire = [settings.providers["aspire"] for settings in found if "aspire" in settings.providers]
    assert [sorted(one.serves) for one in aspire] == [[876, 877]] * 2


def test_several_mistakes_are_named_at_once_with_file_path_and_cure(tmp_path: Path) -> None:
    path = in_file(
        tmp_path,
        'periods.respond_by = "five"\nperiods.visit_record_due = 0\nmail.digest_our = 7\n'
        "themes.writing.retired = 3\nhosts = []",
        without="hosts",
    )
    found = sentences(path)
    assert len(found) == 5
    for part in (
        "periods.respond_by",
        "periods.visit_record_due",
        "mail.digest_our",
        "themes.writing.retired",
    ):
        assert any(f"tenants/northshire.toml: {part}: " in sentence for sentence in found), part
    assert any("digest_hour" in sentence for sentence in found)


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    assert sentences(in_file(tmp_path, without="dfe_code")) == [
        "tenants/northshire.toml: dfe_code: This is missing. Add it; tenants/README.md says what it means."
    ]


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ('brand.colour = "#ffdd00"', "brand.colour"),
        ("inset_days = [2026-12-25]", "inset_days[1]"),
        ("urgencies.now.order = 2", "urgencies"),
        ("decline_reasons.other.needs_words = false", "decline_reasons"),
        ('consortia.third = { name = "NORTH", phase = "primary" }', "consortia.north.name"),
        ('consortia.Third = { name = "Third", phase = "primary" }', "consortia.Third"),
        ('consortia.third = { name = "Third", phase = "special" }', "consortia.third.phase"),
        ("mail.window_opens = 18:00:00", "mail.window_closes"),
        (
            TERM.format("2026-08-31"),
            "terms[1]",
        ),
        (
            SIGN_IN.format("entra", "https://login.example", "MS_SECRET"),
            "sign_in[1].allowed_tids",
        ),
        (
            SIGN_IN.format("oidc", "https://x.example", "hunter2"),
            "sign_in[1].secret_in",
        ),
        (SIGN_IN.format("oidc", "http://x.example", "X_SECRET"), "sign_in[1].issuer"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(tmp_path: Path, lines: str, where: str) -> None:
    path = in_file(tmp_path, lines)
    if lines.startswith("brand"):
        path.write_text(path.read_text(encoding="utf-8").replace(lines, "").replace("#1d4e3e", "#ffdd00"))
    assert any(one.startswith(f"tenants/northshire.toml: {where}: ") for one in sentences(path))


def test_a_file_that_is_no_toml_is_refused_in_one_line(tmp_path: Path) -> None:
    path = in_file(tmp_path, "name = = 3")
    assert "This is not TOML" in sentences(path)[0]
    path.write_bytes("name = 'Südshire'".encode("latin-1"))
    assert "not UTF-8" in sentences(path)[0]
    assert "not there" in sentences(tmp_path / "nowhere.toml")[0]


def test_a_file_is_named_for_its_slug(tmp_path: Path) -> None:
    assert sentences(in_file(tmp_path, name="elsewhere")) == [
        "tenants/elsewhere.toml: slug: It says northshire. Name the file so too."
    ]


def test_two_authorities_share_neither_code_nor_host(tmp_path: Path) -> None:
    in_file(tmp_path)
    other = in_file(tmp_path, name="other")
    other.write_text(other.read_text(encoding="utf-8").replace('slug = "northshire"', 'slug = "other"'))
    _, mistakes = read_authorities(tmp_path)
    assert {mistake.path for mistake in mistakes} == {"dfe_code", "gss_code", "hosts"}


def test_the_command_prints_all_and_fails(tmp_path: Path) -> None:
    in_file(tmp_path, "periods.respond_by = 0\nperiods.widen_after = 0")
    run = CliRunner().invoke(authority, ["check", "--tenants", str(tmp_path)])
    assert run.exit_code == 1
    assert "periods.respond_by" in run.output
    assert "periods.widen_after" in run.output


def test_a_retired_entry_is_offered_no_more_but_stays_readable(tmp_path: Path) -> None:
    settings, _ = read_authority(in_file(tmp_path, "themes.writing.retired = true"))
    assert settings is not None
    assert "writing" not in on_offer(settings.themes)
    assert label_of(settings.themes, "writing") == "Writing"
    assert label_of(settings.themes, "long_gone") == "Long gone"


@pytest.mark.parametrize(
    ("phase", "kind", "expected"),
    [
        ("all_through", "mainstream", ("primary", "secondary")),
        ("middle_deemed_primary", "mainstream", ("primary",)),
        ("middle_deemed_secondary", "mainstream", ("secondary",)),
        ("nursery", "mainstream", ("primary",)),
        ("sixteen_plus", "mainstream", ()),
        ("not_applicable", "special", ("primary", "secondary")),
        ("not_applicable", "pupil_referral_unit", ("secondary",)),
        ("not_applicable", "mainstream", ()),
    ],
)
def test_every_phase_of_the_register_has_a_place(phase: str, kind: str, expected: tuple[str, ...]) -> None:
    assert consortium_phases(northshire(), phase, kind) == expected


def test_every_phase_and_kind_of_the_register_is_settled() -> None:
    from alongside.features.schools.models import KINDS, PHASES

    for phase in PHASES:
        for kind in KINDS:
            consortium_phases(northshire(), phase, kind)


def test_every_pattern_of_a_setting_has_a_sentence_that_says_what_to_enter() -> None:
    """The operator must not have to read a regular expression."""
    patterns = set()
    for name in ("settings", "setting_types", "matching_settings"):
        source = inspect.getsource(importlib.import_module(f"alongside.features.authorities.{name}"))
        patterns |= set(re.findall(r'pattern=r"([^"]+)"', source))
    assert patterns == set(FORMS)
