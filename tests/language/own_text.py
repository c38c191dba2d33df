"""Collects the text that the product itself writes: of templates, and of strings in Python that people read.

What users wrote is not in it: each expression counts as one short word. Every branch of a condition is read, and so is
every macro. A sentence that is put together from several strings is read in its parts.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
SOURCE = ROOT / "src" / "alongside"
VALUE = "this"
"""Stands for a value that is only known when the page is shown."""

INLINE = frozenset(
    {"a", "abbr", "b", "em", "i", "code", "q", "small", "span", "strong", "sub", "sup", "time"}
)
SENTENCE_END = re.compile(r"(?<=[.?!…])[”)’]?(?:\s+(?=[A-Z“(£0-9])|(?=[A-Z][a-z]* ))")
WORD = re.compile(r"[A-Za-z0-9£%][\w’'./-]*")
NOT_FOR_PEOPLE = re.compile(
    r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|GRANT|SET|DO|EXISTS|NOT EXISTS|CASE|COALESCE|CHECK|AND|OR)\b"
    r"|::|\(\?|\\[wdsb]|^\s*[(<{]|authority_id|_id\b|\bIS (NOT )?NULL\b|==|->>|[a-z]_[a-z]+ (=|IN)|[{}<>|]"
)
TYPST = re.compile(r'(?<!font: \()"([A-Z][^"]* [^"]*)"|==? ([A-Z].*)')
"""Strings and headings of a Typst document that begin like a sentence or a heading."""

NOT_READ = ("/dev/demo_data/", "/platform/database/roles", "/platform/database/folding", "/search/statements")
"""Where strings are SQL without its capitals, or what invented users wrote."""

SKIPPED_CALLS = frozenset(
    {
        "text",
        "literal_column",
        "compile",
        "CheckConstraint",
        "Index",
        "getLogger",
        "DDL",
        "bindparam",
        "append_sql",
    }
)


@dataclass(frozen=True, slots=True)
class Text:
    """One heading, label, paragraph or cell: where it stands and what it says."""

    place: str
    words: str

    @property
    def sentences(self) -> list[str]:
        """The sentences of it."""
        return [one for one in SENTENCE_END.split(self.words) if one]


def words_in(text: str) -> int:
    """How many words a text has; a figure is one."""
    return len(WORD.findall(text))


def all_text() -> list[Text]:
    """Every text of the product, in the order of its files."""
    return [*template_text(), *python_text()]


def template_text() -> Iterator[Text]:
    """The text of all templates: of their HTML, and of the strings that they hand to components."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    for file in sorted(TEMPLATES.rglob("*.*")):
        if file.suffix not in (".html", ".txt", ".typ"):
            continue
        place = f"templates/{file.relative_to(TEMPLATES)}"
        if file.suffix == ".typ":
            yield from (
                Text(place, one or heading)
                for one, heading in TYPST.findall(file.read_text(encoding="utf-8"))
                if _is_read(one or heading)
            )
            continue
        parts = _Parts()
        tree = environment.parse(file.read_text(encoding="utf-8"))
        pieces = [parts.inline(tree.body)]
        while pieces or parts.others:
            piece = pieces.pop() if pieces else parts.others.pop(0)
            yield from (Text(place, one) for one in _fragments(piece) if _is_read(one))


class _Parts:
    """Reads nodes into one text; `others` has what does not belong to its sentences: branches, macros, arguments."""

    def __init__(self) -> None:
        self.others: list[str] = []

    def inline(self, found: Iterable[nodes.Node]) -> str:
        return "".join(self._one(node) for node in found)

    def _one(self, node: nodes.Node) -> str:  # noqa: C901, PLR0912  (one case for each kind of node)
        match node:
            case nodes.TemplateData():
                return node.data
            case nodes.Output():
                return "".join(self._one(one) for one in node.nodes)
            case nodes.If():
                self.others += [self.inline(one.body) for one in node.elif_] + [self.inline(node.else_)]
                self._strings(node.test)
                return self.inline(node.body)
            case nodes.For():
                self.others.append(self.inline(node.else_))
                return self.inline(node.body)
            case nodes.Macro() | nodes.AssignBlock():
                self.others.append(self.inline(node.body))
                return ""
            case nodes.CallBlock():
                self._strings(node.call)
                return self.inline(node.body)
            case nodes.Block() | nodes.With() | nodes.FilterBlock() | nodes.Scope():
                return self.inline(node.body)
            case nodes.Const() if isinstance(node.value, str):
                return node.value
            case nodes.Concat():
                return "".join(self._one(one) for one in node.nodes)
            case nodes.CondExpr():
                if node.expr2 is not None:
                    self._strings(node.expr2)
                return self._one(node.expr1)
            case nodes.Expr():
                self._strings(node)
                return VALUE
            case _:
                self._strings(node)
                return ""

    def _strings(self, node: nodes.Node) -> None:
        """Keep the strings of an expression, each as a text of its own."""
        if isinstance(node, nodes.Concat):
            self.others.append(self._one(node))
            return
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Const) and isinstance(child.value, str):
                self.others.append(child.value)
            elif isinstance(node, nodes.Getattr | nodes.Filter | nodes.Test) and isinstance(
                child, nodes.Const
            ):
                continue
            else:
                self._strings(child)


class _Blocks(HTMLParser):
    """Splits HTML at its blocks; the text of inline elements stays in its sentence."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = [""]
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style", "svg")
        if tag not in INLINE:
            self.found.append("")
        self.found += [
            value for name, value in attrs if value and name in ("aria-label", "placeholder", "title")
        ]
        if any(value and name in ("aria-label", "placeholder", "title") for name, value in attrs):
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "svg")
        if tag not in INLINE:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found[-1] += data


def _fragments(text: str) -> list[str]:
    blocks = _Blocks()
    blocks.feed(text)
    blocks.close()
    return [
        " ".join(one.split()) for block in blocks.found for one in re.split(r"\n\s*\n", block) if one.strip()
    ]


def python_text() -> Iterator[Text]:
    """The strings in Python that people read: two words or more, neither SQL nor a docstring."""
    for file in sorted(SOURCE.rglob("*.py")):
        place = file.relative_to(ROOT).as_posix()
        if any(folder in place for folder in NOT_READ):
            continue
        for words in _strings_of(ast.parse(file.read_text(encoding="utf-8"))):
            if not NOT_FOR_PEOPLE.search(" ".join(words.split())):
                parts = (" ".join(part.split()) for part in words.split("\n"))
                yield from (Text(place, part) for part in parts if _is_read(part))


def _strings_of(tree: ast.Module) -> Iterator[str]:
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            skipped.update(id(child) for child in ast.iter_child_nodes(node))
            continue
        match node:
            case ast.Expr(value=ast.Constant()):
                skipped.add(id(node.value))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in SKIPPED_CALLS:
                skipped.update(id(child) for child in ast.walk(node))
            case ast.JoinedStr():
                skipped.update(id(child) for child in node.values if isinstance(child, ast.Constant))
                yield "".join(
                    str(one.value) if isinstance(one, ast.Constant) else VALUE for one in node.values
                )
            case ast.Constant(value=str(words)):
                yield words


def _is_read(text: str) -> bool:
    return words_in(text) >= 2 and any(one.isalpha() for one in text) and " " in text.strip()
