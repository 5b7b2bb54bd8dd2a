"""Tables as LaTeX, with the rules of the booktabs package."""

from __future__ import annotations

from ser.report.tables import Sheet

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "−": "$-$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "…": r"\ldots{}",
}
HEAD = "% Written by python -m ser.report. Needs \\usepackage{booktabs}; \\input this file.\n"


def latex(sheet: Sheet) -> str:
    """Write a table with its notes below it."""
    form = "".join("r" if column.numeric else "l" for column in sheet.columns)
    lines = [
        r"\begin{table*}",
        r"\centering\small",
        f"\\caption{{{escape(sheet.title)}}}",
        f"\\begin{{tabular}}{{{form}}}",
        r"\toprule",
        _row([column.heading for column in sheet.columns]),
        r"\midrule",
        *(_row([value.text for value in row]) for row in sheet.rows),
        r"\bottomrule",
        r"\end{tabular}",
        *(f"\\par\\smallskip{{\\footnotesize {escape(note)}}}" for note in sheet.notes),
        r"\end{table*}",
    ]
    return "\n".join(lines) + "\n"


def escape(words: str) -> str:
    """Keep LaTeX from seeing more than words."""
    return "".join(SPECIAL.get(letter, letter) for letter in " ".join(words.split()))


def _row(cells: list[str]) -> str:
    return f"{' & '.join(escape(cell) for cell in cells)} \\\\"
