"""Capstones as pages to show: one page for each, and a portfolio of all.

    publish(read_project(folder), Path("public/digits"), checked)
    build(works, Path("portfolio"), title="Ada's work")

`facts` reads a project, `render` its notebook, `seal` says what its check proved, `publish` fills
the templates and writes the folder at once.
"""

from undergrad.portfolio.publish import Page, build, publish
from undergrad.portfolio.seal import Checked, Seal

__all__ = ["Checked", "Page", "Seal", "build", "publish"]
