"""The columnar engine: segments of compressed arrays that Whoosh can read, too."""
