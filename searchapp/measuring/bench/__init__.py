"""`searchapp bench`: how fast and how small this search is beside other engines.

All engines get the same documents (`articles`) and the same queries (`queries`), and do the same
work (`contenders`): ten hits, the exact total, counts of tags and years, ten snippets with marks.
Indexes are built and memory is measured in processes of their own (`children`); queries are
timed in turn, in one process (`timing`); `running` is the whole run.
"""

HITS = 10
"""On a page, each with its snippet."""
FACET_VALUES = 100
"""So many tags, and so many years, are counted by name: as many as our page shows."""
SNIPPET_CHARS = 220
