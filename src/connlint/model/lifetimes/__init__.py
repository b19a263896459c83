"""How long sessions live: one way through a function after another, exceptions included."""
