"""Putting pages on disk: twice is the same as once, and what is gone is removed."""

from pathlib import Path

from PIL import Image

from undergrad.site.workdir import _make_still, config_text, sync


def _state(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in files
    }


def test_a_second_run_touches_nothing(tmp_path):
    source = tmp_path / "figure.svg"
    source.write_text("<svg/>")
    out = tmp_path / "out"
    for _ in range(2):
        sync(out, {"a/index.md": "text\n"}, {"a/figure.svg": source})
        state = _state(out)
    sync(out, {"a/index.md": "text\n"}, {"a/figure.svg": source})
    assert _state(out) == state
    assert set(state) == {"a/index.md", "a/figure.svg"}


def test_what_no_longer_belongs_is_removed_with_its_empty_folder(tmp_path):
    source = tmp_path / "figure.svg"
    source.write_text("<svg/>")
    out = tmp_path / "out"
    sync(out, {"old/deep/index.md": "x", "new.md": "y"}, {"old/figure.svg": source})
    sync(out, {"new.md": "z"}, {}, keep=frozenset({"kept.webp"}))
    assert [path.name for path in out.iterdir()] == ["new.md"]
    assert (out / "new.md").read_text() == "z"


def test_a_changed_or_read_only_source_is_copied_again(tmp_path):
    source = tmp_path / "figure.svg"
    source.write_text("one")
    source.chmod(0o444)
    sync(tmp_path / "out", {}, {"figure.svg": source})
    source.chmod(0o644)
    source.write_text("three")
    sync(tmp_path / "out", {}, {"figure.svg": source})
    assert (tmp_path / "out/figure.svg").read_text() == "three"


def test_line_ends_are_lf(tmp_path):
    sync(tmp_path, {"a.md": "one\ntwo\n"}, {})
    assert (tmp_path / "a.md").read_bytes() == b"one\ntwo\n"


def test_titles_with_quotes_and_colons_survive_the_settings():
    import yaml

    nav = [{'A: "quoted" #title': "a.md"}]
    assert yaml.safe_load(config_text(nav, taken=""))["nav"] == nav


def test_the_still_is_the_last_frame_of_the_clip(tmp_path):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    clip, still = tmp_path / "after.webp", tmp_path / "after-last.webp"
    frames[0].save(clip, save_all=True, append_images=frames[1:], duration=50, lossless=True)
    _make_still(clip, still)
    with Image.open(still) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert image.convert("RGB").getpixel((0, 0)) == (0, 0, 255)


def test_a_damaged_clip_costs_only_its_picture(tmp_path):
    clip, still = tmp_path / "after.webp", tmp_path / "after-last.webp"
    clip.write_bytes(b"RIFF not a picture")
    _make_still(clip, still)
    assert not still.exists()
