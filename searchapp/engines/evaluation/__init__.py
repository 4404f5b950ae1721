"""Answering over arrays: whole lists of postings, and columns of facets and dates.

- How does one request become an answer? `array_snapshot`
- Which forms does a wildcard or a fuzzy word stand for? `expander`, `vocabulary`
- What does each tier of a word weigh? `weigher`
- Which lists and set operations does that need, and what does BM25 say? `plan`, `bm25`
- Which documents match a plan, with which scores? `evaluator`
- How are documents kept, counted and cut down to others? `doc_set`
- Which tags, source, author and date has a document, and in which order do hits come? `columns`
- How often does each value of a facet occur, under which filters? `facet_counts`
- Where and why does an article match? `highlighter`
- Which likelier words are there for a misspelt one? `spelling`
"""
