"""Many captures, each by itself: which are meant, the processes that read them, checks against a baseline, batches."""
