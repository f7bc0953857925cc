"""The first screen: the capture's connections, growing while the file is being read."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import ProgressBar, Static

from tcpladder.analysis import Analysis, Progress
from tcpladder.annotations.document import Place, Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.capture.display_filter import DisplayFilters
from tcpladder.filters.facts import Facts
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.notation import elided
from tcpladder.printable import printable
from tcpladder.report.annotation_list import Noted, by_connection, in_short, noted
from tcpladder.report.columns import ColumnChoice
from tcpladder.report.listing import Listing
from tcpladder.rulebook.findings import Finding
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tui.filter_history import FilterHistory, history_file
from tcpladder.tui.filtering import Filtering
from tcpladder.tui.finding_text import Finds
from tcpladder.tui.keys import key_of
from tcpladder.tui.list_filtering import FilteredList
from tcpladder.tui.list_finding import list_finder
from tcpladder.tui.list_messages import Opened
from tcpladder.tui.list_words import (
    findings_in_short,
    found_words,
    judging_words,
    level_words,
    named_pair,
    reading_words,
    summary,
    title_words,
)
from tcpladder.tui.messages import CaptureJudged
from tcpladder.tui.wanted import ConnectionChosen
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tcpladder.tui.widgets.filter_line import FilterInput, FilterLine
from tcpladder.tui.widgets.find_line import FindLine
from tcpladder.tui.widgets.key_bar import KeyBar
from tcpladder.tui.widgets.list_keys import SCREEN_KEYS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from textual.widget import Widget

    from tcpladder.report.copying import Pointed
    from tcpladder.rulebook.judging import Judgement

BAR = 22  # cells of the progress bar with its percentage
LEAST_NAME = 8  # cells for the name of the file
EDGES = 2  # cells left and right of a line's text, both together
MOST_WRITTEN = 5  # notes on one line
SOMETIMES = ("stop", "filter", "clear_filter", "findings", "why", "go_to_packet", "columns", "summary")
"""Actions that are offered only while they have something to do."""
NOTHING_THERE = (
    "There is no TCP connection in this file.\n\n"
    "Capture again with a wider filter, or on the interface that the connections go through. {key} leaves."
)


class ConnectionsScreen(Finds, FilteredList, inherit_bindings=False):
    """The connection list, with what should be known about the file above it."""

    DEFAULT_CSS = """
    ConnectionsScreen {
        & > #top { height: 1; background: $panel; }
        & #title { width: 1fr; padding: 0 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
        & #read { width: auto; padding: 0 1; }
        & #progress { width: auto; & Bar { width: 16; } }
        & #notices { height: auto; max-height: 25%; padding: 0 1; color: $text-warning; display: none; }
        & #empty { height: 1fr; padding: 1 2; display: none; }
        & > #summary {
            height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis;
        }
        &.-noticed #notices { display: block; }
        &.-empty ConnectionTable { display: none; }
        &.-empty #empty, &.-unmatched #empty { display: block; }
        &.-unmatched ConnectionTable { height: 1; }
        &.-done #progress { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = SCREEN_KEYS

    def __init__(
        self,
        name_of_file: str,
        glyphs: Glyphs,
        display_filters: Callable[[], DisplayFilters],
        names: Names = NO_NAMES,
        columns: tuple[ColumnChoice, ...] = (),
    ) -> None:
        """Show the connections of a file; `display_filters` gives, in a thread, who knows Wireshark's filters.

        `names` are said of the connection under the cursor. `columns` are those to be shown; none: those that there is
        room for.
        """
        super().__init__()
        self._names = names
        self._columns = columns
        self._offered: tuple[bool | None, ...] = ()
        self._file = printable(name_of_file)
        self.hint_line: Widget | None = None  # what is to be told to new users
        self._glyphs = glyphs
        self._judgement: Judgement | None = None
        self._compared: int | None = None  # the connection that another one is to be compared with
        self._told = ""  # what goes on beside all else
        self._found = ""  # how many findings there are, once the capture is judged
        self._progress: Progress | None = None
        self._analysis: Analysis | None = None
        self._is_final = False
        self._annotations: Annotations | None = None
        self._written: Mapping[int, list[Noted]] = {}  # what users wrote, by connection
        self._filtering = Filtering(display_filters, self.post_message, self._in_thread, self._filter_key)
        self.finder = list_finder(self, lambda: self._written, lambda: self._facts)
        self._line = FilterLine(lambda: self._facts, FilterHistory(history_file()), glyphs.moods)

    def _key(self, action: str) -> str:
        return key_of(self.app, ConnectionsScreen, action)

    def _filter_key(self, action: str) -> str:
        return key_of(self.app, FilterInput, action)

    def _in_thread(self, work: Callable[[], None]) -> None:
        self.run_worker(work, thread=True, group="filtering")

    @property
    def is_read(self) -> bool:
        """Whether reading has ended."""
        return self._is_final

    @property
    def analysis(self) -> Analysis | None:
        """What is known so far."""
        return self._analysis

    @property
    def judgement(self) -> "Judgement | None":
        """What the rules say, once the capture is read."""
        return self._judgement

    def compose(self) -> ComposeResult:
        """Lay out the title with its progress bar, the table and the summary of the cursor's row."""
        with Horizontal(id="top"):
            yield Static(self._file, id="title", markup=False)
            yield Static("", id="read", markup=False)
            yield ProgressBar(id="progress", show_eta=False)
        yield self._line
        yield Static("", id="notices", markup=False)
        yield ConnectionTable(self._glyphs, self._columns, self._names)
        yield Static("", id="empty", markup=False)
        yield FindLine()
        yield Static("Reading …", id="summary", markup=False)
        if self.hint_line is not None:
            yield self.hint_line
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin on the table."""
        self.set_focus(self.query_one(ConnectionTable))  # at once: keys may wait already

    def on_unmount(self) -> None:
        """Leave no tshark behind."""
        self._filtering.stop()
        self.finder.stop()

    def on_key(self, event: events.Key) -> None:
        """Keep digits that were typed before the table had the focus."""
        if self.focused is None:
            self.query_one(ConnectionTable).press(event.key)

    def on_resize(self) -> None:
        """Say as much as the new width has room for."""
        self._show_title()
        self._summarise()

    def show_progress(self, progress: Progress, listing: Listing | None, facts: Facts | None) -> None:
        """Show how far reading has come, and the connections, with what filters ask of them, when they are new."""
        self._progress = progress
        self.query_one(ProgressBar).update(total=progress.size or None, progress=progress.position)
        if progress.analysis is not None and listing is not None and facts is not None:
            self._show_analysis(progress.analysis, is_final=progress.is_final)
            self._list(listing, facts)
            self.call_after_refresh(self._summarise)
            self._offer()
        self._show_title()

    def show_judgement(self, judged: CaptureJudged) -> None:
        """Show what the rules say: the gravest first, and what is to be known about the capture before all."""
        self._judgement = judged.judgement
        self._found = judging_words(judged.judgement) or found_words(judged.judgement, self._glyphs)
        self._show_notices(judged.analysis)
        self._list(judged.listing, judged.facts)
        self._show_title()
        self._summarise()
        self._offer()

    def _show_notices(self, analysis: Analysis) -> None:
        notes = [note.sentence for note in self._judgement.health] if self._judgement else []
        sentences = [*(notice.sentence for notice in analysis.notices), *notes]
        self.set_class(bool(sentences), "-noticed")
        sign = self._glyphs.levels["deviation"]
        self.query_one("#notices", Static).update("\n".join(f"{sign} {sentence}" for sentence in sentences))

    def _show_analysis(self, analysis: Analysis, *, is_final: bool) -> None:
        self._analysis, self._is_final = analysis, is_final
        self._judgement, self._found = None, ""  # what was judged was not this
        self.set_class(is_final, "-done")
        self._show_notices(analysis)
        self.set_class(is_final and not len(analysis.connections), "-empty")
        self.query_one("#empty", Static).update(NOTHING_THERE.format(key=self._key("list.leave")))

    def _list(self, listing: Listing, facts: Facts) -> None:
        facts.names = self._names
        facts.annotate(self._annotations)
        self._listing, self._facts = listing, facts
        self._show_list()
        self._show_written()

    def numbers(self) -> "npt.NDArray[np.uint32]":
        """Give the numbers of the connections in the order in which they stand."""
        return self.query_one(ConnectionTable).numbers().to_numpy()

    def place(self) -> Place | None:
        """Give the connection under the cursor as annotations name it."""
        connection = self.query_one(ConnectionTable).connection if self.is_mounted else None
        if connection is None or self._analysis is None or connection > len(self._analysis.connections):
            return None
        return Place(Subject.CONNECTION, self._analysis.connections.table["first_frame"][connection - 1])

    def show_annotations(self, annotations: Annotations) -> None:
        """Show which connections something is written about."""
        self._annotations = annotations
        self._show_written()
        if self._facts is not None:
            self._facts.annotate(annotations)
            self.on_names_changed()  # what a filter finds may be other connections by now

    def _show_written(self) -> None:
        if self._analysis is not None and self._annotations is not None:
            self._written = by_connection(noted(self._analysis, self._annotations))
            self.query_one(ConnectionTable).sign(
                {
                    number: next((one.what.mark for one in found if one.what.mark), self._glyphs.noted)
                    for number, found in self._written.items()
                }
            )

    def _show_title(self) -> None:
        words = reading_words(self._progress, self.size.width, self._totals, is_filtered=self._shown is not None)
        selected = len(self.query_one(ConnectionTable).selected)
        found = " · ".join(part for part in (self._found_words(), self._told) if part)
        told = title_words(self._analysis, self._shown, found, selected) if self._analysis else ""
        bar = 0 if self._is_final else BAR
        room = self.size.width - len(words) - len(told) - bar - 2 * EDGES
        self.query_one("#read", Static).update(words)
        title = elided(self._file, max(room, LEAST_NAME), self._glyphs.ellipsis) + told
        self.query_one("#title", Static).update(title, layout=False)

    def tell(self, words: str) -> None:
        """Say in the title what goes on beside all else; nothing when it is over."""
        if words != self._told:
            self._told = words
            self._show_title()

    def _found_words(self) -> str:
        """Count the findings, or those about what the filter keeps, once all are known."""
        if self._shown is None or self._totals is None or self._judgement is None or not self._judgement.is_whole:
            return self._found
        return level_words(self._totals.findings, self._glyphs)

    def _offer(self) -> None:
        """Have the key bar show what can be done, if that is something else than before."""
        offered = tuple(self.check_action(action, ()) for action in SOMETIMES)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop reading only while the file is being read, and to go somewhere where there is something."""
        match action:
            case "stop":
                return not self._is_final
            case "close_find":
                return self.finder.is_open
            case "filter":
                return self._listing is not None and len(self._listing) > 0 and not self._line.is_typed_in
            case "clear_filter":
                return not self._filtering.keeps_everything or bool(self._line.line)
            case "findings":
                return self._judgement is not None and bool(self._judgement.findings or self._judgement.health)
            case "why":
                return bool(self.findings)
            case "go_to_packet" | "follow" | "columns" | "summary" | "find" | "find_next":
                return self._analysis is not None and len(self._analysis.connections) > 0
            case _:
                return True

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found about the connection under the cursor."""
        connection = self.query_one(ConnectionTable).connection if self.is_mounted else None
        return self._judgement.findings_of(connection) if self._judgement and connection else ()

    def action_summary(self) -> None:
        """Show the capture at one glance; what is chosen there filters the list."""
        from tcpladder.report.summary import summarised
        from tcpladder.tui.screens.summary import SummaryScreen

        analysis, judgement = self._analysis, self._judgement
        if analysis is not None:
            judged = judging_words(judgement) if judgement else ""
            title = f"{self._file} · {judged}" if judged else self._file
            screen = SummaryScreen(title, lambda: summarised(analysis, judgement), self._glyphs, self._names)
            self.app.push_screen(screen, self._filter_by)

    def pointed(self) -> "Pointed":
        """Give what can be copied: the connections that are selected, or the one under the cursor."""
        from tcpladder.report.copying import pointed_in

        table = self.query_one(ConnectionTable)
        return pointed_in(self._listing, tuple(table.selected) or ((table.connection,) if table.connection else ()))

    def on_names_changed(self) -> None:
        """Name endpoints anew, and list those that the filter finds by their names."""
        self.query_one(ConnectionTable).name_anew()
        if not self._filtering.keeps_everything:
            self._show_list()
            self._show_title()
        self._summarise()

    async def action_leave(self) -> None:
        """Leave the app."""
        await self.app.action_quit()

    def on_connection_table_moved(self) -> None:
        """Say more about the connection under the cursor."""
        self._summarise()
        self._offer()

    def on_connection_table_selected(self) -> None:
        """Count them in the title."""
        self._show_title()

    def on_connection_table_opened(self, message: Opened) -> None:
        """Open the ladder."""
        self.post_message(ConnectionChosen(message.connection))

    def _summarise(self) -> None:
        connection = self.query_one(ConnectionTable).connection
        if self._analysis is None:
            return
        words = ""
        if connection is not None and connection <= len(self._analysis.connections):
            found = self.findings
            words = (
                findings_in_short(found, self._glyphs)
                if found
                else summary(self._analysis, connection, self.size.width - EDGES, is_read=self._is_final)
            )
            words = named_pair(self._names, self._analysis, connection) + words
            written = in_short(self._written.get(connection, ())[:MOST_WRITTEN])
            words = f"{written}  {words}" if written else words
        self.query_one("#summary", Static).update(words, layout=False)
