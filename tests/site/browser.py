"""Chromium, driven through its debugging pipe: JSON messages, each ended by a zero byte.

with browser(folder) as chromium:
    page = chromium.visit("http://127.0.0.1:8123/")
    page.run("document.title")
"""

import json
import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Message = dict[str, Any]
NAMES = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe")
_PATIENCE = 60.0  # seconds


class Browser:
    """A running Chromium. `commands` and `messages` are its ends of the pipe."""

    def __init__(self, commands: int, messages: int) -> None:
        self._commands, self._messages = commands, messages
        self._rest, self._kept = b"", []
        self._calls = 0

    def call(self, method: str, session: str | None = None, **params: Any) -> Message:
        """Send a command and return its result."""
        self._calls += 1
        command = {"id": self._calls, "method": method, "params": params}
        command |= {"sessionId": session} if session else {}
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        answer = self.wait(lambda message: message.get("id") == self._calls)
        assert "error" not in answer, answer
        return answer["result"]

    def wait(self, wanted: Callable[[Message], bool]) -> Message:
        """The first message that is wanted; the others are kept until somebody wants them."""
        for index, message in enumerate(self._kept):
            if wanted(message):
                return self._kept.pop(index)
        while not wanted(message := self._next()):
            self._kept.append(message)
        return message

    def forget(self, unwanted: Callable[[Message], bool]) -> None:
        """Drop what has come so far and is of no interest any more."""
        self._kept = [message for message in self._kept if not unwanted(message)]

    def _next(self) -> Message:
        while b"\0" not in self._rest:
            assert select.select([self._messages], [], [], _PATIENCE)[0], "Chromium is silent"
            self._rest += os.read(self._messages, 1 << 16)
        text, self._rest = self._rest.split(b"\0", 1)
        return json.loads(text)

    def visit(self, address: str, *, stranger: bool = False) -> "Page":
        """A new tab at this address; of a person without any cookies when it is a stranger's."""
        context = self.call("Target.createBrowserContext") if stranger else {}
        target = self.call("Target.createTarget", url="about:blank", **context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable", session)
        page = Page(self, session)
        page.go(address)
        return page


@dataclass(frozen=True)
class Page:
    """A tab."""

    browser: Browser
    session: str

    def go(self, address: str) -> None:
        """Open another address, and wait until it has been loaded."""
        self.browser.forget(self._is_load)
        self.browser.call("Page.navigate", self.session, url=address)
        self.wait_for_load()

    def wait_for_load(self) -> None:
        """Wait until the page that was asked for last has been loaded."""
        self.browser.wait(self._is_load)

    def _is_load(self, message: Message) -> bool:
        event = message.get("method"), message.get("sessionId")
        return event == ("Page.loadEventFired", self.session)

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression, or of the promise that it gives."""
        answer = self.browser.call(
            "Runtime.evaluate",
            self.session,
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def await_true(self, condition: str) -> None:
        """Wait until an expression about the document is true; every change is looked at."""
        self.run(
            f"""new Promise((resolve, reject) => {{
                const look = () => {{ if ({condition}) resolve() }}
                const changes = {{subtree: true, childList: true, attributes: true}}
                new MutationObserver(look).observe(document.documentElement, changes)
                setTimeout(() => reject("waited in vain for " + {json.dumps(condition)}), 30000)
                look()
            }})"""
        )

    def show(self, width: int, height: int, scheme: str) -> None:
        """Give the window a size in pixels, and the person's wish for "light" or "dark" colours."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser.call("Emulation.setDeviceMetricsOverride", self.session, **size)
        wish = {"name": "prefers-color-scheme", "value": scheme}
        self.browser.call("Emulation.setEmulatedMedia", self.session, features=[wish])

    def press(self, key: str) -> None:
        """Press a key that writes a character, and let it go."""
        self._key(key=key, text=key, code=key)

    def press_named(self, name: str, number: int, *, control: bool = False) -> None:
        """Press a key such as Tab, whose number Windows gave it, and let it go."""
        modifiers = 2 if control else 0
        self._key(key=name, code=name, windowsVirtualKeyCode=number, modifiers=modifiers)

    def write(self, text: str) -> None:
        """Put a text where the focus is, as a keyboard or the clipboard would."""
        self.browser.call("Input.insertText", self.session, text=text)

    def _key(self, **key: Any) -> None:
        for kind in ("keyDown", "keyUp"):
            self.browser.call("Input.dispatchKeyEvent", self.session, type=kind, **key)


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Chromium with a profile of its own, ended afterwards."""
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    start = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'  # the two numbers that Chromium expects
    command = ["bash", "-c", start, "bash", str(PROGRAM), *_FLAGS, f"--user-data-dir={profile}"]
    with subprocess.Popen(
        command, pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield Browser(ours_out, ours_in)
        finally:
            process.terminate()
            for end in (theirs_in, theirs_out, ours_in, ours_out):
                os.close(end)
