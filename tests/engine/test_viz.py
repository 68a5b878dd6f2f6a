"""Drawings and tables: what they show is what the graph and the model are."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from undergrad.engine import Tensor, nn, viz
from undergrad.engine.tools.graph_layout import GAP, layered

SVG = "{http://www.w3.org/2000/svg}"


def expression():
    """((a * b + a).tanh() * 2).sum(), with a used twice."""
    a, b = Tensor([0.5], requires_grad=True), Tensor([3.0])
    return ((a * b + a).tanh() * 2).sum(), {"a": a, "b": b}


def test_text_reads_as_a_program():
    root, names = expression()
    assert viz.text(root, names).splitlines() == [
        "a   parameter    (1,)  = 0.5",
        "b   given        (1,)  = 3",
        "v1  mul(a, b)    (1,)  = 1.5",
        "v2  add(v1, a)   (1,)  = 2",
        "v3  tanh(v2)     (1,)  = 0.964",
        "t1  given        ()    = 2",
        "v4  mul(v3, t1)  (1,)  = 1.928",
        "v5  sum(v4)      ()    = 1.928",
    ]


def test_the_program_computes_the_value_again():
    """An independent route: run the lines of the text with NumPy."""
    root, names = expression()
    functions = {
        "mul": np.multiply, "add": np.add, "tanh": np.tanh, "sum": np.sum,
    }  # fmt: skip
    values = {}
    for line in viz.text(root, names).splitlines():
        name, rest = line.split(maxsplit=1)
        call = re.match(r"(\w+)\((.*?)\)", rest)
        number = float(rest.rpartition("= ")[2])
        values[name] = (
            functions[call[1]](*(values[p] for p in call[2].split(", "))) if call else number
        )
    assert values["v5"] == pytest.approx(root.item())


def test_a_leaf_alone_is_a_graph_of_one():
    assert viz.text(Tensor([1.0, 2.0])) == "t1  given  (2,)"
    assert viz.graph(Tensor([1.0])).edges == ()


def test_a_graph_that_backward_used_is_refused():
    root, _ = expression()
    root.backward()
    with pytest.raises(RuntimeError, match="already used"):
        viz.text(root)


def test_a_huge_graph_is_refused_before_drawing():
    x = Tensor([1.0], requires_grad=True)
    for _ in range(viz.MOST):
        x = x + 1
    with pytest.raises(ValueError, match="4001 nodes is too large to draw"):
        viz.svg(x)


def test_drawing_leaves_the_graph_as_it_was():
    root, names = expression()
    viz.svg(root), viz.dot(root), viz.text(root)
    root.backward()
    assert names["a"].grad == pytest.approx(2 * (1 - np.tanh(2.0) ** 2) * 4, rel=1e-5)


def test_dot_names_every_node_and_edge_and_quotes():
    root, names = expression()
    text = viz.dot(root, {'say "a"': names["a"]})
    assert text.count("[label=") == 8
    assert text.count(" -> ") == 8
    assert r'label="say \"a\"\n' in text


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_understands_our_dot():
    root, names = expression()
    subprocess.run(["dot", "-Tsvg"], input=viz.dot(root, names), text=True, check=True)


def boxes(drawing):
    return [
        tuple(float(rect.get(key)) for key in ("x", "y", "width", "height"))
        for rect in drawing.iter(f"{SVG}rect")
    ]


def networks():
    rng = np.random.default_rng(0)
    deep = nn.Sequential(
        *(layer for _ in range(4) for layer in (nn.Linear(3, 3, rng=rng), nn.ReLU()))
    )
    x = h = Tensor(rng.normal(size=(2, 3)).astype(np.float32))
    for layer in deep:
        h = h + layer(h)
    yield h.sum(), dict(deep.named_parameters())
    yield expression()
    yield nn.MSELoss()(nn.Linear(3, 1)(x), np.zeros((2, 1))), {"<x & y>": x}


@pytest.mark.parametrize("case", range(3))
def test_a_drawing_is_well_formed_complete_and_nothing_overlaps(case):
    root, names = list(networks())[case]
    drawn = viz.graph(root, names)
    drawing = ElementTree.fromstring(viz.svg(root, names))
    left, top, width, height = map(float, drawing.get("viewBox").split())
    rects = boxes(drawing)
    assert len(rects) == len(drawn.nodes)
    assert len(list(drawing.iter(f"{SVG}path"))) == 2 * len(drawn.edges)
    for i, (x, y, w, h) in enumerate(rects):
        assert left <= x
        assert x + w <= left + width + 0.5
        assert top <= y
        assert y + h <= top + height
        for a, b, c, d in rects[i + 1 :]:
            assert x + w <= a or a + c <= x or y + h <= b or b + d <= y
    words = [text.text for text in drawing.iter(f"{SVG}text")]
    assert words[::2] == [node.name for node in drawn.nodes]


def test_a_drawing_has_the_colour_of_its_page_and_no_style_of_its_own():
    text = viz.svg(*expression())
    colours = set(re.findall(r'(?:fill|stroke)="([^"]*)"', text))
    assert colours <= {"currentColor", "none"}
    assert "style" not in text
    assert text == viz.svg(*expression())


def test_operands_are_above_results():
    root, names = expression()
    drawn = viz.graph(root, names)
    tops = [y for _, y, _, _ in boxes(ElementTree.fromstring(viz.svg(root, names)))]
    assert all(tops[a] < tops[b] for a, b in drawn.edges)


def test_long_edges_go_around_the_boxes_between():
    edges = [(0, 1), (1, 2), (2, 3), (0, 3)]
    layout = layered([60.0] * 4, edges)
    (_, first, second, _) = layout.routes[3]
    for position, point in zip(layout.positions[1:3], (first, second), strict=True):
        assert point[1] == position.y
        assert abs(point[0] - position.x) > 30


def test_two_pairs_are_not_crossed():
    """0 and 1 on top; 2 belongs to 1 and 3 to 0: the lower two change places."""
    layout = layered([20.0] * 4, [(1, 2), (0, 3)])
    assert (layout.positions[0].x < layout.positions[1].x) == (
        layout.positions[3].x < layout.positions[2].x
    )


def test_a_node_stands_in_the_middle_of_its_neighbours_and_the_drawing_is_tight():
    layout = layered([20.0] * 4, [(0, 3), (1, 3), (2, 3)])
    assert layout.positions[3].x == pytest.approx(
        sum(position.x for position in layout.positions[:3]) / 3
    )
    assert layout.width == pytest.approx(3 * 20 + 2 * GAP)


def test_edges_must_go_forward():
    with pytest.raises(ValueError, match="higher number"):
        layered([1.0, 1.0], [(1, 0)])


# Tables


def test_the_table_of_a_model():
    model = nn.Sequential(nn.Linear(4, 8), nn.Sequential(nn.Dropout(0.5), nn.Linear(8, 2)))
    model[0].bias.requires_grad = False
    table = viz.summary(model, np.ones((3, 4), np.float32))
    assert [(row.name, row.kind, row.shape, row.parameters) for row in table.rows] == [
        ("", "Sequential", "(3, 2)", 0),
        ("0", "Linear", "(3, 8)", 40),
        ("1", "Sequential", "(3, 2)", 0),
        ("1.0", "Dropout", "(3, 8)", 0),
        ("1.1", "Linear", "(3, 2)", 18),
    ]
    assert (table.parameters, table.trained, table.bytes) == (58, 50, 232)
    assert str(table).splitlines()[5] == "    1 Linear    (3, 2)                18"


def test_making_the_table_changes_nothing():
    model = nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2), nn.Dropout(0.5)).train()
    model[1].eval()
    before = str(model.state_dict())
    attributes = [set(vars(module)) for module in model.modules()]
    viz.summary(model, np.ones((3, 4), np.float32))
    assert str(model.state_dict()) == before
    assert [module.training for module in model.modules()] == [True, True, False, True]
    assert [set(vars(module)) for module in model.modules()] == attributes


def test_parameters_used_twice_count_once_and_layers_not_called_show_a_dash():
    class Tied(nn.Module):
        def __init__(self):
            self.one, self.spare = nn.Linear(3, 3, bias=False), nn.Linear(3, 1)
            self.two = nn.Linear(3, 3, bias=False)
            self.two.weight = self.one.weight
            self.scale = Tensor([1.0, 1.0, 1.0], requires_grad=True)

        def forward(self, x):
            return self.two(self.one(x)) * self.scale, x

    rows = {row.name: row for row in viz.summary(Tied(), np.ones((2, 3), np.float32)).rows}
    assert {name: row.parameters for name, row in rows.items()} == {
        "": 3, "one": 9, "spare": 4, "two": 0,
    }  # fmt: skip
    assert rows["spare"].shape == "-"
    assert rows[""].shape == "(2, 3), (2, 3)"


def test_a_model_that_fails_is_left_as_it_was():
    model = nn.Sequential(nn.Linear(4, 2))
    with pytest.raises(ValueError, match="do not fit"):
        viz.summary(model, np.ones((3, 5), np.float32))
    assert "forward" not in vars(model)
    assert model.training
