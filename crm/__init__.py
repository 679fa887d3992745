"""Business data: customers, leads, catalogue, offers, scripts, history."""
