"""What a segment of articles holds, open for reading or in memory.

- Given a field and a term, which documents is it in? `article_segment`
- Which fields are there, and where are the postings of a title or of an exact form? `layout`
- How are the postings of a field stored? `postings`
- How are postings of many terms handled at once, before they are stored? `postings_table`
- Where are the tokens of a document? `token_spans`
- Which dates, lengths and facet values do the documents have? `document_columns`
"""
