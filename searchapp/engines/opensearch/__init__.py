"""The engine on an OpenSearch cluster; only its index format so far, no engine can be chosen yet.

- How do our tokens travel in a text that the cluster splits again? `token_text`
- Which fields has an index, and how are they analyzed? `index_layout`
"""
