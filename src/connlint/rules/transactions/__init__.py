"""DBC2xx, transactions: who may commit, in which states, and what happens when it fails."""
