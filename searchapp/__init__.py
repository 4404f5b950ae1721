"""Full-text search for German articles: an indexer, a search page and a command line."""

__version__ = "0.1.0"
