"""What others name of anchors: their topic."""

from muniadmin.kernel.changes import Topic

ANCHORS_TOPIC = Topic("anchors")
