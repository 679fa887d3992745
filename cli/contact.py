"""`talktrack contact`: whether a customer may be called now, and who never again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.options import Domain, Json, Now, settings_for
from core.clock import local_minute, parse_minute
from core.errors import NotFoundError
from core.pack import Contact
from crm.customers import clean_phone
from crm.store import Store
from domains.load import load_pack
from policy.contact import CallCheck, check_named, may_call

contact = typer.Typer(
    help="Whether a customer may be called now, and who is never to be called.", no_args_is_help=True
)

Phone = Annotated[str | None, typer.Option("--phone", help="A phone number.")]
Customer = Annotated[str | None, typer.Option("--customer", help="A customer's id.")]

REASONS = {
    "do_not_call": "登记了免打扰 / asked never to be called",
    "hours": "不在可联系时间内 / outside the hours of contact",
    "attempts": "未接通次数已到上限 / rung too often without an answer",
}
"""Why not, in words."""


@contextmanager
def opened(domain: str | None, now: str | None) -> Iterator[tuple[Store, Contact, datetime]]:
    """The tenant's store, the pack's rules of contact, and the moment."""
    settings, moment = settings_for(domain), parse_minute(now) if now else local_minute()
    pack = load_pack(settings.domain)
    store = Store(settings.business_url(), tenant=settings.tenant or pack.name, clock=lambda: moment)
    try:
        yield store, pack.contact, moment
    finally:
        store.close()


@contact.command()
def check(
    phone: Phone = None,
    customer: Customer = None,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """Tell a dialler whether it may call; a no is an answer and no failure."""
    with opened(domain, now) as (store, rules, moment):
        found = may_call(store, rules, phone=phone, customer_id=customer, now=moment)
    typer.echo(found.model_dump_json() if as_json else in_words(found))


@contact.command()
def bar(
    phone: Phone = None,
    customer: Customer = None,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """Never call this number or customer again."""
    check_named(phone, customer)
    with opened(domain, now) as (store, _, _moment):
        store.bar(phone=phone, customer_id=customer)
    done = {"barred": True, "phone": clean_phone(phone), "customer_id": customer}
    typer.echo(json.dumps(done, ensure_ascii=False) if as_json else "barred")


@contact.command()
def unbar(
    phone: Phone = None,
    customer: Customer = None,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """Take the bans on this number or customer back, because they asked to be called again."""
    check_named(phone, customer)
    with opened(domain, now) as (store, _, _moment):
        count = store.unbar(phone=phone, customer_id=customer)
    if not count:
        raise NotFoundError("no ban names this number or customer: talktrack contact list shows them all")
    typer.echo(json.dumps({"taken_back": count}) if as_json else f"taken back: {count}")


@contact.command("list")
def show_all(as_json: Json = False, now: Now = None, domain: Domain = None) -> None:
    """List everyone who is never to be called again, the last first."""
    with opened(domain, now) as (store, _, _moment):
        rows = store.bans()
    if as_json:
        for row in rows:
            print(row.model_dump_json())
        return
    table = Table("phone", "customer", "thread", "since")
    for row in rows:
        cells = (row.phone, row.customer_id, row.thread, f"{row.at:%Y-%m-%d %H:%M}")
        table.add_row(*(Text(cell or "") for cell in cells))
    Console().print(table if rows else "nobody is barred")


def in_words(found: CallCheck) -> str:
    """The answer for a person."""
    tries = f"{found.today} today, {found.this_month} in 30 days without an answer"
    if found.reason is None:
        return f"yes · {tries} · {found.hours}"
    return f"no: {REASONS[found.reason]} · {tries} · {found.hours}"
