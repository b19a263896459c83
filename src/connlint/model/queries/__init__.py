"""The linked program in, the SQL that it writes down out: its texts, its constancy, its tables."""
