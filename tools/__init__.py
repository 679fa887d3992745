"""Tools with an effect, each run once a turn id."""
