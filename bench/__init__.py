"""`make bench`: what a page costs, as a ratio to a plain Django answer in the same run."""
