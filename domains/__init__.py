"""Domain packs: one company each, as data, and the loader that reads and checks them."""
