"""The engine on an OpenSearch cluster: its index format and loading; it cannot be chosen yet.

- How do our tokens travel in a text that the cluster splits again? `token_text`
- How do documents get into it? `bulk_load`
- Which fields has an index, and how are they analyzed? `index_layout`
"""
