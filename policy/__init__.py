"""What the business decides: stages, prices, claims, playbook, and the commitment guard."""
