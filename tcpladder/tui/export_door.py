"""What leads to the export dialog: what of the open screen can be exported, once all is known of the capture."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tcpladder.capture.tshark_binary import Tshark
from tcpladder.capture.unchanged import Seen
from tcpladder.ladder.glyphs import ASCII, Glyphs
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tui.copying import Points
from tcpladder.tui.exporting import Choices, Exported, scopes
from tcpladder.tui.keys import key_of
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.export import ExportScreen, Written
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tcpladder.tui.widgets.ladder_view import LadderView

if TYPE_CHECKING:
    from textual.app import App

    from tcpladder.analysis import Analysis
    from tcpladder.annotations.sidecar import Annotations
    from tcpladder.ladder.options import LadderOptions

TOLD_S = 10  # seconds: there is a line to be read, with the name of a file


class ExportDoor:
    """Opens the dialog, and remembers what was chosen there."""

    def __init__(
        self,
        app: "App[None]",
        connections: ConnectionsScreen,
        glyphs: Glyphs,
        tshark: Tshark = None,
        seen: Seen | None = None,
    ) -> None:
        self._app = app
        self._seen = seen
        self._tshark = tshark
        self._list = connections
        self._is_ascii = glyphs is ASCII
        self._choices = Choices(is_ascii=self._is_ascii)

    def open(
        self, annotations: "Annotations | None" = None, names: Names = NO_NAMES, options: "LadderOptions | None" = None
    ) -> None:
        """Ask what to export, unless there is nothing yet: half of a capture is nothing to show around."""
        analysis, judgement = self._list.analysis, self._list.judgement
        if analysis is None or not self._list.is_read:
            stop = key_of(self._app, ConnectionsScreen, "list.stop")
            self._app.notify(
                f"The capture is still being read: export it when that is done. {stop} stops it; what was read can be "
                "exported then.",
                markup=False,
            )
        elif judgement is None or not judgement.is_whole:
            self._app.notify("The capture is still being judged: export it when that is done.", markup=False)
        elif not len(analysis.connections):
            self._app.notify("There is no connection to export.", markup=False)
        else:
            exported = self._exported(analysis)
            exported = replace(exported, annotations=annotations, names=names)
            if options is not None:
                exported = replace(exported, options=options)
            self._app.push_screen(ExportScreen(exported, self._choices, is_ascii=self._is_ascii), self._told)

    def _exported(self, analysis: "Analysis") -> Exported:
        """Give what the open screen has: its connection, and how its ladder looks."""
        screen, table = self._app.screen, self._list.query_one(ConnectionTable)
        is_list = screen is self._list
        pointed = screen.pointed().connections if isinstance(screen, Points) and not is_list else ()
        this = table.connection if is_list else pointed[0] if len(pointed) == 1 else None
        views = screen.query(LadderView)
        return Exported(
            analysis=analysis,
            tshark=self._tshark,
            seen=self._seen,
            scopes=scopes(
                analysis,
                this=this,
                is_first=bool(views),
                selected=table.selected.to_list(),
                listed=self._list.numbers(),
                filtered_by=self._list.filtered_by,
                found=self._list.found(),
                is_filtering=self._list.is_filtering,
            ),
            foldings={view.ladder.heading.connection: view.folding for view in views},
        )

    def _told(self, written: Written | None) -> None:
        if written is not None:
            self._choices = written.choices
            self._app.notify(written.told, markup=False, timeout=TOLD_S)
