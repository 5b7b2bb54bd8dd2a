"""Speed of ``ser`` beside what people would use instead: ``make bench``."""
