"""Makes annotations without a file."""

from collections.abc import Mapping
from pathlib import Path

from tcpladder.annotations.document import Annotation, Document, Place, Subject
from tcpladder.annotations.sidecar import Annotations, load

NOWHERE = Path("nowhere")


def annotations(
    packets: Mapping[int, Annotation] | None = None, connections: Mapping[int, Annotation] | None = None
) -> Annotations:
    """Give annotations of packets and connections, by their frame numbers; they can't be saved."""
    written = {
        Place(subject, frame): what
        for subject, own in ((Subject.PACKET, packets), (Subject.CONNECTION, connections))
        for frame, what in (own or {}).items()
    }
    return Annotations(capture=NOWHERE, states=NOWHERE, _document=Document(fingerprint="", annotations=written))


def keep(capture: Path, states: Path, written: Mapping[str, Annotation]) -> None:
    """Have an earlier session have written this about a capture: `no.12` is a packet, `#10` a connection."""
    kept = load(capture, states)
    for name, what in written.items():
        place = Place(Subject.PACKET if name.startswith("no.") else Subject.CONNECTION, int(name.strip("no.#")))
        if what.mark:
            kept.set_mark(place, what.mark)
        kept.set_note(place, what.note)
    kept.save()
