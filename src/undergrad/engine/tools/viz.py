"""A calculation made visible: its graph as text, as dot and as a drawing; a model as a table.

    print(viz.text(loss, {"x": x, "w": w}))     one line per step, in the order of the calculation
    Path("loss.svg").write_text(viz.svg(loss))  a drawing for a page, light or dark

Draw before `backward`, which frees the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from undergrad.engine.autograd import reverse_topological_order
from undergrad.engine.tensor import Tensor
from undergrad.engine.tools.graph_layout import Layout, layered
from undergrad.engine.tools.summary import Summary, summary

__all__ = ["Graph", "Node", "Summary", "dot", "graph", "summary", "svg", "text"]

MOST = 2_000  # nodes in a drawing; a person can read perhaps thirty
_LETTER, _MARGIN, _HEIGHT = 7.3, 10.0, 40.0  # of a box with two lines of text, in pixels


@dataclass(frozen=True)
class Node:
    """One tensor of a graph."""

    name: str  # as given; else v1, v2, ... for results, t1, t2, ... for others
    op: str  # what made it; empty for a leaf
    shape: tuple[int, ...]
    value: float | None  # the number itself, when it is only one
    parents: tuple[int, ...]  # indices of the operands in `Graph.nodes`, in the operation's order
    trained: bool  # gradients are collected for it: a leaf with requires_grad

    @property
    def formula(self) -> str:
        """What the node is, in words of the drawing."""
        return self.op or ("parameter" if self.trained else "given")


@dataclass(frozen=True)
class Graph:
    """All tensors that a result was computed from, operands always before results."""

    nodes: tuple[Node, ...]

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """From operand to result, each pair once."""
        pairs = ((a, b) for b, node in enumerate(self.nodes) for a in node.parents)
        return tuple(dict.fromkeys(pairs))


def graph(root: Tensor, names: Mapping[str, Tensor] | None = None) -> Graph:
    """The graph below `root`.

    Arguments:
        names: what to call tensors, for example `dict(model.named_parameters())`.

    Raises RuntimeError when `backward` has already used the graph, ValueError when it is huge.
    """
    results = reverse_topological_order(root)[::-1]
    leaves = {id(p): p for result in results for p in result._parents if p._vjp is None}
    tensors = _in_order_of_use(results, leaves) or [root]
    if len(tensors) > MOST:
        raise ValueError(f"a graph of {len(tensors)} nodes is too large to draw, at most {MOST}")
    given = {id(tensor): name for name, tensor in (names or {}).items()}
    index = {id(tensor): i for i, tensor in enumerate(tensors)}
    labels = _labels(tensors, given)
    return Graph(
        tuple(
            Node(
                name=labels[i],
                op=tensor.op if tensor._vjp else "",
                shape=tensor.shape,
                value=tensor.item() if tensor.size == 1 else None,
                parents=tuple(index[id(p)] for p in tensor._parents),
                trained=tensor._vjp is None and tensor.requires_grad,
            )
            for i, tensor in enumerate(tensors)
        )
    )


def text(root: Tensor, names: Mapping[str, Tensor] | None = None) -> str:
    """The graph as a program, one line a tensor: name, how it was made, shape, and its number.

    Read downwards it is the calculation; read upwards, the order in which `backward` works.

    Examples:
        >>> x, w = Tensor([1.0, 2.0]), Tensor([3.0, 0.5], requires_grad=True)
        >>> print(text((x * w).sum(), {"x": x, "w": w}))
        x   given      (2,)
        w   parameter  (2,)
        v1  mul(x, w)  (2,)
        v2  sum(v1)    ()    = 4
    """
    nodes = graph(root, names).nodes
    rows = [
        (
            node.name,
            _call(node, nodes),
            _shape(node),
            f"= {_number(node)}" * (node.value is not None),
        )
        for node in nodes
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = (
        "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]])
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def dot(root: Tensor, names: Mapping[str, Tensor] | None = None) -> str:
    """The graph in the language of Graphviz, for those who have it.

    Examples:
        >>> print(dot(Tensor([2.0], requires_grad=True).exp()))
        digraph {
          0 [label="t1\\nparameter (1,)" shape=box style=bold]
          1 [label="v1\\nexp (1,)" shape=box style=rounded]
          0 -> 1
        }
    """
    drawn = graph(root, names)
    boxes = [
        f'  {i} [label="{_quoted(node.name)}\\n{node.formula} {_shape(node)}" '
        f"shape=box style={_dot_style(node)}]"
        for i, node in enumerate(drawn.nodes)
    ]
    arrows = [f"  {a} -> {b}" for a, b in drawn.edges]
    return "\n".join(["digraph {", *boxes, *arrows, "}"])


def svg(root: Tensor, names: Mapping[str, Tensor] | None = None) -> str:
    """The graph as an SVG drawing, operands above results.

    It is drawn in the colour of the surrounding text, so inside a page it suits light and dark.
    Results are rounded boxes, parameters have a thick line, given numbers a broken one.
    """
    drawn = graph(root, names)
    lines = [(node.name, f"{node.formula} {_number(node) or _shape(node)}") for node in drawn.nodes]
    widths = [max(map(len, pair)) * _LETTER + 2 * _MARGIN for pair in lines]
    layout = layered(widths, drawn.edges)
    width, height = layout.width + 2, layout.height
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="Graph of '
            f'{len(drawn.nodes)} steps that ends in {escape(drawn.nodes[-1].name)}" fill="none" '
            'stroke="currentColor" font-family="monospace" font-size="12">',
            *(_arrow(route) for route in layout.routes),
            *(_box(i, node, lines[i], layout) for i, node in enumerate(drawn.nodes)),
            "</svg>",
        ]
    )


def _in_order_of_use(results: list[Tensor], leaves: dict[int, Tensor]) -> list[Tensor]:
    """The results, oldest first, each leaf just before the first result that uses it."""
    out: list[Tensor] = []
    for result in results:
        out += [leaves.pop(id(p)) for p in result._parents if id(p) in leaves]
        out.append(result)
    return out


def _labels(tensors: list[Tensor], given: Mapping[int, str]) -> list[str]:
    counts = {"v": 0, "t": 0}
    labels = []
    for tensor in tensors:
        if id(tensor) not in given:
            kind = "v" if tensor._vjp else "t"
            counts[kind] += 1
            labels.append(f"{kind}{counts[kind]}")
        else:
            labels.append(given[id(tensor)])
    return labels


def _call(node: Node, nodes: tuple[Node, ...]) -> str:
    if not node.op:
        return node.formula
    return f"{node.op}({', '.join(nodes[i].name for i in node.parents)})"


def _shape(node: Node) -> str:
    return str(node.shape)


def _number(node: Node) -> str:
    return "" if node.value is None else np.format_float_positional(
        np.float32(node.value), precision=4, trim="-", fractional=False
    )  # fmt: skip


def _dot_style(node: Node) -> str:
    return "rounded" if node.op else "bold" if node.trained else "dashed"


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _box(i: int, node: Node, lines: tuple[str, str], layout: Layout) -> str:
    position = layout.positions[i]
    left, top = position.x - position.width / 2, position.y - _HEIGHT / 2
    line = 'rx="10"' if node.op else 'stroke-width="2"' if node.trained else 'stroke-dasharray="4"'
    words = "".join(
        f'<text x="{position.x:.1f}" y="{position.y + dy}" text-anchor="middle" stroke="none" '
        f'fill="currentColor"{weight}>{escape(line)}</text>'
        for line, dy, weight in zip(lines, (-4, 12), (' font-weight="bold"', ""), strict=True)
    )
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{position.width:.1f}" height="{_HEIGHT:.0f}" '
        f"{line}/>{words}"
    )


def _arrow(route: tuple[tuple[float, float], ...]) -> str:
    """From the lower edge of a box to the upper edge of another, curved only between the layers.

    Within a layer that it passes the line runs straight down, so it cuts through no box.
    """
    (x, y), *between, (end_x, end_y) = route
    at, path = y + _HEIGHT / 2, f"M{x:.1f} {y + _HEIGHT / 2:.1f}"
    for next_x, next_y in [*between, (end_x, end_y)]:
        top = next_y - _HEIGHT / 2
        middle = (at + top) / 2  # leave and arrive vertically
        path += f"C{x:.1f} {middle:.1f} {next_x:.1f} {middle:.1f} {next_x:.1f} {top:.1f}"
        x, at = next_x, next_y + _HEIGHT / 2
        path += f"V{at:.1f}" if (next_x, next_y) in between else ""
    top = end_y - _HEIGHT / 2
    head = f"M{end_x - 4:.1f} {top - 6:.1f}L{end_x:.1f} {top:.1f}L{end_x + 4:.1f} {top - 6:.1f}Z"
    return f'<path d="{path}"/><path d="{head}" fill="currentColor"/>'
