"""What each commit writes: which fields are counted up or stamped, and whether there is more."""
