"""The engines of each capability, three tiers behind one interface each."""
