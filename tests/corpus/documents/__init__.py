"""The files that programs made are in `tests/samples/documents`."""

from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
