"""The report's page: one HTML file with everything in it, no script, nothing fetched."""

from __future__ import annotations

import math
import re
import statistics
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.common.again import HEADING
from autograder.engine.table import folded
from autograder.report.facts import (
    ENOUGH,
    NO_ANSWER,
    NOT_ATTEMPTED,
    PARTLY,
    RIGHT,
    WEAK_DISCRIMINATION,
    WRONG,
    ClassFacts,
)

STATES = (RIGHT, PARTLY, WRONG, NOT_ATTEMPTED, NO_ANSWER)
#: Fill and pattern of each state: told apart without colours too, and dark enough for white words or light enough for black.
COLOURS = {RIGHT: "#00664b", PARTLY: "#56B4E9", WRONG: "#D55E00", NOT_ATTEMPTED: "#BBBBBB", NO_ANSWER: "#444444"}
BARS = 10
WIDE = 420  # of an exercise's bar


def as_html(facts: ClassFacts, when: datetime | None = None) -> str:
    """The whole page. `when` is the time that it states, now unless given."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = _prose
    environment.filters["shown"] = facts.shown
    environment.filters["folded"] = folded
    environment.filters["number"] = lambda value: f"{value:.4g}"
    return environment.get_template("page.html.jinja").render(
        facts=facts,
        when=f"{when or datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        spread=statistics.stdev(facts.totals) if len(facts.totals) > 1 else None,
        mean=statistics.mean(facts.totals),
        median=statistics.median(facts.totals),
        histogram=histogram(facts.totals, facts.most),
        states=STATES,
        colours=COLOURS,
        bar=state_bar,
        enough=ENOUGH,
        weak=WEAK_DISCRIMINATION,
        heading=HEADING,
    )


def histogram(totals: list[float], most: float) -> Markup:
    """How many submissions earned how much, as an SVG whose words say the same."""
    width = max(1, math.ceil(most / BARS))
    edges = range(0, max(1, math.ceil(most)), width)  # a unit that a person grades has no points here
    counts = [
        sum(low <= total < low + width or (total >= most and low + width >= most) for total in totals) for low in edges
    ]
    highest = max(counts) or 1
    step, height = 56, 150
    words = "; ".join(f"{low} to {min(low + width, most):g}: {count}" for low, count in zip(edges, counts, strict=True))
    parts = []
    for place, (low, count) in enumerate(zip(edges, counts, strict=True)):
        tall = round(height * count / highest, 1)
        x, y = 10 + place * step, 24 + height - tall
        parts.append(f'<rect x="{x}" y="{y}" width="{step - 8}" height="{tall}" fill="#0072B2"/>')
        parts.append(f'<text x="{x + step / 2 - 4}" y="{y - 6}" text-anchor="middle">{count or ""}</text>')
        label = f"{low}–{min(low + width, most):g}"
        parts.append(f'<text x="{x + step / 2 - 4}" y="{height + 44}" text-anchor="middle">{label}</text>')
    whole = 20 + step * len(counts)
    return Markup(
        f'<svg viewBox="0 0 {whole} {height + 56}" role="img" aria-label="Submissions by points. {escape(words)}." '
        f'style="width:100%;max-width:{whole}px" font-size="13"><line x1="10" x2="{whole - 10}" y1="{24 + height}" '
        f'y2="{24 + height}" stroke="currentColor"/>{"".join(parts)}</svg>'
    )


def state_bar(states: dict[str, int]) -> Markup:
    """One exercise's states as a bar; numbers stand in its parts where there is room."""
    total = sum(states.values()) or 1
    parts, x = [], 0.0
    for state in STATES:
        share = WIDE * states[state] / total
        if not share:
            continue
        parts.append(f'<rect x="{x:.2f}" width="{share:.2f}" height="18" fill="{COLOURS[state]}"/>')
        if share >= 30:
            ink = "#fff" if state in (RIGHT, NO_ANSWER) else "#000"
            place = f'x="{x + share / 2:.2f}" y="13.5"'
            parts.append(f'<text {place} fill="{ink}" font-size="13" text-anchor="middle">{states[state]}</text>')
        x += share
    words = ", ".join(f"{states[state]} {state}" for state in STATES if states[state])
    return Markup(f'<svg viewBox="0 0 {WIDE} 18" role="img" aria-label="{escape(words)}">{"".join(parts)}</svg>')


def _prose(text: str) -> Markup:
    """A hint's words with `code`, *emphasis* and **what is strong** set as such."""
    coded = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    coded = re.sub(r"\*\*([^*<>]+)\*\*", r"<strong>\1</strong>", coded)
    return Markup(re.sub(r"(?<![\w*])\*(\w[^*<>]*\w)\*(?![\w*])", r"<em>\1</em>", coded))
