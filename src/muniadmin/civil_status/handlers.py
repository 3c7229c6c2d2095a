"""Orders and questions of civil status, and who carries them out."""

from muniadmin.civil_status.commands import (
    ChangeBirthAct,
    CloseActRegister,
    DeliverRequest,
    DiscardDraft,
    DraftBirthAct,
    OpenActRegister,
    PrepareRequest,
    RefuseRequest,
    ReworkRequest,
    SignAct,
    StartRequest,
    TakeRequest,
)
from muniadmin.civil_status.queries import (
    act_registers,
    acts,
    civil_documents,
    delivery_register,
    late_requests,
    one_act,
    one_request,
    preview_extract,
    requests,
)
from muniadmin.civil_status.reads import (
    ActRegisters,
    Acts,
    CivilDocuments,
    DeliveryRegister,
    LateRequests,
    OneAct,
    OneRequest,
    PreviewExtract,
    Requests,
)
from muniadmin.civil_status.services import (
    change_birth_act,
    close_act_register,
    deliver_request,
    discard_draft,
    draft_birth_act,
    open_act_register,
    prepare_request,
    refuse_request,
    rework_request,
    sign_act,
    start_request,
    take_request,
)

HANDLERS = {
    OpenActRegister: open_act_register,
    CloseActRegister: close_act_register,
    DraftBirthAct: draft_birth_act,
    ChangeBirthAct: change_birth_act,
    DiscardDraft: discard_draft,
    SignAct: sign_act,
    TakeRequest: take_request,
    StartRequest: start_request,
    PrepareRequest: prepare_request,
    DeliverRequest: deliver_request,
    ReworkRequest: rework_request,
    RefuseRequest: refuse_request,
}
QUERIES = {
    ActRegisters: act_registers,
    Acts: acts,
    OneAct: one_act,
    CivilDocuments: civil_documents,
    Requests: requests,
    OneRequest: one_request,
    LateRequests: late_requests,
    PreviewExtract: preview_extract,
    DeliveryRegister: delivery_register,
}
