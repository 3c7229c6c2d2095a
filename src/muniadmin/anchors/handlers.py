"""Orders and questions about anchors, and who carries them out."""

from muniadmin.anchors.commands import ChooseAnchorFolder, MakeAnchor, WriteAnchors
from muniadmin.anchors.queries import anchor_count, anchor_folder, anchors
from muniadmin.anchors.reads import AnchorCount, AnchorFolder, Anchors
from muniadmin.anchors.services import choose_anchor_folder, make_anchor, write_anchors

HANDLERS = {MakeAnchor: make_anchor, ChooseAnchorFolder: choose_anchor_folder}
JOBS = {WriteAnchors: write_anchors}
QUERIES = {Anchors: anchors, AnchorCount: anchor_count, AnchorFolder: anchor_folder}
