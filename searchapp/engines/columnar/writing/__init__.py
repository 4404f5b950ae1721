"""How a generation of segments is written.

- Who hands out the articles, and when is what written? `generation_writer`
- How does a batch of articles become a segment? `segment_builder`
- Where does each token and each part of a compound stand in a batch? `token_table`
- How do several segments become one? `merger`
- Which segments are merged after an update? `merge_policy`
- How is one field written, with its exact forms? `field_writer`
"""
