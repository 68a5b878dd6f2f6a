"""The shared worker that holds the one event stream of all pages, run by Node with a stream that
the test plays."""

import json
import shutil
import subprocess

import pytest

from undergrad.locate import data_path

_NODE = shutil.which("node")
_PLAY = """
const sources = []
class EventSource {
  static CLOSED = 2
  readyState = 1
  constructor(address) { this.address = address; sources.push(this) }
  addEventListener(name, heard) { this.heard = heard }
  send(regions) { this.heard({ data: JSON.stringify(regions) }) }
}
const self = {}
const open = () => {
  const port = { got: [], postMessage(news) { this.got.push({ ...news }) } }
  self.onconnect({ ports: [port] })
  return port
}
new Function("self", "EventSource", process.argv[1])(self, EventSource)
const pages = Array.from({ length: 8 }, open)
sources[0].send({ a: "1", b: "1" })
const late = open()
pages[0].onmessage({ data: "leaving" })
sources[0].send({ b: "2" })
const streams = sources.length
sources[0].readyState = EventSource.CLOSED
open()
console.log(JSON.stringify({
  address: sources[0].address, streams, again: sources.length,
  left: pages[0].got, stayed: pages[7].got, late: late.got,
}))
"""


@pytest.mark.skipif(_NODE is None, reason="needs Node")
def test_all_pages_share_one_stream():
    worker = data_path("docs/javascripts/events.js").read_text("utf-8")
    done = subprocess.run([_NODE, "-e", _PLAY, worker], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "address": "/api/events",
        "streams": 1,
        "again": 2,  # a stream that the server ended is opened again by the next page
        "left": [{}, {"a": "1", "b": "1"}],
        "stayed": [{}, {"a": "1", "b": "1"}, {"b": "2"}],
        "late": [{"a": "1", "b": "1"}, {"b": "2"}],  # first everything known so far
    }
