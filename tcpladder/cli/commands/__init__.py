"""One file a subcommand; each exports `COMMAND`. Heavy imports wait until a command runs."""
