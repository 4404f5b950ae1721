"""Engines: what stores an index and answers from it.

- What must an engine be able to do? `base`
- Which engine do the settings ask for? `selection`
- What does a word of a query find, and what is highlighted for it? `meaning`
- What of an article is indexed, under which names? `fields`, `indexed_terms`
- With which lexicon are its words analyzed? `generation_lexicon`; how do articles get to processes?
  `article_batches`
- How are bytes and numbers kept in checksummed files? `storage`
- How are plans, facets, order and highlights computed over arrays? `evaluation`
- How does the default engine write, merge and read its segments? `columnar`
- How does the reference engine keep postings in Whoosh's stock codec? `whoosh_engine`
- How are a generation's articles kept and found in a cluster? `opensearch`
- How do Whoosh's own tools read the default engine's index? `whoosh_view`
"""
