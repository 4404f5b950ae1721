"""`searchapp bench`: how fast and how small this search is beside other engines.

All engines get the same articles and queries and do the same work: ten hits, the exact total,
counts of tags and years, ten snippets with marks. They are indexed in processes of their own and
asked in turn in one process.

What is a whole run? `bench_run`. What must an engine do to take part? `contenders`. Which articles
and queries? `bench_articles`, `title_queries`. How are time and memory measured? `stopwatch`,
`measured_process`. Pages over HTTP: `sites`, `site_stopwatch`. The engines are
`searchapp_contender`, `tantivy_peer` with `tantivy_page`, `fts5_peer` and `whoosh_peer`.
"""

HITS = 10
"""On a page, each with its snippet."""
FACET_VALUES = 100
"""Tags, and years, that are counted by name: as many as our page shows."""
SNIPPET_CHARS = 220
