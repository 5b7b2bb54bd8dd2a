"""Judge predictions that somebody else made: what they rest on, and what they are worth."""
