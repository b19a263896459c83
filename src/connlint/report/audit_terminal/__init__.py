"""An audit view in, text for a person at a terminal out: ``report`` lists the connection points,
``summary`` says what they come to, ``styled`` colours verdicts and sentences."""
