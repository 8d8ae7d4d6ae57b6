"""A map as the template draws it: areas by class, points, names and legend."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from insights.maps import markup
from insights.maps.classes import Class, class_of, classes_of, quantile_breaks, shade_of
from insights.maps.outlines import Outlines

LETTER = 0.66  # breadth of a letter, of its height
LETTERS_HIGH = 1 / 45  # height of names, of the drawing's longer side
HATCHED = 0
DENSE = 400


@dataclass(frozen=True)
class Figure:
    """What the map says of one area. `value` None (unknown, or hidden from the reader) is hatched; `told` says it in words."""

    key: Hashable
    name: str
    value: float | None
    told: str
    url: str = ""
    short: str = ""  # the name on the map, if names are drawn


@dataclass(frozen=True)
class Point:
    """A marked place. `kind` 1 to 3 differ in shade and in size; say in the legend what each means (`marks`)."""

    longitude: float
    latitude: float
    told: str
    url: str = ""
    kind: int = 1


@dataclass(frozen=True)
class Shape:
    """An area as it is drawn. `shade` 1 to 5, 0 hatched, None for a border without a figure. `key` None: no row of the table is its."""

    key: Hashable | None
    path: str
    shade: int | None
    says: str = ""
    url: str = ""


@dataclass(frozen=True)
class Name:
    """A name on the map, and the breadth of its area (units); whether it fits there before the map is enlarged."""

    x: int
    y: int
    text: str
    room: int
    fits: bool


@dataclass(frozen=True)
class Dot:
    x: int
    y: int
    kind: int
    says: str
    url: str


@dataclass(frozen=True)
class AreaMap:
    """Everything that `partials/map.html` and `map.js` need."""

    id: str
    title: str
    unit: str
    width: int
    height: int
    bounds: list[list[float]]
    shapes: list[Shape]
    classes: list[Class]
    hatched: int  # areas without a figure
    hatched_means: str
    names: list[Name] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    marks: list[tuple[int, str]] = field(default_factory=list)
    group: str = ""
    note: str = ""
    table: str = ""

    @cached_property
    def areas_drawn(self) -> str:
        """Made once: a map that is kept between requests need not be written anew."""
        return markup.of_shapes(self.shapes)

    @cached_property
    def names_drawn(self) -> str:
        return markup.of_names(self.names)

    @cached_property
    def dots_drawn(self) -> str:
        return markup.of_dots(self.dots)

    @property
    def letters(self) -> int:
        """Height of names in units."""
        return round(max(self.width, self.height) * LETTERS_HIGH)

    @property
    def is_dense(self) -> bool:
        """So many areas that borders of the usual breadth would cover them."""
        return len(self.shapes) > DENSE

    @property
    def is_tall(self) -> bool:
        return self.height > 1.15 * self.width


def draw_map(
    map_id: str,
    outlines: Outlines | None,
    figures: Sequence[Figure],
    *,
    title: str,
    unit: str,
    write: Callable[[float], str] = lambda value: f"{value:,.1f}",
    breaks: Sequence[float] | None = None,
    hatched_means: str = "no data",
    borders: Collection[Hashable] = (),
    points: Sequence[Point] = (),
    marks: Sequence[tuple[int, str]] = (),
    named: bool = False,
    group: str = "",
    note: str = "",
    table: str = "",
    listed: Collection[Hashable] | None = None,
) -> AreaMap | None:
    """The map of figures, or None where no area has a boundary (the table then stands alone).

    `map_id` is unique on the page. `unit` stands over the legend. `write` writes a value in it. `breaks` are the highest values
    of the classes where several maps are to be compared; by default there are five with about as many areas each. An area of the
    outlines without a figure is hatched, except those in `borders`, of which only the border is drawn. Maps of one `group`
    move together. `table` is the id of the table of the same figures, `listed` the keys of the areas that have a row there (None:
    all may have): of thousands of cells with a short table, keys are much of the page.
    """
    if outlines is None or not outlines.of:
        return None
    by_key = {figure.key: figure for figure in figures if figure.key in outlines.of}
    values = [figure.value for figure in by_key.values() if figure.value is not None]
    ends = list(breaks) if breaks is not None else quantile_breaks(values)
    keys = outlines.of if listed is None else listed
    shapes = _shapes(outlines, by_key, ends, hatched_means, borders, keys)
    lines = [Shape(None, outlines.of[key].path, None) for key in outlines.of if key in borders]
    frame = outlines.frame
    return AreaMap(
        id=map_id,
        title=title,
        unit=unit,
        width=frame.width,
        height=frame.height,
        bounds=frame.bounds,
        shapes=shapes + lines,
        classes=classes_of(values, ends, write, declared=breaks is not None),
        hatched=sum(shape.shade == HATCHED for shape in shapes),
        hatched_means=hatched_means,
        names=_names(outlines, by_key.values()) if named else [],
        dots=[_dot(point, outlines) for point in points],
        marks=list(marks),
        group=group,
        note=note,
        table=table,
    )


def _shapes(
    outlines: Outlines,
    by_key: Mapping[Hashable, Figure],
    ends: Sequence[float],
    missing: str,
    borders: Collection[Hashable],
    listed: Collection[Hashable],
) -> list[Shape]:
    """The areas that are shaded or hatched. Those that are `listed` carry their key, which joins them to a row."""
    return [
        _shape(key if key in listed else None, outlines.of[key].path, by_key.get(key), ends, missing)
        for key in outlines.of
        if key not in borders
    ]


def _shape(
    key: Hashable | None, path: str, figure: Figure | None, breaks: Sequence[float], missing: str
) -> Shape:
    if figure is None:
        return Shape(key, path, HATCHED, missing)
    says = f"{figure.name}: {figure.told}"
    if figure.value is None or not breaks:
        return Shape(key, path, HATCHED, says, figure.url)
    shade = shade_of(class_of(figure.value, breaks), len(breaks))
    return Shape(key, path, shade, says, figure.url)


def _names(outlines: Outlines, figures: Collection[Figure]) -> list[Name]:
    """All names; `map.js` shows each as soon as its area has room for it."""
    height = max(outlines.frame.width, outlines.frame.height) * LETTERS_HIGH
    found = []
    for figure in figures:
        outline, text = outlines.of[figure.key], figure.short or figure.name
        x, y = outline.middle
        found.append(Name(x, y, text, outline.room, len(text) * LETTER * height <= outline.room))
    return found


def _dot(point: Point, outlines: Outlines) -> Dot:
    x, y = outlines.frame.place(point.longitude, point.latitude)
    return Dot(x, y, point.kind, point.told, point.url)
