"""The printed report of a simulated year."""

from tests.simulation.year import Year


def report(year: Year) -> list[str]:
    """What was simulated, the faults, and the command that repeats the run."""
    plan, traffic = year.plan, year.traffic
    largest = sorted(((size, kind) for kind, (size, _) in traffic.sizes.items()), reverse=True)
    slowest = sorted(traffic.slowest.items(), key=lambda one: -one[1])
    spent = sorted(year.spent.items(), key=lambda one: -one[1])
    return [
        f"seed {plan.seed}: {plan.days} days from {plan.start}, checked to {year.checked}, schools {plan.sizes}",
        f"acts done: {traffic.acts.total()}, refused: {traffic.refused.total()}, sent again: {traffic.sent_again}",
        f"pages opened by the checks: {year.pages_opened}; answers: {dict(sorted(traffic.statuses.items()))}",
        f"emails: {year.emails.total}; kills: {year.room.kills or 'none'}; happened: {dict(year.happened)}",
        "acts: " + ", ".join(f"{kind} {count}" for kind, count in traffic.acts.most_common(60)),
        "refusals:",
        *(f"    {count} {why}" for why, count in traffic.reasons.most_common(20)),
        "largest pages: " + ", ".join(f"{kind} {size:,}" for size, kind in largest[:8]),
        "slowest answers: " + ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in slowest[:8]),
        "time spent: " + ", ".join(f"{what} {seconds:.0f} s" for what, seconds in spent),
        f"faults: {year.faults.counts.total()}",
        *year.faults.lines(),
        f'the same again: make simulate ARGS="{plan.arguments()}"',
    ]
