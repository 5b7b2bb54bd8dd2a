"""Features at the rate of a corpus: above it there is nothing to hear."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ser.corpora import Utterance
from ser.features import FrontEnd
from ser.features.audio import rate_of

log = logging.getLogger(__name__)


def followed(front_end: FrontEnd, utterances: Sequence[Utterance]) -> FrontEnd:
    """Lower the rate of a front end to the lowest of the files, if it follows recordings.

    Bands above half the rate of a file hold what its resampler left, by which a model would tell
    recordings apart instead of emotions.

    Args:
        front_end: As it was asked for.
        utterances: Of the corpus.

    Raises:
        ConfigError: If the front end cannot do with so low a rate.
    """
    if not front_end.follows:
        return front_end
    paths = list(dict.fromkeys(u.path for u in utterances))
    with ThreadPoolExecutor() as pool:
        rates = Counter(filter(None, pool.map(rate_of, paths)))
    lowest = min(rates, default=front_end.sample_rate)
    if lowest >= front_end.sample_rate:
        return front_end
    log.warning(
        "%d of %d files %s %d Hz, so features are extracted at that rate and not at %d Hz: pass "
        "features.sample_rate=%d to say so, or leave out these files.",
        rates[lowest],
        len(paths),
        "has" if rates[lowest] == 1 else "have",
        lowest,
        front_end.sample_rate,
        lowest,
    )
    return front_end.at_rate(lowest)
