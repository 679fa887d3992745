"""Spoken forms to normal forms: numbers, money, time, contacts, places, products."""
