"""The page numbers that are linked below a list of pages."""

from __future__ import annotations


def linked_pages(current: int, last: int) -> list[int | None]:
    """Both ends and the neighbours of the current page; None stands for a gap."""
    wanted = sorted({1, last, *range(max(1, current - 2), min(last, current + 2) + 1)})
    numbers: list[int | None] = []
    for number in wanted:
        if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
            # A gap of one page is shorter as that page.
            numbers.append(number - 1 if number - numbers[-1] == 2 else None)
        numbers.append(number)
    return numbers
