"""`searchapp bench`: how fast and how small this search is beside other engines.

All engines get the same documents (`articles`) and the same queries (`queries`), and do the same
work (`contenders`): ten hits, the exact total, counts of tags and years, ten snippets with marks.
Indexes are built and memory is measured in processes of their own (`children`); queries are
timed in turn, in one process (`timing`); `running` is the whole run.
"""
