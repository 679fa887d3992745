"""Speed and memory, each figure beside a baseline of the same run; run as modules, never in tests."""
