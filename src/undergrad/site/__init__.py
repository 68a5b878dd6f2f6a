"""The site: pages written from the course and a journey, built once or served live.

build(course, journey, Path("out"))           # a copy to keep
serve(journey, course)                        # live, on this computer only
"""

from undergrad.site.builder import build
from undergrad.site.server import serve

__all__ = ["build", "serve"]
