"""An analysis as text and as data: what the command line prints, and what the app shows in its tables."""
