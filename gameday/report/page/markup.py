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


def swatch(kind: str, words: str) -> Markup:
    """A coloured square and its words: colour alone says nothing."""
    square = tag("rect", width=12, height=12, rx=2, class_=kind)
    picture = tag("svg", square, width=12, height=12, viewBox="0 0 12 12", aria_hidden="true")
    return tag("span", picture, f" {words}", class_="leg")


def section(title: str, *content: str) -> Markup:
    """A part of a page under its heading."""
    name = title.lower().replace(" ", "-")
    return tag("section", tag("h2", title, id=name), join(*content), aria_labelledby=name)


def document(title: str, style: str, *body: str, head: str = "") -> str:
    """A whole page, which needs no other file."""
    made = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(style)),
        head,
    )
    return f"<!doctype html>\n{tag('html', made, tag('body', *body), lang='en')}\n"


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
