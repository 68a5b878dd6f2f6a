"""What a notebook brings as HTML: shown where it is harmless, closed where it was left open."""

import pytest
from markupsafe import Markup

from undergrad.portfolio.sanitize import sanitize

SHOWN = [
    ("<b>bold</b> &amp; <i>thin</i>", "<b>bold</b> &amp; <i>thin</i>"),
    ("a < b & c", "a &lt; b &amp; c"),
    ("<h2 id=x style='a' onclick=y() title=t>Data</h2>", '<h2 title="t">Data</h2>'),
    ("x<script>alert(1)</script>y", "xy"),
    ("x<style>b{}</style>y", "xy"),
    ("x<svg><g><text>no</text></g></svg>y", "xy"),
    ("x<iframe src=a>no</iframe>y", "xy"),
    ("<form><input value=a><button>go</button></form>", "go"),
    ("<!-- note -->x<?php y ?>", "x"),
    ("<div><b>open", "<div><b>open</b></div>"),
    ("<div><b>crossed</div></b>z", "<div><b>crossed</b></div>z"),
    ("</div></main>x", "x"),
    ("<br>x<hr/>", "<br>x<hr>"),
    ("<a href='https://x.org/?a=1&b=2'>x</a>", '<a href="https://x.org/?a=1&amp;b=2">x</a>'),
    ("<a href='mailto:a@b.c'>x</a>", '<a href="mailto:a@b.c">x</a>'),
    ("<a href='#data-card'>x</a>", '<a href="#data-card">x</a>'),
    ("<a href='data.py'>x</a>", "<a>x</a>"),
    ("<a href=' javascript:x'>x</a>", "<a>x</a>"),
    ("<a href='JaVaScRiPt:x'>x</a>", "<a>x</a>"),
    ("<a href='data:text/html,x'>x</a>", "<a>x</a>"),
    ('<span class="k evil math">x</span>', '<span class="k math">x</span>'),
    ('<span class="notebook">x</span>', "<span>x</span>"),
    ("<b title='\"><script>'>x</b>", '<b title="&quot;&gt;&lt;script&gt;">x</b>'),
    ("<pre>x", '<pre tabindex="0" role="group" aria-label="Code">x</pre>'),
    ("<img src=a.png alt='A cat'>", "[a.png|A cat]"),
    ("<img>", "[|]"),
    ("a\x00\x1bb", "ab"),
]


@pytest.mark.parametrize(("html", "shown"), SHOWN)
def test_what_is_left_of_it(html, shown):
    assert sanitize(html, lambda source, alt: Markup(f"[{source}|{alt}]")) == shown


def test_a_table_of_pandas_is_shown_and_scrolled():
    html = (
        '<div><style scoped>.dataframe { }</style><table border="1" class="dataframe"><thead>'
        '<tr style="text-align: right;"><th></th><th>a</th></tr></thead><tbody><tr><th>0</th>'
        "<td>1.5</td></tr></tbody></table><p>1 rows x 1 columns</p></div>"
    )
    made = sanitize(html, lambda source, alt: Markup())
    assert made == (
        '<div><div class="wide" tabindex="0" role="group" aria-label="Table"><table><thead><tr>'
        "<th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1.5</td></tr></tbody></table>"
        "</div><p>1 rows x 1 columns</p></div>"
    )
