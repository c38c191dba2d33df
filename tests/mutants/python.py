"""Mutants of the product's Python code: a removed permission check, scope, filter or refusal."""

import ast
import copy
from collections import Counter
from functools import cache
from pathlib import Path

from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.switches import switch_of

SOURCE = ROOT / "src/alongside"
STATEMENTS = (
    "require",
    "require_on",
    "require_for_consortium",
    "require_visible",
    "_require_scope",
    "require_school",
)
"""Calls that raise outside a person's scope; the whole statement is removed."""

TRUE = "__import__('sqlalchemy').true()"
ANSWERS = {
    "may": "True",
    "may_on": "True",
    "may_for_consortium": "True",
    "may_escalation": "True",
    "has_permission": "True",
    "schools_within": "None",
    "scope_filter": TRUE,
    "record_filter": TRUE,
    "consortium_filter": TRUE,
    "escalation_filter": TRUE,
    "scope_condition": TRUE,
}
"""Calls that return a scope, with the value that stands for no limit."""

NARROWED = ("filter_by_scope", "_seen")
"""Calls that narrow a query, their first argument; the query is used without them."""

REFUSALS = ("NotFound", "ActionRefused", "ValidationFailed", "EditConflict")
DECLARATIONS = ("FormAction", "ButtonAction")
"""Declared actions; the function that refuses is replaced by one that never does."""

FILES = ("actions.py", "queries.py", "pages.py")
"""In pages, only checks that raise and declared refusals count: the rest shows or hides a button."""

ACCESS = ("platform/access/authorisation.py", "platform/access/records.py")
FIRST = (
    *ACCESS,
    "platform/workflow.py",
    "platform/forms/action.py",
    "platform/forms/form_action.py",
    "platform/forms/button_action.py",
    "features/dashboards/consortium/queries.py",
    "features/escalations/access_policy.py",
)

TESTS = {
    "platform/access": (
        "tests/access/test_records.py",
        "tests/access/test_the_law_in_python_and_sql.py",
        "tests/access/test_every_row.py",
    ),
    "platform/workflow.py": ("tests/workflow",),
    "platform/forms": ("tests/platform/forms", "tests/features/directory"),
    "features/dashboards": ("tests/access/test_every_row.py", "tests/features/dashboards"),
    "features/people": (
        "tests/access/test_every_row.py",
        "tests/features/people/roles",
        "tests/features/people/sign_in",
    ),
}
"""The tests of a package that are not in the folder of the same name."""

NEAREST = {
    "agreements": ("agreements/test_sign_agreement.py", "agreements/test_actions_refuse.py"),
    "agreements/acceptance": ("agreements/test_answer_proposal.py", "agreements/test_actions_refuse.py"),
    "agreements/aims": ("agreements/test_sign_agreement.py",),
    "agreements/amendments": ("agreements/test_actions_refuse.py", "agreements/test_change_agreement.py"),
    "agreements/answers": ("agreements/test_answer_proposal.py", "agreements/test_actions_refuse.py"),
    "agreements/endings": (
        "agreements/test_actions_refuse.py",
        "agreements/test_deadlines_of_an_agreement.py",
    ),
    "agreements/proposing": ("agreements/test_actions_refuse.py", "agreements/test_propose_offer.py"),
    "agreements/signing": ("agreements/test_sign_agreement.py", "agreements/test_actions_refuse.py"),
    "agreements/proposals": ("agreements/test_actions_refuse.py", "agreements/test_propose_offer.py"),
    "agreements/reviews": ("agreements/test_review_agreement.py", "agreements/test_actions_refuse.py"),
    "agreements/visit_answers": ("agreements/test_answer_the_record.py",),
    "agreements/visits": ("agreements/test_keep_diary.py", "agreements/test_actions_refuse.py"),
    "directory": ("directory/test_write_an_entry.py", "directory/test_change_what_both_agreed.py"),
    "directory/adoptions": ("directory/test_use_an_entry.py",),
    "directory/attachments": ("directory/test_pictures_and_files.py",),
    "directory/consents": (
        "directory/test_change_what_both_agreed.py",
        "directory/test_harvest_an_agreement.py",
    ),
    "directory/moderation": ("directory/test_check_and_verify.py",),
    "directory/subscriptions": ("directory/test_follow.py",),
    "directory/suggested_entries": ("directory/test_harvest_an_agreement.py",),
    "escalations/access_log": ("escalations/test_actions_refuse.py", "escalations/test_bad_input.py"),
    "escalations/caseload": ("escalations/test_colleagues_hear.py",),
    "escalations/files": ("escalations/test_files_and_readings.py",),
    "escalations/matching_requests": ("escalations/test_actions_refuse.py", "escalations/test_bad_input.py"),
    "escalations/raising": ("escalations/test_actions_refuse.py", "escalations/test_bad_input.py"),
    "escalations/referral": ("escalations/test_refer_to_the_dfe.py",),
    "escalations/state_changes": ("escalations/test_actions_refuse.py", "escalations/test_bad_input.py"),
    "escalations/statutory": ("escalations/test_statutory_powers.py", "escalations/test_bad_input.py"),
    "escalations/tasks": ("escalations/test_actions_refuse.py", "escalations/test_bad_input.py"),
    "escalations/visits": ("escalations/test_actions_refuse.py", "escalations/test_bad_input.py"),
    "interests": ("interests", "matching/test_actions_refuse.py"),
    "matching/assignments": ("matching/test_say_what_is_wanted.py",),
    "matching/exclusions": ("matching/test_actions_refuse.py", "matching/test_keep_schools_apart.py"),
    "matching/plans": ("matching/test_make_a_plan.py", "matching/test_a_run_is_a_job.py"),
    "matching/proposals": ("matching/test_send_and_replace.py",),
    "matching/replacement": ("matching/test_send_and_replace.py",),
    "matching/suspensions": ("matching/test_actions_refuse.py",),
    "needs": ("needs/test_actions_refuse.py",),
    "offers": ("offers/test_actions_refuse.py",),
    "people/invitations": ("people/sign_in/test_invitations.py",),
}
"""The tests of `tests/features` that are nearest to a package, tried before the whole folder of its feature."""


@cache
def trees() -> dict[Path, ast.Module]:
    """Every file that has a guard, with a switch at each; fills the list that `python_mutants` returns."""
    return {file: tree for file, (tree, _) in _switched().items()}


def python_mutants() -> list[Mutant]:
    """Every mutant of access, of transitions, and of the actions and queries of each feature."""
    return [mutant for _, mutants in _switched().values() for mutant in mutants]


@cache
def _switched() -> dict[Path, tuple[ast.Module, list[Mutant]]]:
    files = [SOURCE / one for one in FIRST]
    files += sorted(one for one in SOURCE.rglob("*.py") if one.name in FILES and one not in files)
    return {file: found for file in files if (found := with_switches(file))[1]}


def with_switches(file: Path) -> tuple[ast.Module, list[Mutant]]:
    """Return the tree of a file with a switch at each guard, and the mutants."""
    tree = ast.parse(file.read_text())
    changed = _Switches(file)
    changed.visit(tree)
    ast.fix_missing_locations(tree)
    return tree, changed.mutants


def tests_for(file: Path) -> tuple[str, ...]:
    """The tests that should notice a change in a file of the product."""
    package = "/".join(file.relative_to(SOURCE).parts[:2])
    scoped = file.name in {"queries.py", "access_policy.py"}
    last = ("tests/access/test_every_row.py", "tests/access/test_every_route.py") if scoped else ()
    inside = str(file.parent.relative_to(SOURCE)).removeprefix("features/")
    nearest = tuple(f"tests/features/{one}" for one in NEAREST.get(inside, ()))
    first = (*nearest, "tests/access/test_every_action.py") if package.startswith("features") else ()
    return (*first, *TESTS.get(package, (f"tests/{package}", *last)))


class _Switches(ast.NodeTransformer):
    """Puts a switch at each guard of a module, named after its function and its number there, not after its line."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.functions = ["the module"]
        self.mutants: list[Mutant] = []
        self.count: Counter[str] = Counter()

    def _switch(self, words: str, family: str) -> ast.Call:
        name = f"{self.file.relative_to(ROOT)} in {self.functions[-1]}: {words}"
        self.count[name] += 1
        if self.count[name] > 1:
            name = f"{name} {self.count[name]}"
        self.mutants.append(Mutant(name, family, tests_for(self.file)))
        return switch_of(name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Name the guards inside after the function."""
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """The same for a coroutine."""
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.functions.append(node.name)
        self.generic_visit(node)
        self.functions.pop()
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Leave out a statement that raises outside the scope."""
        name = called(node.value)
        self.generic_visit(node)
        if name in STATEMENTS:
            switch = self._switch(f"statement {name}", "guard")
            node.value = ast.IfExp(switch, ast.Constant(None), node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Replace a scope by no limit, or a narrowed query by the query."""
        name = called(node)
        self.generic_visit(node)
        if self.file.name == "pages.py" and name not in DECLARATIONS:
            return node
        if name in ANSWERS:
            return ast.IfExp(self._switch(f"answer {name}", "scope"), _parsed(ANSWERS[name]), node)
        if name in DECLARATIONS:
            for one in node.keywords:
                if one.arg == "refusal":
                    one.value = self._never_refusing(one.value)
        if name in NARROWED and node.args:
            return ast.IfExp(self._switch(f"query {name}", "scope"), copy.deepcopy(node.args[0]), node)
        return node

    def _never_refusing(self, function: ast.expr) -> ast.expr:
        never = _parsed("lambda *given: None if removed else refusal(*given)")
        assert isinstance(never, ast.Lambda)
        assert isinstance(never.body, ast.IfExp)
        assert isinstance(never.body.orelse, ast.Call)
        never.body.test = self._switch("declared refusal", "guard")
        never.body.orelse.func = function
        return never

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """Let each answer of `may`, of `schools_within` and their like be the widest one."""
        self.generic_visit(node)
        widest = ANSWERS.get(self.functions[-1])
        if str(self.file.relative_to(SOURCE)) not in ACCESS or widest is None or node.value is None:
            return node
        if ast.unparse(node.value) not in (widest, "true()"):
            node.value = ast.IfExp(self._switch("return", "access"), _parsed(widest), node.value)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        """Evaluate the condition of a refusal and do not refuse; the switch is asked only where it would refuse."""
        self.generic_visit(node)
        if _refuses(node) and self.file.name != "pages.py":
            switch = ast.UnaryOp(ast.Not(), self._switch("refusal", "guard"))
            node.test = ast.BoolOp(ast.And(), [node.test, switch])
        return node


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def called(node: ast.expr) -> str:
    """Return the name of the function that an expression calls or awaits; empty if it does neither."""
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Call):
        function = node.func
        return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return ""


def _refuses(node: ast.If) -> bool:
    raised = [one.exc for one in node.body if isinstance(one, ast.Raise) and one.exc is not None]
    names = {called(one) or getattr(one, "id", "") for one in raised}
    return bool(names & set(REFUSALS))
