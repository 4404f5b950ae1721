"""Files of checksummed blocks and arrays, which every engine may keep its numbers in.

- Given a name, which bytes or which array stand under it? `segment_file`
- How is a long sequence of small numbers written and read? `number_stream`
- Given a row or a term, which numbers belong to it? `tables`
"""
