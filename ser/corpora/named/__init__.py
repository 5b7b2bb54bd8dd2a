"""Published corpora whose file names say what is in them: what they have in common."""

from ser.corpora.named.corpus import NamedCorpus

__all__ = ["NamedCorpus"]
