"""A request without a declared standard in, the standard that the code follows already out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from connlint.config.loading import LoadedStandard
    from connlint.detect.detection import Detection
    from connlint.pipeline import Request


def detected(request: Request, *, quiet: bool) -> Detection:
    """What the code shows, with a progress bar where it takes long and nobody wants silence."""
    from connlint.cli.progress import watching
    from connlint.cli.recovering import take_back_unfinished
    from connlint.cli.surroundings import look_around
    from connlint.pipeline import Analysis

    take_back_unfinished(request.loaded.root)
    with watching(look_around().animates and not quiet) as watch:
        detection = Analysis(request, watch).detection
    assert detection is not None, "nothing is declared"
    return detection


def with_assumed(loaded: LoadedStandard, detection: Detection) -> LoadedStandard:
    """``loaded``, which declares nothing, with what is assumed and the reasons as origins."""
    reasons: dict[str, list[str]] = {}
    for choice in detection.choices:
        doubt = "likely, " if choice.certainty == "likely" else ""
        reasons.setdefault(choice.key, []).append(f"{doubt}{choice.reason}")
    assumed = {
        key: f"assumed: {found[0]}" + (f" and {len(found) - 1} more" if found[1:] else "")
        for key, found in reasons.items()
    }
    origins = {**loaded.origins, **assumed}
    return msgspec.structs.replace(loaded, standard=detection.standard, origins=origins)
