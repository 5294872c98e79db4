"""The measured figures as one Markdown table: what the README quotes, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HEAD = "<!-- bench:begin -->"
FOOT = "<!-- bench:end -->"


def results(folder: Path) -> list[dict[str, Any]]:
    """Every result but the copy of the latest, SQLite first, small first."""
    found = [json.loads(path.read_text()) for path in folder.glob("*-*.json")]
    return sorted(found, key=lambda r: (r["database"] != "sqlite", r["patients"]))


def markdown(found: list[dict[str, Any]]) -> str:
    """One row per database and size: p50 alone; operations per second by eight; p95 by eight."""
    names = sorted({name for result in found for name in result["ops"]})
    rows = [
        f"| | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
    ]
    others = []
    for result in found:
        label = f"{result['database'].replace('sqlite', 'SQLite').replace('postgresql', 'PostgreSQL')}"
        size = f"{result['patients']:,}".replace(",", " ")
        cells = [_cell(result["ops"].get(name)) for name in names]
        rows.append(f"| {label}, {size} | {' | '.join(cells)} |")
        others.append(
            f"- {label}, {size} patients ({result['at']}): password step {result['login_ms']:.0f} ms, cold start "
            f"{result['cold_start_s']} s, {result['rss_mb']:.0f} MB a worker, {result['bytes_per_patient']:,} bytes a "
            f"patient, retention clock {result['sweep_files_s']:,} files/s within {result['sweep_peak_mb']} MB"
            f"{_moved(result)}."
        )
    return "\n".join([*rows, "", *others]) + "\n"


def _moved(result: dict[str, Any]) -> str:
    """What the night did beyond looking, where it was measured."""
    if "moved_files_s" not in result:
        return ""
    return (
        f"; made ready {result['prepared_files_s']:,} files/s, moved to the archive {result['moved_files_s']:,} "
        f"files/s within {result['moved_peak_mb']} MB"
    )


def _cell(op: dict[str, float] | None) -> str:
    """« 4.5; 470; 33 », or a dash where it was not measured."""
    return f"{op['p50_ms']:.1f}; {op['ops_s_8']:.0f}; {op['p95_ms_8']:.0f}" if op else "–"


def write(folder: Path) -> str:
    """`table.md` beside the results; gives its text."""
    text = markdown(results(folder))
    (folder / "table.md").write_text(text)
    return text


def into(readme: Path, text: str) -> None:
    """Put the table between the README's two marks."""
    whole = readme.read_text()
    before, _, rest = whole.partition(HEAD)
    _, _, after = rest.partition(FOOT)
    readme.write_text(f"{before}{HEAD}\n{text}{FOOT}{after}")
