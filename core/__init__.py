"""The leaf every layer may import: types, run context, settings, clock, errors."""
