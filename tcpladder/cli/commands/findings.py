"""`tcpladder findings FILE...`: everything that the rules found, printed."""

from itertools import chain, compress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    analysed,
    annotations_of,
    files_argument,
    json_option,
    names_of,
    names_option,
    print_json,
    print_lines,
    reader_option,
    tshark_option,
)
from tcpladder.cli.filtering import check_filter, filter_option, kept_connections

if TYPE_CHECKING:
    from tcpladder.capture.tshark_binary import TsharkOptions


@click.command("findings", context_settings=TAKES_ANY_FILE)
@files_argument
@json_option
@filter_option
@names_option
@tshark_option
@reader_option
def print_findings(
    files: tuple[Path, ...], *, is_json: bool, filter_line: str | None, tshark: "TsharkOptions", reader: str
) -> None:
    """Print which connections deviate, from which clause, and the frames that prove it."""
    from tcpladder.report import json_lines, text_findings

    check_filter(filter_line)
    with analysed(files, tshark, reader) as analysis:
        kept = kept_connections(analysis, filter_line, tshark)
        if is_json:
            judgement = analysis.judgement
            are_about = [kept is None or text_findings.is_about(finding, kept) for finding in judgement.findings]
            print_json(compress(json_lines.finding_lines(analysis), [True] * len(judgement.health) + are_about))
        else:
            print_lines(
                chain(
                    text_findings.finding_list(analysis, kept, names_of(analysis)),
                    text_findings.annotation_lines(analysis, annotations_of(analysis, tshark), kept),
                )
            )


COMMAND = print_findings
