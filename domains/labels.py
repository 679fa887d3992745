"""The one vocabulary of intents, slots, acts and actions; packs may use fewer slots, never other names."""

from __future__ import annotations

from core.types import Lang

LANGS: tuple[Lang, ...] = ("zh", "en")

INTENTS: tuple[str, ...] = (
    "greet",
    "ask_product",
    "ask_price",
    "ask_discount",
    "ask_customization",
    "ask_service",
    "ask_delivery",
    "ask_payment",
    "ask_case",
    "ask_company",
    "compare_competitor",
    "inform",
    "request_demo",
    "request_material",
    "request_human",
    "object_price",
    "object_need",
    "object_timing",
    "object_supplier",
    "object_trust",
    "refuse",
    "do_not_call",
    "wrong_person",
    "ask_identity",
    "affirm",
    "deny",
    "hold_on",
    "repeat",
    "thanks_bye",
    "chitchat",
    "out_of_scope",
)

SLOTS: tuple[str, ...] = (
    "product",
    "quantity",
    "budget",
    "timeline",
    "payload_kg",
    "industry",
    "application",
    "customization",
    "company",
    "contact_name",
    "title",
    "phone",
    "email",
    "location",
    "decision_role",
    "competitor",
    "current_supplier",
    "payment_term",
    "demo_time",
)

ROLES: tuple[str, ...] = ("decision_maker", "influencer", "user", "none")
"""Values of the slot decision_role."""

ACTS: tuple[str, ...] = (
    "greet",
    "disclose",
    "answer",
    "ask_slot",
    "confirm_slot",
    "handle_objection",
    "propose",
    "small_talk",
    "decline",
    "clarify",
    "farewell",
)

TOOLS: tuple[str, ...] = (
    "handoff",
    "end_call",
    "do_not_call",
    "book_demo",
    "send_material",
    "save_lead",
    "quote",
)
