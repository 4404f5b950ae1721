"""Measurements: tools for developers and owners, which no reader waits for.

How relevant are the hits? `evaluation`, with the queries of `relevance_sets` and the figures of
`relevance_metrics`. How fast and how small is it beside other engines? `bench`. How well does the
lexicon know German? `gold`. How well are run-together tags split? `tag_footers`. How is a corpus
read? `distinct_articles`.
"""
