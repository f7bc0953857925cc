"""Files into segment tables, and single frames into protocol trees."""
