"""One file a way of reading; each exports `READER`."""
