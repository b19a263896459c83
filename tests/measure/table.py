"""Samples in, a Markdown table of ratios out, each beside the target that docs/design.md sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from measure.meter import Usage

Samples = Mapping[str, Sequence[Usage]]
FURTHER_MEGABYTES = 7


@dataclass(frozen=True)
class Target:
    """The time of ``case`` has to stay at or below ``limit`` times that of ``against``."""

    title: str
    case: str
    against: str
    limit: float


@dataclass(frozen=True)
class Row:
    """One line of the table; ``measured`` and ``limit`` are in ``unit``."""

    title: str
    subject: str
    against: str
    measured: float
    limit: float
    unit: str

    @property
    def is_reached(self) -> bool:
        return self.measured <= self.limit

    def __str__(self) -> str:
        measured = f"{self.measured:.3g}{self.unit}"
        target = f"≤ {self.limit:g}{self.unit}"
        mark = "yes" if self.is_reached else "**no**"
        return (
            f"| {self.title} | {self.subject} | {self.against} | {measured} | {target} | {mark} |"
        )


TARGETS = (
    Target("full check, cold", "cold", "semgrep", 0.5),
    Target("full check, cold", "cold", "pylint", 0.1),
    Target("full check, cold", "cold", "fixit", 0.03),
    Target("full check, cold", "cold", "ruff", 15),
    Target("full check, cold, two cores", "cold, two workers", "cold", 0.65),
    Target("full check, warm, nothing changed", "warm", "cold", 0.1),
    Target("full check, warm, nothing changed", "warm", "semgrep", 0.05),
    Target("warm, one file changed", "one file changed", "cold", 0.2),
    Target("start-up", "--help", "python -c pass", 5),
    Target("start-up", "--version", "python -c pass", 5),
)
HOOK_SECONDS = 0.25
PEAK_MIB = 120
PEAK_MIB_FURTHER = 30
GROWTH_TIME = 8.5
GROWTH_MEMORY = 6


def seconds(samples: Sequence[Usage]) -> float:
    return median(usage.seconds for usage in samples)


def peak_mib(samples: Sequence[Usage]) -> float:
    return median(usage.peak_mib for usage in samples)


def paired_ratio(samples: Sequence[Usage], against: Sequence[Usage]) -> float:
    """The median, over the rounds that both were in, of how many times as long the first took."""
    pairs = zip(samples, against, strict=False)
    return median(usage.seconds / other.seconds for usage, other in pairs)


def rows(samples: Samples, megabytes: float, multiplied: float) -> list[Row]:
    """What was measured, held against the targets; a case that was not run is left out.

    ``megabytes`` is the size of the corpus, ``multiplied`` that of its copies together.
    """
    found = [
        Row(target.title, shown(target.case, samples), shown(target.against, samples),
            paired_ratio(samples[target.case], samples[target.against]), target.limit, " ×")
        for target in TARGETS
        if target.case in samples and target.against in samples
    ]  # fmt: skip
    if hook := samples.get("hook"):
        title = "hook on one file, warm"
        found.append(Row(title, shown("hook", samples), "", seconds(hook), HOOK_SECONDS, " s"))
    if cold := samples.get("cold"):
        peak = peak_mib(cold)
        title = "peak memory, cold"
        found.append(Row(title, f"{peak:.0f} MiB", "", peak, PEAK_MIB, " MiB"))
        if copies := samples.get("copies"):
            found += _growth(cold, copies, megabytes, multiplied)
    return found


def _growth(
    cold: Sequence[Usage], copies: Sequence[Usage], megabytes: float, multiplied: float
) -> list[Row]:
    size = f"{multiplied / megabytes:.1f} × the source"
    before, after = peak_mib(cold), peak_mib(copies)
    further = (after - before) / (multiplied - megabytes) * FURTHER_MEGABYTES
    slower = seconds(copies) / seconds(cold)
    memory = f"{after:.0f} MiB"
    against = f"{before:.0f} MiB"
    return [
        Row(f"time for {size}", f"{seconds(copies):.2f} s", f"{seconds(cold):.2f} s",
            slower, GROWTH_TIME, " ×"),
        Row(f"memory for {size}", memory, against, after / before, GROWTH_MEMORY, " ×"),
        Row(f"memory for {FURTHER_MEGABYTES} MB more", memory, against,
            further, PEAK_MIB_FURTHER, " MiB"),
    ]  # fmt: skip


def shown(case: str, samples: Samples) -> str:
    """A case with its median time, as it stands in the table."""
    return f"{case}: {seconds(samples[case]):.3f} s"


def markdown(lines: Sequence[Row]) -> str:
    head = "| case | connlint | compared with | measured | target | reached |"
    return "\n".join([head, "|---|---|---|---|---|---|", *map(str, lines)])
