"""Articles on a few subjects, each of which has words of its own, among many on nothing special."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

from searchapp.model import Article

NOUNS = {
    "Stahl": ("Hochofen", "Roheisen", "Schrott", "Walze", "Koks"),
    "Schule": ("Lehrer", "Unterricht", "Zeugnis", "Pause", "Kreide"),
    "Wald": ("Förster", "Fichte", "Käfer", "Jäger", "Sturm"),
}
"""By subject. Each stands in 4 of 10 articles on it, and nowhere else."""

FILLERS = 240


def subject_articles() -> list[Article]:
    """20 articles on each subject, and FILLERS on none; every other one is of 2023."""
    articles = []
    for subject, nouns in NOUNS.items():
        for number, (one, other) in enumerate([*combinations(nouns, 2)] * 2):
            articles.append(
                Article(
                    id=f"{subject}-{number}",
                    title=f"Neues vom {subject} in der Stadt",
                    body=f"Es geht um {subject} und {subject}werk. Man sah den {one} und {other}.",
                    date=dt.date(2023 + number % 2, 1, 1 + number),
                )
            )
    articles += (
        Article(
            id=f"anderes-{number}",
            title=f"Neues aus der Stadt {number}",
            body="Man sah das Haus in der Stadt und eine Tür.",
            date=dt.date(2023 + number % 2, 2, 1),
        )
        for number in range(FILLERS)
    )
    return articles
