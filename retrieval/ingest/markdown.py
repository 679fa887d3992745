"""Markdown, through markdown-it: headings, paragraphs, items of lists, tables, code as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from retrieval.ingest.blocks import BOLD, Block, heading, paragraph, table
from retrieval.ingest.questions import begins_with_mark, is_question
from retrieval.ingest.text import decoded

_FENCE = "---"
_BROKEN = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3400-\u9fff])")
"""A line's end inside a Chinese paragraph."""


def read_markdown(path: Path, name: str) -> list[Block]:
    """The blocks behind the front matter."""
    return markdown_blocks(split_front_matter(decoded(path, name))[1])


def split_front_matter(text: str) -> tuple[str, str]:
    """The YAML between two lines of `---` at the top, and the rest."""
    lines = text.lstrip("\ufeff").split("\n")
    if lines[0].strip() != _FENCE:
        return "", text
    for number, line in enumerate(lines[1:], 1):
        if line.strip() == _FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
    return "", text


def markdown_blocks(text: str) -> list[Block]:
    """The blocks of a Markdown text."""
    from markdown_it import MarkdownIt

    return list(_blocks(MarkdownIt("commonmark").enable("table").parse(text)))


def _blocks(tokens: Sequence[Any]) -> Iterator[Block]:
    rows: list[list[str]] = []
    level = 0
    in_table = False
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "table_open":
            rows, in_table = [], True
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            in_table = False
            yield table(rows)
        elif token.type == "inline" and in_table:
            rows[-1].append(_plain(token.children))
        elif token.type == "inline" and level:
            yield heading(_plain(token.children), level)
            level = 0
        elif token.type == "inline":
            yield from _paragraph(token.children)
        elif token.type in {"fence", "code_block"} and token.content.strip():
            yield paragraph(token.content)


def _paragraph(children: Sequence[Any]) -> Iterator[Block]:
    """A paragraph; a bold question that it begins with is the heading of the rest."""
    rest = list(children)
    if any(child.type == "strong_open" for child in rest[:2]):
        end = next(at for at, child in enumerate(rest) if child.type == "strong_close") + 1
        if is_question(words := _plain(rest[:end])):
            yield heading(words, BOLD)
            rest = rest[end:]
    if text := _plain(rest).strip():
        yield paragraph(text)


def _plain(children: Sequence[Any]) -> str:
    """The words of inline tokens without their marks; a link keeps its text."""
    parts = []
    for child in children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
    joined = "".join(parts)
    return _BROKEN.sub(lambda gap: "\n" if begins_with_mark(joined[gap.end() :]) else "", joined)
