"""The table, in Markdown."""


def markdown(rows, machine, fixtures):
    lines = ["# Kist beside its peers", "", " · ".join(f"{name}: {value}" for name, value in machine.items()), ""]
    lines += ["| Figure | Measured | Beside | Result | Target | |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        cells = (
            row["figure"],
            row["measured"],
            row["beside"],
            row["result"],
            row["target"],
            "✓" if row["met"] else "✗",
        )
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "What was measured:", "", *(f"- {fixture}" for fixture in fixtures), ""]
    return "\n".join(lines)
