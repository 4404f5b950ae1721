"""The served index as an index of Whoosh's, read-only.

- How do I open the folder of a generation, and which fields are there? `generation_index`
- Which terms has a field of a segment, and which documents has a term? `segment_terms`
- How does Whoosh step through them? `matchers`
"""

from searchapp.engines.whoosh_view.generation_index import open_whoosh_index

__all__ = ["open_whoosh_index"]
