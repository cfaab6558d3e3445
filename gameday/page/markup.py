"""Elements of HTML and SVG as text. Everything that is not markup already is escaped."""

from html import escape


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


_VOID = frozenset({"meta", "br", "line", "rect", "circle", "path", "polyline", "polygon"})


def tag(name: str, /, *content: str, **attributes: str | float | None) -> Markup:
    """An element. `class_` is written as class, `aria_label` as aria-label; None leaves an attribute out."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID and not content:
        return Markup(f"<{name}{told}>" if name in {"meta", "br"} else f"<{name}{told}/>")
    return Markup(f"<{name}{told}>{join(*content)}</{name}>")


def join(*content: str) -> Markup:
    """One piece of markup after the other; plain text is escaped."""
    return Markup("".join(piece if isinstance(piece, Markup) else escape(piece) for piece in content))


def svg(width: float, height: float, *content: str, title: str, id_: str, description: str = "") -> Markup:
    """A picture that a screen reader can tell: *title* and *description* are its text."""
    return tag(
        "svg",
        tag("title", title, id=f"{id_}-title"),
        tag("desc", description, id=f"{id_}-desc"),
        *content,
        viewBox=f"0 0 {width:g} {height:g}",
        width="100%",
        role="img",
        aria_labelledby=f"{id_}-title {id_}-desc",
    )


def table(caption: str, head: list[str], rows: list[list[str]], *, numbers: int = 0) -> Markup:
    """A table with its caption; the first cell of a row heads it, the last *numbers* columns are numbers."""
    first_number = len(head) - numbers

    def kind(column: int) -> str | None:
        return "number" if column >= first_number else None

    header = [tag("th", text, scope="col", class_=kind(column)) for column, text in enumerate(head)]
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            *(tag("td", text, class_=kind(column)) for column, text in enumerate(row[1:], 1)),
        )
        for row in rows
    ]
    return tag(
        "div",
        tag("table", tag("caption", caption), tag("thead", tag("tr", *header)), tag("tbody", *body)),
        class_="wide",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
