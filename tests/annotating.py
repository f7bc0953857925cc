"""Makes annotations without a file."""

from collections.abc import Mapping
from pathlib import Path

from tcpladder.annotations.document import Annotation, Document, Place, Subject
from tcpladder.annotations.sidecar import Annotations

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
