"""German text in, tokens out: cleaning, tokenizer, stems and the analyzer that joins them."""

from searchapp.german.analyzer import Analyzer
from searchapp.german.cleaning import clean_line, clean_text

__all__ = ["Analyzer", "clean_line", "clean_text"]
