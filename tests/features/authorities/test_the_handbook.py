"""tenants/README.md is up to date with the defaults."""

import tomllib

from alongside.features.authorities.files import DEFAULTS, tenants_folder
from alongside.features.authorities.settings_reference import handbook

TENANTS = tenants_folder()


def test_the_readme_is_what_the_defaults_say() -> None:
    expected = handbook((TENANTS / DEFAULTS).read_text(encoding="utf-8"))
    written = (TENANTS / "README.md").read_text(encoding="utf-8")
    assert written == expected, "run: alongside authority handbook > tenants/README.md"


def test_every_setting_is_explained_and_every_section_says_who_settles_it() -> None:
    page = (TENANTS / "README.md").read_text(encoding="utf-8")
    values = tomllib.loads((TENANTS / DEFAULTS).read_text(encoding="utf-8"))
    chapters = {part.split("\n", 1)[0]: part for part in page.split("\n## ")[1:]}
    for name, value in values.items():
        if name in {"sign_in", "inset_days"}:
            assert f"| `{name}` |" in page
            continue
        assert "Settled by: " in chapters[name], name
        if isinstance(value, dict):
            for key in value:
                line = next(one for one in chapters[name].splitlines() if one.startswith(f"| `{key}` |"))
                assert len(line.split("|")[2].strip()) > 3, line
