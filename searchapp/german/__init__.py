"""German text in, tokens out: cleaning, tokenizer, stems, lexicon, and the analyzer over all."""

from searchapp.german.analyzer import Analyzer, rules_fingerprint, surface_counts
from searchapp.german.text_cleaner import clean_line, clean_text

__all__ = ["Analyzer", "clean_line", "clean_text", "rules_fingerprint", "surface_counts"]
