"""The sentences of the engine, written for headteachers."""

from alongside.features.matching.engine.rule_labels import RULE_WORDS


def stopped(status: str, gap: float | None) -> str:
    """How good a plan is known to be, and why the search stopped."""
    if status == "optimal":
        return "This is the best plan there is: it is proven that no other is better."
    share = "" if gap is None else f" No plan can be more than {max(gap * 100, 0.01):.2f} per cent better."
    return f"The search stopped with the best plan it had found.{share}"


def why_unserved(candidates: int, ruled_out: dict[str, int]) -> str:
    """Why a need has no partner."""
    if candidates:
        offers = "The one offer that suits" if candidates == 1 else f"All {candidates} offers that suit"
        verb = "is" if candidates == 1 else "are"
        return f"{offers} {verb} needed more by other schools, or the money for them is used up."
    if not ruled_out:
        return "There is no offer at present."
    most = sorted(ruled_out.items(), key=lambda entry: -entry[1])
    causes = [f"{count} {'is' if count == 1 else 'are'} {RULE_WORDS[rule]}" for rule, count in most[:3]]
    rest = sum(count for _, count in most[3:])
    if rest:
        causes.append(f"{rest} {'is' if rest == 1 else 'are'} ruled out for other reasons")
    return f"No offer suits: of {sum(ruled_out.values())}, {_listed(causes)}."


def why_chosen(rank: int, of: int, better: list[str], fixed: str | None) -> str:
    """Why this partner was chosen; `better` gives the reason for each better offer that was not."""
    if fixed == "accepted":
        return "Both schools are already agreeing this support, so the plan keeps it."
    if fixed == "pinned":
        return "Those who lead the plan chose this partner, so the plan keeps it."
    if rank == 1:
        return (
            "It is the only offer that suits." if of == 1 else f"It is the best of the {of} offers that suit."
        )
    assignment = f"It is number {rank} of the {of} offers that suit."
    if "full" in better:
        return f"{assignment} The days of a better one go to schools that need them more, or have no other choice."
    if "money" in better:
        return f"{assignment} A better one costs more than the fund can still pay."
    return f"{assignment} With a better one here, the plan as a whole would serve schools less well."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
