"""The pages of trainings: a table of all runs, and one page a run with seeds, plots and clips."""

from undergrad.runs import Run, SeedResult
from undergrad.site import links
from undergrad.site.markup import escape, inline, line, page_top, table
from undergrad.site.snapshot import Picture, Snapshot

VERDICTS = {"pass": "Passed", "fail": "Below the line", "inconclusive": "Inconclusive"}


def runs_text(snapshot: Snapshot) -> str:
    """All runs, newest first."""
    head = page_top("Your runs", "the runs of your journey") + "# Your runs\n\n"
    if not snapshot.runs:
        return head + (
            "No training yet. This one takes about a minute and ends with an agent that balances "
            "a pole:\n\n```sh\nundergrad train cartpole\n```\n"
        )
    to = links.from_page(links.RUNS)
    rows = "".join(
        f'<tr><th scope="row"><a href="{to(links.run_page(run.id))}">{line(run.title)}</a></th>'
        f"<td>{_moment(run.started)}</td><td>{verdict(run)}</td>"
        f"<td>{len(run.seeds)}</td><td>{run.seconds:.0f} s</td></tr>"
        for run in _newest_first(snapshot.runs)
    )
    return head + table("All runs", ("Run", "Started (UTC)", "Verdict", "Seeds", "Time"), rows)


def _moment(started: str) -> str:
    return escape(started[:16].replace("T", " "))


def _newest_first(runs: tuple[Run, ...]) -> list[Run]:
    return sorted(runs, key=lambda run: (run.started, run.id), reverse=True)


def verdict(run: Run) -> str:
    """The verdict in words; a run that has not ended says so instead."""
    words = {"running": "Running", "interrupted": "Interrupted"}.get(run.state)
    words = words or VERDICTS.get(run.verdict or "", "No verdict")
    return f'<span class="ug-chip" data-verdict="{escape(run.verdict or run.state)}">{words}</span>'


def run_text(run: Run, snapshot: Snapshot) -> str:
    """One run: what was asked, what came out, seed by seed, with pictures."""
    pictures = snapshot.pictures.get(run.id, ())
    plots = [picture for picture in pictures if picture.kind == "plot"]
    clips = [picture for picture in pictures if picture.kind == "clip"]
    return "\n".join(
        part
        for part in [
            page_top(run.title, f"runs/{run.id}/run.json"),
            f'<h1 id="run">{line(run.title)}</h1>\n',
            f'<dl class="ug-strip"><div><dt>Verdict</dt><dd>{verdict(run)}</dd></div>'
            f"<div><dt>Pass line</dt><dd>{inline(run.pass_line or 'none')}</dd></div>"
            f"<div><dt>Time</dt><dd>{run.seconds:.0f} s, started "
            f"{_moment(run.started)}</dd></div>"
            f"<div><dt>Engine</dt><dd>{inline(str(run.engine or 'reference'))}</dd></div></dl>\n",
            f"<p>{inline(run.summary)}</p>\n" if run.summary else "",
            _seeds(run),
            _plots(plots, run),
            _clips(clips, run),
        ]
        if part
    )


def _seeds(run: Run) -> str:
    if not run.seeds:
        return "<p>No seed has finished yet.</p>\n"
    rows = "".join(_seed(seed) for seed in run.seeds)
    return "## Seed by seed {#seeds}\n\n" + table(
        "Result of each seed", ("Seed", "Verdict", "Score", "Steps", "Time"), rows
    )


def _seed(seed: SeedResult) -> str:
    words = VERDICTS.get(seed.verdict or "", "No verdict")
    spread = f" ± {seed.std:.3g}" if seed.std is not None else ""
    score = f"{seed.score:.4g}{spread}" if seed.score is not None else ""
    return (
        f'<tr><th scope="row">{seed.seed}</th><td>{words}</td><td>{score}</td>'
        f"<td>{seed.steps or ''}</td><td>{seed.seconds or 0:.0f} s</td></tr>"
    )


def _plots(plots: list[Picture], run: Run) -> str:
    figures = "".join(_plot(picture, run) for picture in plots)
    return f'## Plots {{#plots}}\n\n<div class="ug-gallery">{figures}</div>\n' if plots else ""


def _plot(picture: Picture, run: Run) -> str:
    about = f"{picture.name}, {picture.seed.replace('-', ' ')}"
    alt = escape(f"{run.title}: {about}")
    images = "".join(
        f'<img src="{escape(picture.seed)}/{escape(picture.name)}-{scheme}.svg#only-{scheme}" '
        f'alt="{alt}" loading="lazy">'
        for scheme in ("light", "dark")
    )
    return f"<figure>{images}<figcaption>{escape(about)}</figcaption></figure>"


def _clips(clips: list[Picture], run: Run) -> str:
    """The still frame first; the moving picture only for those who ask for it."""
    figures = "".join(_clip(picture, run) for picture in clips)
    return f'## The agent {{#clips}}\n\n<div class="ug-gallery">{figures}</div>\n' if clips else ""


def _clip(picture: Picture, run: Run) -> str:
    about = f"{picture.name} training, {picture.seed.replace('-', ' ')}"
    stem = f"{escape(picture.seed)}/{escape(picture.name)}"
    alt = escape(f"{run.title}: {about}")
    return (
        f'<figure><img src="{stem}-still.webp" alt="{alt}, first frame" loading="lazy">'
        f"<figcaption>{escape(about)}</figcaption><details><summary>Play the clip</summary>"
        f'<img src="{stem}.webp" alt="{alt}, moving" loading="lazy"></details></figure>'
    )
