"""The statuses of a figure, and the releases of a published table."""

OK = "ok"
SUPPRESSED = "suppressed"
NOT_APPLICABLE = "not_applicable"
NOT_AVAILABLE = "not_available"
LOW_COVERAGE = "low_coverage"
UNRELIABLE = "unreliable"

STATUSES = {
    OK: "Published",
    SUPPRESSED: "Suppressed",
    NOT_APPLICABLE: "Not applicable",
    NOT_AVAILABLE: "Not available",
    LOW_COVERAGE: "Low coverage",
    UNRELIABLE: "Unreliable",
}
"""The statuses of a figure by key. Only low coverage and unreliable may or may not have a value."""

WITHOUT_VALUE = (SUPPRESSED, NOT_APPLICABLE, NOT_AVAILABLE)

PROVISIONAL, REVISED, FINAL = "provisional", "revised", "final"
RELEASES = {PROVISIONAL: "Provisional", REVISED: "Revised", FINAL: "Final"}
"""The releases of a table in the order in which they are published; a later one replaces an earlier one."""

LEVELS = {"national": "National", "authority": "Local authority"}
BENCHMARK_PHASES = {
    "all": "All schools",
    "primary": "Primary",
    "secondary": "Secondary",
    "special": "Special",
}
"""The schools that a published national or authority row is about."""

FEWEST_PUPILS = 6
"""Figures about fewer pupils are shown to the school and the core team only. Source: part 5, who sees what."""
