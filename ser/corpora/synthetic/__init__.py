"""The embedded corpus: a source-filter synthesiser, and the recordings that it makes."""

from ser.corpora.synthetic.corpus import Recording, Synthetic

__all__ = ["Recording", "Synthetic"]
