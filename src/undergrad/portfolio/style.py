"""What the pages share: the style sheet, the fonts and, where there is a formula, KaTeX.

The colours and fonts are read from the style sheet of the course's site, where they are written.
"""

import re
from functools import cache
from pathlib import Path

from undergrad.locate import data_path

TEMPLATES = Path(__file__).parent / "templates"
_SCHEME = r'\[data-md-color-scheme="{}"\] \{{(.*?)\}}'
_FONTS = "../assets/vendor/fonts/"


def assets(*, math: bool) -> dict[str, bytes]:
    """The files that every page needs, by their names in the folder of assets."""
    vendor = data_path("docs") / "assets" / "vendor"
    files = {"style.css": stylesheet().encode()}
    files |= {f"fonts/{path.name}": path.read_bytes() for path in (vendor / "fonts").iterdir()}
    if math:
        katex = vendor / "katex"
        paths = (path for path in katex.rglob("*") if path.is_file())
        files |= {f"katex/{p.relative_to(katex).as_posix()}": p.read_bytes() for p in paths}
        files["math.js"] = (TEMPLATES / "math.js").read_bytes()
    return dict(sorted(files.items()))


@cache
def stylesheet() -> str:
    """The style sheet: fonts and colours of the site, then what only these pages have."""
    site = (data_path("docs") / "stylesheets" / "undergrad.css").read_text("utf-8")
    fonts = "\n".join(re.findall(r"@font-face \{.*?\n\}", site, re.DOTALL))
    light, dark = (_colours(site, scheme) for scheme in ("default", "slate"))
    return "\n".join(
        (
            fonts.replace(_FONTS, "fonts/"),
            f":root {{ color-scheme: light dark; {light} }}",
            f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}",
            (TEMPLATES / "style.css").read_text("utf-8"),
        )
    )


def _colours(site: str, scheme: str) -> str:
    found = re.search(_SCHEME.format(scheme), site, re.DOTALL)
    assert found, f"the site's style sheet has no colours of the scheme {scheme}"
    return " ".join(re.findall(r"--(?:ug|md-code)[\w-]+: [^;]+;", found[1]))
