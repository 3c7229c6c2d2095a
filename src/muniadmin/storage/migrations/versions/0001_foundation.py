"""The foundation: every table of the first release."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from muniadmin.storage.base import MoneyType, UtcType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

REFUSE_FUNCTION = """CREATE OR REPLACE FUNCTION muniadmin_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_ARGV[0]; END $$"""

# What a table definition cannot say: (name, SQL for SQLite, SQL for PostgreSQL).
EXTRA = (
    ('audit_event_no_update', "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'append-only: audit_event'); END", "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('audit_event')"),
    ('audit_event_no_delete', "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'append-only: audit_event'); END", "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('audit_event')"),
    ('audit_event_no_replace', "CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event WHEN EXISTS (SELECT 1 FROM audit_event WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: audit_event'); END", ''),
    ('tariff_frozen_update', "CREATE TRIGGER tariff_frozen_update BEFORE UPDATE ON tariff WHEN (1 = 1) AND (OLD.head_code IS NOT NEW.head_code OR OLD.valid_from IS NOT NEW.valid_from OR OLD.document IS NOT NEW.document OR OLD.applies_when IS NOT NEW.applies_when OR OLD.saved_at IS NOT NEW.saved_at OR OLD.saved_by_id IS NOT NEW.saved_by_id) BEGIN SELECT RAISE(ABORT, 'append-only: tariff'); END", "CREATE TRIGGER tariff_frozen_update BEFORE UPDATE ON tariff FOR EACH ROW WHEN ((1 = 1) AND (OLD.head_code IS DISTINCT FROM NEW.head_code OR OLD.valid_from IS DISTINCT FROM NEW.valid_from OR OLD.document IS DISTINCT FROM NEW.document OR OLD.applies_when IS DISTINCT FROM NEW.applies_when OR OLD.saved_at IS DISTINCT FROM NEW.saved_at OR OLD.saved_by_id IS DISTINCT FROM NEW.saved_by_id)) EXECUTE FUNCTION muniadmin_refuse('tariff')"),
    ('tariff_frozen_delete', "CREATE TRIGGER tariff_frozen_delete BEFORE DELETE ON tariff WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'append-only: tariff'); END", "CREATE TRIGGER tariff_frozen_delete BEFORE DELETE ON tariff FOR EACH ROW WHEN (1 = 1) EXECUTE FUNCTION muniadmin_refuse('tariff')"),
    ('roll_frozen_update', "CREATE TRIGGER roll_frozen_update BEFORE UPDATE ON roll WHEN (1 = 1) AND (OLD.head_code IS NOT NEW.head_code OR OLD.period IS NOT NEW.period OR OLD.started_at IS NOT NEW.started_at OR OLD.issued_by_id IS NOT NEW.issued_by_id) BEGIN SELECT RAISE(ABORT, 'append-only: roll'); END", "CREATE TRIGGER roll_frozen_update BEFORE UPDATE ON roll FOR EACH ROW WHEN ((1 = 1) AND (OLD.head_code IS DISTINCT FROM NEW.head_code OR OLD.period IS DISTINCT FROM NEW.period OR OLD.started_at IS DISTINCT FROM NEW.started_at OR OLD.issued_by_id IS DISTINCT FROM NEW.issued_by_id)) EXECUTE FUNCTION muniadmin_refuse('roll')"),
    ('roll_frozen_delete', "CREATE TRIGGER roll_frozen_delete BEFORE DELETE ON roll WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'append-only: roll'); END", "CREATE TRIGGER roll_frozen_delete BEFORE DELETE ON roll FOR EACH ROW WHEN (1 = 1) EXECUTE FUNCTION muniadmin_refuse('roll')"),
    ('assessment_no_update', "CREATE TRIGGER assessment_no_update BEFORE UPDATE ON assessment BEGIN SELECT RAISE(ABORT, 'append-only: assessment'); END", "CREATE TRIGGER assessment_no_update BEFORE UPDATE ON assessment FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('assessment')"),
    ('assessment_no_delete', "CREATE TRIGGER assessment_no_delete BEFORE DELETE ON assessment BEGIN SELECT RAISE(ABORT, 'append-only: assessment'); END", "CREATE TRIGGER assessment_no_delete BEFORE DELETE ON assessment FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('assessment')"),
    ('assessment_no_replace', "CREATE TRIGGER assessment_no_replace BEFORE INSERT ON assessment WHEN EXISTS (SELECT 1 FROM assessment WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: assessment'); END", ''),
    ('head_rule_no_update', "CREATE TRIGGER head_rule_no_update BEFORE UPDATE ON head_rule BEGIN SELECT RAISE(ABORT, 'append-only: head_rule'); END", "CREATE TRIGGER head_rule_no_update BEFORE UPDATE ON head_rule FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('head_rule')"),
    ('head_rule_no_delete', "CREATE TRIGGER head_rule_no_delete BEFORE DELETE ON head_rule BEGIN SELECT RAISE(ABORT, 'append-only: head_rule'); END", "CREATE TRIGGER head_rule_no_delete BEFORE DELETE ON head_rule FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('head_rule')"),
    ('head_rule_no_replace', "CREATE TRIGGER head_rule_no_replace BEFORE INSERT ON head_rule WHEN EXISTS (SELECT 1 FROM head_rule WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: head_rule'); END", ''),
    ('account_no_update', "CREATE TRIGGER account_no_update BEFORE UPDATE ON account BEGIN SELECT RAISE(ABORT, 'append-only: account'); END", "CREATE TRIGGER account_no_update BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('account')"),
    ('account_no_delete', "CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'append-only: account'); END", "CREATE TRIGGER account_no_delete BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('account')"),
    ('account_no_replace', "CREATE TRIGGER account_no_replace BEFORE INSERT ON account WHEN EXISTS (SELECT 1 FROM account WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: account'); END", ''),
    ('bill_no_update', "CREATE TRIGGER bill_no_update BEFORE UPDATE ON bill BEGIN SELECT RAISE(ABORT, 'append-only: bill'); END", "CREATE TRIGGER bill_no_update BEFORE UPDATE ON bill FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('bill')"),
    ('bill_no_delete', "CREATE TRIGGER bill_no_delete BEFORE DELETE ON bill BEGIN SELECT RAISE(ABORT, 'append-only: bill'); END", "CREATE TRIGGER bill_no_delete BEFORE DELETE ON bill FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('bill')"),
    ('bill_no_replace', "CREATE TRIGGER bill_no_replace BEFORE INSERT ON bill WHEN EXISTS (SELECT 1 FROM bill WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: bill'); END", ''),
    ('charge_no_update', "CREATE TRIGGER charge_no_update BEFORE UPDATE ON charge BEGIN SELECT RAISE(ABORT, 'append-only: charge'); END", "CREATE TRIGGER charge_no_update BEFORE UPDATE ON charge FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('charge')"),
    ('charge_no_delete', "CREATE TRIGGER charge_no_delete BEFORE DELETE ON charge BEGIN SELECT RAISE(ABORT, 'append-only: charge'); END", "CREATE TRIGGER charge_no_delete BEFORE DELETE ON charge FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('charge')"),
    ('charge_no_replace', "CREATE TRIGGER charge_no_replace BEFORE INSERT ON charge WHEN EXISTS (SELECT 1 FROM charge WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: charge'); END", ''),
    ('decision_no_update', "CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'append-only: decision'); END", "CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('decision')"),
    ('decision_no_delete', "CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'append-only: decision'); END", "CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('decision')"),
    ('decision_no_replace', "CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: decision'); END", ''),
    ('settlement_no_update', "CREATE TRIGGER settlement_no_update BEFORE UPDATE ON settlement BEGIN SELECT RAISE(ABORT, 'append-only: settlement'); END", "CREATE TRIGGER settlement_no_update BEFORE UPDATE ON settlement FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('settlement')"),
    ('settlement_no_delete', "CREATE TRIGGER settlement_no_delete BEFORE DELETE ON settlement BEGIN SELECT RAISE(ABORT, 'append-only: settlement'); END", "CREATE TRIGGER settlement_no_delete BEFORE DELETE ON settlement FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('settlement')"),
    ('settlement_no_replace', "CREATE TRIGGER settlement_no_replace BEFORE INSERT ON settlement WHEN EXISTS (SELECT 1 FROM settlement WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: settlement'); END", ''),
    ('tender_no_update', "CREATE TRIGGER tender_no_update BEFORE UPDATE ON tender BEGIN SELECT RAISE(ABORT, 'append-only: tender'); END", "CREATE TRIGGER tender_no_update BEFORE UPDATE ON tender FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('tender')"),
    ('tender_no_delete', "CREATE TRIGGER tender_no_delete BEFORE DELETE ON tender BEGIN SELECT RAISE(ABORT, 'append-only: tender'); END", "CREATE TRIGGER tender_no_delete BEFORE DELETE ON tender FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('tender')"),
    ('tender_no_replace', "CREATE TRIGGER tender_no_replace BEFORE INSERT ON tender WHEN EXISTS (SELECT 1 FROM tender WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: tender'); END", ''),
    ('credit_no_update', "CREATE TRIGGER credit_no_update BEFORE UPDATE ON credit BEGIN SELECT RAISE(ABORT, 'append-only: credit'); END", "CREATE TRIGGER credit_no_update BEFORE UPDATE ON credit FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('credit')"),
    ('credit_no_delete', "CREATE TRIGGER credit_no_delete BEFORE DELETE ON credit BEGIN SELECT RAISE(ABORT, 'append-only: credit'); END", "CREATE TRIGGER credit_no_delete BEFORE DELETE ON credit FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('credit')"),
    ('credit_no_replace', "CREATE TRIGGER credit_no_replace BEFORE INSERT ON credit WHEN EXISTS (SELECT 1 FROM credit WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: credit'); END", ''),
    ('credit_move_no_update', "CREATE TRIGGER credit_move_no_update BEFORE UPDATE ON credit_move BEGIN SELECT RAISE(ABORT, 'append-only: credit_move'); END", "CREATE TRIGGER credit_move_no_update BEFORE UPDATE ON credit_move FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('credit_move')"),
    ('credit_move_no_delete', "CREATE TRIGGER credit_move_no_delete BEFORE DELETE ON credit_move BEGIN SELECT RAISE(ABORT, 'append-only: credit_move'); END", "CREATE TRIGGER credit_move_no_delete BEFORE DELETE ON credit_move FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('credit_move')"),
    ('credit_move_no_replace', "CREATE TRIGGER credit_move_no_replace BEFORE INSERT ON credit_move WHEN EXISTS (SELECT 1 FROM credit_move WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: credit_move'); END", ''),
    ('term_no_update', "CREATE TRIGGER term_no_update BEFORE UPDATE ON term BEGIN SELECT RAISE(ABORT, 'append-only: term'); END", "CREATE TRIGGER term_no_update BEFORE UPDATE ON term FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('term')"),
    ('term_no_delete', "CREATE TRIGGER term_no_delete BEFORE DELETE ON term BEGIN SELECT RAISE(ABORT, 'append-only: term'); END", "CREATE TRIGGER term_no_delete BEFORE DELETE ON term FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('term')"),
    ('term_no_replace', "CREATE TRIGGER term_no_replace BEFORE INSERT ON term WHEN EXISTS (SELECT 1 FROM term WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: term'); END", ''),
    ('offer_no_update', "CREATE TRIGGER offer_no_update BEFORE UPDATE ON offer BEGIN SELECT RAISE(ABORT, 'append-only: offer'); END", "CREATE TRIGGER offer_no_update BEFORE UPDATE ON offer FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('offer')"),
    ('offer_no_delete', "CREATE TRIGGER offer_no_delete BEFORE DELETE ON offer BEGIN SELECT RAISE(ABORT, 'append-only: offer'); END", "CREATE TRIGGER offer_no_delete BEFORE DELETE ON offer FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('offer')"),
    ('offer_no_replace', "CREATE TRIGGER offer_no_replace BEFORE INSERT ON offer WHEN EXISTS (SELECT 1 FROM offer WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: offer'); END", ''),
    ('suspension_no_update', "CREATE TRIGGER suspension_no_update BEFORE UPDATE ON suspension BEGIN SELECT RAISE(ABORT, 'append-only: suspension'); END", "CREATE TRIGGER suspension_no_update BEFORE UPDATE ON suspension FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('suspension')"),
    ('suspension_no_delete', "CREATE TRIGGER suspension_no_delete BEFORE DELETE ON suspension BEGIN SELECT RAISE(ABORT, 'append-only: suspension'); END", "CREATE TRIGGER suspension_no_delete BEFORE DELETE ON suspension FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('suspension')"),
    ('suspension_no_replace', "CREATE TRIGGER suspension_no_replace BEFORE INSERT ON suspension WHEN EXISTS (SELECT 1 FROM suspension WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: suspension'); END", ''),
    ('suspension_end_no_update', "CREATE TRIGGER suspension_end_no_update BEFORE UPDATE ON suspension_end BEGIN SELECT RAISE(ABORT, 'append-only: suspension_end'); END", "CREATE TRIGGER suspension_end_no_update BEFORE UPDATE ON suspension_end FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('suspension_end')"),
    ('suspension_end_no_delete', "CREATE TRIGGER suspension_end_no_delete BEFORE DELETE ON suspension_end BEGIN SELECT RAISE(ABORT, 'append-only: suspension_end'); END", "CREATE TRIGGER suspension_end_no_delete BEFORE DELETE ON suspension_end FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('suspension_end')"),
    ('suspension_end_no_replace', "CREATE TRIGGER suspension_end_no_replace BEFORE INSERT ON suspension_end WHEN EXISTS (SELECT 1 FROM suspension_end WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: suspension_end'); END", ''),
    ('journal_entry_no_update', "CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, 'append-only: journal_entry'); END", "CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('journal_entry')"),
    ('journal_entry_no_delete', "CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, 'append-only: journal_entry'); END", "CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('journal_entry')"),
    ('journal_entry_no_replace', "CREATE TRIGGER journal_entry_no_replace BEFORE INSERT ON journal_entry WHEN EXISTS (SELECT 1 FROM journal_entry WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: journal_entry'); END", ''),
    ('posting_no_update', "CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'append-only: posting'); END", "CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('posting')"),
    ('posting_no_delete', "CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'append-only: posting'); END", "CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('posting')"),
    ('posting_no_replace', "CREATE TRIGGER posting_no_replace BEFORE INSERT ON posting WHEN EXISTS (SELECT 1 FROM posting WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: posting'); END", ''),
    ('business_day_no_update', "CREATE TRIGGER business_day_no_update BEFORE UPDATE ON business_day BEGIN SELECT RAISE(ABORT, 'append-only: business_day'); END", "CREATE TRIGGER business_day_no_update BEFORE UPDATE ON business_day FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('business_day')"),
    ('business_day_no_delete', "CREATE TRIGGER business_day_no_delete BEFORE DELETE ON business_day BEGIN SELECT RAISE(ABORT, 'append-only: business_day'); END", "CREATE TRIGGER business_day_no_delete BEFORE DELETE ON business_day FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('business_day')"),
    ('business_day_no_replace', "CREATE TRIGGER business_day_no_replace BEFORE INSERT ON business_day WHEN EXISTS (SELECT 1 FROM business_day WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: business_day'); END", ''),
    ('business_day_correction_no_update', "CREATE TRIGGER business_day_correction_no_update BEFORE UPDATE ON business_day_correction BEGIN SELECT RAISE(ABORT, 'append-only: business_day_correction'); END", "CREATE TRIGGER business_day_correction_no_update BEFORE UPDATE ON business_day_correction FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('business_day_correction')"),
    ('business_day_correction_no_delete', "CREATE TRIGGER business_day_correction_no_delete BEFORE DELETE ON business_day_correction BEGIN SELECT RAISE(ABORT, 'append-only: business_day_correction'); END", "CREATE TRIGGER business_day_correction_no_delete BEFORE DELETE ON business_day_correction FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('business_day_correction')"),
    ('business_day_correction_no_replace', "CREATE TRIGGER business_day_correction_no_replace BEFORE INSERT ON business_day_correction WHEN EXISTS (SELECT 1 FROM business_day_correction WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: business_day_correction'); END", ''),
    ('taxpayer_search', "CREATE VIRTUAL TABLE taxpayer_search USING fts5(search_text, content='taxpayer', content_rowid='id', tokenize='trigram')", "DO $$ BEGIN\n  CREATE EXTENSION IF NOT EXISTS pg_trgm;\n  CREATE INDEX ix_taxpayer_search ON taxpayer USING gin (search_text gin_trgm_ops);\nEXCEPTION WHEN OTHERS THEN\n  CREATE INDEX ix_taxpayer_search ON taxpayer USING gin (to_tsvector('simple', search_text));\nEND $$"),
    ('taxpayer_search_added', 'CREATE TRIGGER taxpayer_search_added AFTER INSERT ON taxpayer BEGIN INSERT INTO taxpayer_search (rowid, search_text) VALUES (NEW.id, NEW.search_text); END', ''),
    ('taxpayer_search_changed', "CREATE TRIGGER taxpayer_search_changed AFTER UPDATE OF search_text ON taxpayer WHEN OLD.search_text IS NOT NEW.search_text BEGIN INSERT INTO taxpayer_search (taxpayer_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text); INSERT INTO taxpayer_search (rowid, search_text) VALUES (NEW.id, NEW.search_text); END", ''),
    ('taxpayer_search_removed', "CREATE TRIGGER taxpayer_search_removed AFTER DELETE ON taxpayer BEGIN INSERT INTO taxpayer_search (taxpayer_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text); END", ''),
    ('issued_document_no_update', "CREATE TRIGGER issued_document_no_update BEFORE UPDATE ON issued_document BEGIN SELECT RAISE(ABORT, 'append-only: issued_document'); END", "CREATE TRIGGER issued_document_no_update BEFORE UPDATE ON issued_document FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('issued_document')"),
    ('issued_document_no_delete', "CREATE TRIGGER issued_document_no_delete BEFORE DELETE ON issued_document BEGIN SELECT RAISE(ABORT, 'append-only: issued_document'); END", "CREATE TRIGGER issued_document_no_delete BEFORE DELETE ON issued_document FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('issued_document')"),
    ('issued_document_no_replace', "CREATE TRIGGER issued_document_no_replace BEFORE INSERT ON issued_document WHEN EXISTS (SELECT 1 FROM issued_document WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: issued_document'); END", ''),
    ('document_print_no_update', "CREATE TRIGGER document_print_no_update BEFORE UPDATE ON document_print BEGIN SELECT RAISE(ABORT, 'append-only: document_print'); END", "CREATE TRIGGER document_print_no_update BEFORE UPDATE ON document_print FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('document_print')"),
    ('document_print_no_delete', "CREATE TRIGGER document_print_no_delete BEFORE DELETE ON document_print BEGIN SELECT RAISE(ABORT, 'append-only: document_print'); END", "CREATE TRIGGER document_print_no_delete BEFORE DELETE ON document_print FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('document_print')"),
    ('document_print_no_replace', "CREATE TRIGGER document_print_no_replace BEFORE INSERT ON document_print WHEN EXISTS (SELECT 1 FROM document_print WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: document_print'); END", ''),
    ('act_signed_update', "CREATE TRIGGER act_signed_update BEFORE UPDATE ON act WHEN (OLD.signed_at IS NOT NULL) AND (OLD.register_id IS NOT NEW.register_id OR OLD.child_family_name IS NOT NEW.child_family_name OR OLD.child_given_names IS NOT NEW.child_given_names OR OLD.child_family_name_arabic IS NOT NEW.child_family_name_arabic OR OLD.child_given_names_arabic IS NOT NEW.child_given_names_arabic OR OLD.sex IS NOT NEW.sex OR OLD.born_on IS NOT NEW.born_on OR OLD.born_at IS NOT NEW.born_at OR OLD.birthplace IS NOT NEW.birthplace OR OLD.birthplace_arabic IS NOT NEW.birthplace_arabic OR OLD.father_family_name IS NOT NEW.father_family_name OR OLD.father_given_names IS NOT NEW.father_given_names OR OLD.father_family_name_arabic IS NOT NEW.father_family_name_arabic OR OLD.father_given_names_arabic IS NOT NEW.father_given_names_arabic OR OLD.mother_family_name IS NOT NEW.mother_family_name OR OLD.mother_given_names IS NOT NEW.mother_given_names OR OLD.mother_family_name_arabic IS NOT NEW.mother_family_name_arabic OR OLD.mother_given_names_arabic IS NOT NEW.mother_given_names_arabic OR OLD.mother_born_on IS NOT NEW.mother_born_on OR OLD.declarant_kind IS NOT NEW.declarant_kind OR OLD.declarant IS NOT NEW.declarant OR OLD.declared_on IS NOT NEW.declared_on OR OLD.seq IS NOT NEW.seq OR OLD.signed_at IS NOT NEW.signed_at OR OLD.signed_by_id IS NOT NEW.signed_by_id OR OLD.registrar IS NOT NEW.registrar OR OLD.drafted_at IS NOT NEW.drafted_at OR OLD.drafted_by_id IS NOT NEW.drafted_by_id) BEGIN SELECT RAISE(ABORT, 'append-only: act'); END", "CREATE TRIGGER act_signed_update BEFORE UPDATE ON act FOR EACH ROW WHEN ((OLD.signed_at IS NOT NULL) AND (OLD.register_id IS DISTINCT FROM NEW.register_id OR OLD.child_family_name IS DISTINCT FROM NEW.child_family_name OR OLD.child_given_names IS DISTINCT FROM NEW.child_given_names OR OLD.child_family_name_arabic IS DISTINCT FROM NEW.child_family_name_arabic OR OLD.child_given_names_arabic IS DISTINCT FROM NEW.child_given_names_arabic OR OLD.sex IS DISTINCT FROM NEW.sex OR OLD.born_on IS DISTINCT FROM NEW.born_on OR OLD.born_at IS DISTINCT FROM NEW.born_at OR OLD.birthplace IS DISTINCT FROM NEW.birthplace OR OLD.birthplace_arabic IS DISTINCT FROM NEW.birthplace_arabic OR OLD.father_family_name IS DISTINCT FROM NEW.father_family_name OR OLD.father_given_names IS DISTINCT FROM NEW.father_given_names OR OLD.father_family_name_arabic IS DISTINCT FROM NEW.father_family_name_arabic OR OLD.father_given_names_arabic IS DISTINCT FROM NEW.father_given_names_arabic OR OLD.mother_family_name IS DISTINCT FROM NEW.mother_family_name OR OLD.mother_given_names IS DISTINCT FROM NEW.mother_given_names OR OLD.mother_family_name_arabic IS DISTINCT FROM NEW.mother_family_name_arabic OR OLD.mother_given_names_arabic IS DISTINCT FROM NEW.mother_given_names_arabic OR OLD.mother_born_on IS DISTINCT FROM NEW.mother_born_on OR OLD.declarant_kind IS DISTINCT FROM NEW.declarant_kind OR OLD.declarant IS DISTINCT FROM NEW.declarant OR OLD.declared_on IS DISTINCT FROM NEW.declared_on OR OLD.seq IS DISTINCT FROM NEW.seq OR OLD.signed_at IS DISTINCT FROM NEW.signed_at OR OLD.signed_by_id IS DISTINCT FROM NEW.signed_by_id OR OLD.registrar IS DISTINCT FROM NEW.registrar OR OLD.drafted_at IS DISTINCT FROM NEW.drafted_at OR OLD.drafted_by_id IS DISTINCT FROM NEW.drafted_by_id)) EXECUTE FUNCTION muniadmin_refuse('act')"),
    ('act_signed_delete', "CREATE TRIGGER act_signed_delete BEFORE DELETE ON act WHEN OLD.signed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'append-only: act'); END", "CREATE TRIGGER act_signed_delete BEFORE DELETE ON act FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION muniadmin_refuse('act')"),
    ('act_register_frozen_update', "CREATE TRIGGER act_register_frozen_update BEFORE UPDATE ON act_register WHEN (1 = 1) AND (OLD.kind IS NOT NEW.kind OR OLD.year IS NOT NEW.year OR OLD.office IS NOT NEW.office OR OLD.opened_at IS NOT NEW.opened_at OR OLD.opened_by_id IS NOT NEW.opened_by_id) BEGIN SELECT RAISE(ABORT, 'append-only: act_register'); END", "CREATE TRIGGER act_register_frozen_update BEFORE UPDATE ON act_register FOR EACH ROW WHEN ((1 = 1) AND (OLD.kind IS DISTINCT FROM NEW.kind OR OLD.year IS DISTINCT FROM NEW.year OR OLD.office IS DISTINCT FROM NEW.office OR OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.opened_by_id IS DISTINCT FROM NEW.opened_by_id)) EXECUTE FUNCTION muniadmin_refuse('act_register')"),
    ('act_register_frozen_delete', "CREATE TRIGGER act_register_frozen_delete BEFORE DELETE ON act_register WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'append-only: act_register'); END", "CREATE TRIGGER act_register_frozen_delete BEFORE DELETE ON act_register FOR EACH ROW WHEN (1 = 1) EXECUTE FUNCTION muniadmin_refuse('act_register')"),
    ('act_register_closed_update', "CREATE TRIGGER act_register_closed_update BEFORE UPDATE ON act_register WHEN (OLD.closed_at IS NOT NULL) AND (OLD.closed_at IS NOT NEW.closed_at OR OLD.closed_by_id IS NOT NEW.closed_by_id OR OLD.act_count IS NOT NEW.act_count) BEGIN SELECT RAISE(ABORT, 'append-only: act_register'); END", "CREATE TRIGGER act_register_closed_update BEFORE UPDATE ON act_register FOR EACH ROW WHEN ((OLD.closed_at IS NOT NULL) AND (OLD.closed_at IS DISTINCT FROM NEW.closed_at OR OLD.closed_by_id IS DISTINCT FROM NEW.closed_by_id OR OLD.act_count IS DISTINCT FROM NEW.act_count)) EXECUTE FUNCTION muniadmin_refuse('act_register')"),
    ('act_register_closed_delete', "CREATE TRIGGER act_register_closed_delete BEFORE DELETE ON act_register WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'append-only: act_register'); END", "CREATE TRIGGER act_register_closed_delete BEFORE DELETE ON act_register FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION muniadmin_refuse('act_register')"),
    ('extract_request_frozen_update', "CREATE TRIGGER extract_request_frozen_update BEFORE UPDATE ON extract_request WHEN (1 = 1) AND (OLD.number IS NOT NEW.number OR OLD.key IS NOT NEW.key OR OLD.document_code IS NOT NEW.document_code OR OLD.act_id IS NOT NEW.act_id OR OLD.requester IS NOT NEW.requester OR OLD.identifier IS NOT NEW.identifier OR OLD.relation IS NOT NEW.relation OR OLD.mandate IS NOT NEW.mandate OR OLD.copies IS NOT NEW.copies OR OLD.channel IS NOT NEW.channel OR OLD.fee IS NOT NEW.fee OR OLD.bill_id IS NOT NEW.bill_id OR OLD.received_at IS NOT NEW.received_at OR OLD.due_at IS NOT NEW.due_at) BEGIN SELECT RAISE(ABORT, 'append-only: extract_request'); END", "CREATE TRIGGER extract_request_frozen_update BEFORE UPDATE ON extract_request FOR EACH ROW WHEN ((1 = 1) AND (OLD.number IS DISTINCT FROM NEW.number OR OLD.key IS DISTINCT FROM NEW.key OR OLD.document_code IS DISTINCT FROM NEW.document_code OR OLD.act_id IS DISTINCT FROM NEW.act_id OR OLD.requester IS DISTINCT FROM NEW.requester OR OLD.identifier IS DISTINCT FROM NEW.identifier OR OLD.relation IS DISTINCT FROM NEW.relation OR OLD.mandate IS DISTINCT FROM NEW.mandate OR OLD.copies IS DISTINCT FROM NEW.copies OR OLD.channel IS DISTINCT FROM NEW.channel OR OLD.fee IS DISTINCT FROM NEW.fee OR OLD.bill_id IS DISTINCT FROM NEW.bill_id OR OLD.received_at IS DISTINCT FROM NEW.received_at OR OLD.due_at IS DISTINCT FROM NEW.due_at)) EXECUTE FUNCTION muniadmin_refuse('extract_request')"),
    ('extract_request_frozen_delete', "CREATE TRIGGER extract_request_frozen_delete BEFORE DELETE ON extract_request WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'append-only: extract_request'); END", "CREATE TRIGGER extract_request_frozen_delete BEFORE DELETE ON extract_request FOR EACH ROW WHEN (1 = 1) EXECUTE FUNCTION muniadmin_refuse('extract_request')"),
    ('signed_act_no_update', "CREATE TRIGGER signed_act_no_update BEFORE UPDATE ON signed_act BEGIN SELECT RAISE(ABORT, 'append-only: signed_act'); END", "CREATE TRIGGER signed_act_no_update BEFORE UPDATE ON signed_act FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('signed_act')"),
    ('signed_act_no_delete', "CREATE TRIGGER signed_act_no_delete BEFORE DELETE ON signed_act BEGIN SELECT RAISE(ABORT, 'append-only: signed_act'); END", "CREATE TRIGGER signed_act_no_delete BEFORE DELETE ON signed_act FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('signed_act')"),
    ('signed_act_no_replace', "CREATE TRIGGER signed_act_no_replace BEFORE INSERT ON signed_act WHEN EXISTS (SELECT 1 FROM signed_act WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: signed_act'); END", ''),
    ('request_step_no_update', "CREATE TRIGGER request_step_no_update BEFORE UPDATE ON request_step BEGIN SELECT RAISE(ABORT, 'append-only: request_step'); END", "CREATE TRIGGER request_step_no_update BEFORE UPDATE ON request_step FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('request_step')"),
    ('request_step_no_delete', "CREATE TRIGGER request_step_no_delete BEFORE DELETE ON request_step BEGIN SELECT RAISE(ABORT, 'append-only: request_step'); END", "CREATE TRIGGER request_step_no_delete BEFORE DELETE ON request_step FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('request_step')"),
    ('request_step_no_replace', "CREATE TRIGGER request_step_no_replace BEFORE INSERT ON request_step WHEN EXISTS (SELECT 1 FROM request_step WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: request_step'); END", ''),
    ('extract_frozen_update', "CREATE TRIGGER extract_frozen_update BEFORE UPDATE ON extract WHEN (1 = 1) AND (OLD.number IS NOT NEW.number OR OLD.request_id IS NOT NEW.request_id OR OLD.document_id IS NOT NEW.document_id) BEGIN SELECT RAISE(ABORT, 'append-only: extract'); END", "CREATE TRIGGER extract_frozen_update BEFORE UPDATE ON extract FOR EACH ROW WHEN ((1 = 1) AND (OLD.number IS DISTINCT FROM NEW.number OR OLD.request_id IS DISTINCT FROM NEW.request_id OR OLD.document_id IS DISTINCT FROM NEW.document_id)) EXECUTE FUNCTION muniadmin_refuse('extract')"),
    ('extract_frozen_delete', "CREATE TRIGGER extract_frozen_delete BEFORE DELETE ON extract WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'append-only: extract'); END", "CREATE TRIGGER extract_frozen_delete BEFORE DELETE ON extract FOR EACH ROW WHEN (1 = 1) EXECUTE FUNCTION muniadmin_refuse('extract')"),
    ('extract_withdrawn_update', "CREATE TRIGGER extract_withdrawn_update BEFORE UPDATE ON extract WHEN (OLD.withdrawn_at IS NOT NULL) AND (OLD.withdrawn_at IS NOT NEW.withdrawn_at) BEGIN SELECT RAISE(ABORT, 'append-only: extract'); END", "CREATE TRIGGER extract_withdrawn_update BEFORE UPDATE ON extract FOR EACH ROW WHEN ((OLD.withdrawn_at IS NOT NULL) AND (OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at)) EXECUTE FUNCTION muniadmin_refuse('extract')"),
    ('extract_withdrawn_delete', "CREATE TRIGGER extract_withdrawn_delete BEFORE DELETE ON extract WHEN OLD.withdrawn_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'append-only: extract'); END", "CREATE TRIGGER extract_withdrawn_delete BEFORE DELETE ON extract FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION muniadmin_refuse('extract')"),
    ('payment_no_update', "CREATE TRIGGER payment_no_update BEFORE UPDATE ON payment BEGIN SELECT RAISE(ABORT, 'append-only: payment'); END", "CREATE TRIGGER payment_no_update BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('payment')"),
    ('payment_no_delete', "CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment BEGIN SELECT RAISE(ABORT, 'append-only: payment'); END", "CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('payment')"),
    ('payment_no_replace', "CREATE TRIGGER payment_no_replace BEFORE INSERT ON payment WHEN EXISTS (SELECT 1 FROM payment WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: payment'); END", ''),
    ('receipt_no_update', "CREATE TRIGGER receipt_no_update BEFORE UPDATE ON receipt BEGIN SELECT RAISE(ABORT, 'append-only: receipt'); END", "CREATE TRIGGER receipt_no_update BEFORE UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('receipt')"),
    ('receipt_no_delete', "CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'append-only: receipt'); END", "CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('receipt')"),
    ('receipt_no_replace', "CREATE TRIGGER receipt_no_replace BEFORE INSERT ON receipt WHEN EXISTS (SELECT 1 FROM receipt WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: receipt'); END", ''),
    ('cancellation_no_update', "CREATE TRIGGER cancellation_no_update BEFORE UPDATE ON cancellation BEGIN SELECT RAISE(ABORT, 'append-only: cancellation'); END", "CREATE TRIGGER cancellation_no_update BEFORE UPDATE ON cancellation FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('cancellation')"),
    ('cancellation_no_delete', "CREATE TRIGGER cancellation_no_delete BEFORE DELETE ON cancellation BEGIN SELECT RAISE(ABORT, 'append-only: cancellation'); END", "CREATE TRIGGER cancellation_no_delete BEFORE DELETE ON cancellation FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('cancellation')"),
    ('cancellation_no_replace', "CREATE TRIGGER cancellation_no_replace BEFORE INSERT ON cancellation WHEN EXISTS (SELECT 1 FROM cancellation WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: cancellation'); END", ''),
    ('tender_return_no_update', "CREATE TRIGGER tender_return_no_update BEFORE UPDATE ON tender_return BEGIN SELECT RAISE(ABORT, 'append-only: tender_return'); END", "CREATE TRIGGER tender_return_no_update BEFORE UPDATE ON tender_return FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('tender_return')"),
    ('tender_return_no_delete', "CREATE TRIGGER tender_return_no_delete BEFORE DELETE ON tender_return BEGIN SELECT RAISE(ABORT, 'append-only: tender_return'); END", "CREATE TRIGGER tender_return_no_delete BEFORE DELETE ON tender_return FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('tender_return')"),
    ('tender_return_no_replace', "CREATE TRIGGER tender_return_no_replace BEFORE INSERT ON tender_return WHEN EXISTS (SELECT 1 FROM tender_return WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: tender_return'); END", ''),
    ('cash_session_frozen_update', "CREATE TRIGGER cash_session_frozen_update BEFORE UPDATE ON cash_session WHEN (1 = 1) AND (OLD.desk IS NOT NEW.desk OR OLD.cashier_id IS NOT NEW.cashier_id OR OLD.opened_at IS NOT NEW.opened_at OR OLD.opening_float IS NOT NEW.opening_float) BEGIN SELECT RAISE(ABORT, 'append-only: cash_session'); END", "CREATE TRIGGER cash_session_frozen_update BEFORE UPDATE ON cash_session FOR EACH ROW WHEN ((1 = 1) AND (OLD.desk IS DISTINCT FROM NEW.desk OR OLD.cashier_id IS DISTINCT FROM NEW.cashier_id OR OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.opening_float IS DISTINCT FROM NEW.opening_float)) EXECUTE FUNCTION muniadmin_refuse('cash_session')"),
    ('cash_session_frozen_delete', "CREATE TRIGGER cash_session_frozen_delete BEFORE DELETE ON cash_session WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'append-only: cash_session'); END", "CREATE TRIGGER cash_session_frozen_delete BEFORE DELETE ON cash_session FOR EACH ROW WHEN (1 = 1) EXECUTE FUNCTION muniadmin_refuse('cash_session')"),
    ('cash_session_closed_update', "CREATE TRIGGER cash_session_closed_update BEFORE UPDATE ON cash_session WHEN (OLD.closed_at IS NOT NULL) AND (OLD.closed_at IS NOT NEW.closed_at OR OLD.expected IS NOT NEW.expected OR OLD.counted IS NOT NEW.counted OR OLD.count IS NOT NEW.count OR OLD.explanation IS NOT NEW.explanation) BEGIN SELECT RAISE(ABORT, 'append-only: cash_session'); END", "CREATE TRIGGER cash_session_closed_update BEFORE UPDATE ON cash_session FOR EACH ROW WHEN ((OLD.closed_at IS NOT NULL) AND (OLD.closed_at IS DISTINCT FROM NEW.closed_at OR OLD.expected IS DISTINCT FROM NEW.expected OR OLD.counted IS DISTINCT FROM NEW.counted OR OLD.count IS DISTINCT FROM NEW.count OR OLD.explanation IS DISTINCT FROM NEW.explanation)) EXECUTE FUNCTION muniadmin_refuse('cash_session')"),
    ('cash_session_closed_delete', "CREATE TRIGGER cash_session_closed_delete BEFORE DELETE ON cash_session WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'append-only: cash_session'); END", "CREATE TRIGGER cash_session_closed_delete BEFORE DELETE ON cash_session FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION muniadmin_refuse('cash_session')"),
    ('offence_amount_no_update', "CREATE TRIGGER offence_amount_no_update BEFORE UPDATE ON offence_amount BEGIN SELECT RAISE(ABORT, 'append-only: offence_amount'); END", "CREATE TRIGGER offence_amount_no_update BEFORE UPDATE ON offence_amount FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('offence_amount')"),
    ('offence_amount_no_delete', "CREATE TRIGGER offence_amount_no_delete BEFORE DELETE ON offence_amount BEGIN SELECT RAISE(ABORT, 'append-only: offence_amount'); END", "CREATE TRIGGER offence_amount_no_delete BEFORE DELETE ON offence_amount FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('offence_amount')"),
    ('offence_amount_no_replace', "CREATE TRIGGER offence_amount_no_replace BEFORE INSERT ON offence_amount WHEN EXISTS (SELECT 1 FROM offence_amount WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'append-only: offence_amount'); END", ''),
    ('fine_frozen_update', "CREATE TRIGGER fine_frozen_update BEFORE UPDATE ON fine WHEN (1 = 1) AND (OLD.number IS NOT NEW.number OR OLD.request_id IS NOT NEW.request_id OR OLD.external_number IS NOT NEW.external_number OR OLD.source IS NOT NEW.source OR OLD.plate IS NOT NEW.plate OR OLD.plate_shown IS NOT NEW.plate_shown OR OLD.readable IS NOT NEW.readable OR OLD.make IS NOT NEW.make OR OLD.place IS NOT NEW.place OR OLD.longitude IS NOT NEW.longitude OR OLD.latitude IS NOT NEW.latitude OR OLD.committed_at IS NOT NEW.committed_at OR OLD.committed_on IS NOT NEW.committed_on OR OLD.officer IS NOT NEW.officer OR OLD.offence_id IS NOT NEW.offence_id OR OLD.amount IS NOT NEW.amount OR OLD.steps IS NOT NEW.steps OR OLD.increases_on IS NOT NEW.increases_on OR OLD.remarks IS NOT NEW.remarks OR OLD.bill_id IS NOT NEW.bill_id OR OLD.captured_at IS NOT NEW.captured_at OR OLD.captured_by_id IS NOT NEW.captured_by_id) BEGIN SELECT RAISE(ABORT, 'append-only: fine'); END", "CREATE TRIGGER fine_frozen_update BEFORE UPDATE ON fine FOR EACH ROW WHEN ((1 = 1) AND (OLD.number IS DISTINCT FROM NEW.number OR OLD.request_id IS DISTINCT FROM NEW.request_id OR OLD.external_number IS DISTINCT FROM NEW.external_number OR OLD.source IS DISTINCT FROM NEW.source OR OLD.plate IS DISTINCT FROM NEW.plate OR OLD.plate_shown IS DISTINCT FROM NEW.plate_shown OR OLD.readable IS DISTINCT FROM NEW.readable OR OLD.make IS DISTINCT FROM NEW.make OR OLD.place IS DISTINCT FROM NEW.place OR OLD.longitude IS DISTINCT FROM NEW.longitude OR OLD.latitude IS DISTINCT FROM NEW.latitude OR OLD.committed_at IS DISTINCT FROM NEW.committed_at OR OLD.committed_on IS DISTINCT FROM NEW.committed_on OR OLD.officer IS DISTINCT FROM NEW.officer OR OLD.offence_id IS DISTINCT FROM NEW.offence_id OR OLD.amount IS DISTINCT FROM NEW.amount OR OLD.steps IS DISTINCT FROM NEW.steps OR OLD.increases_on IS DISTINCT FROM NEW.increases_on OR OLD.remarks IS DISTINCT FROM NEW.remarks OR OLD.bill_id IS DISTINCT FROM NEW.bill_id OR OLD.captured_at IS DISTINCT FROM NEW.captured_at OR OLD.captured_by_id IS DISTINCT FROM NEW.captured_by_id)) EXECUTE FUNCTION muniadmin_refuse('fine')"),
    ('fine_frozen_delete', "CREATE TRIGGER fine_frozen_delete BEFORE DELETE ON fine WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'append-only: fine'); END", "CREATE TRIGGER fine_frozen_delete BEFORE DELETE ON fine FOR EACH ROW WHEN (1 = 1) EXECUTE FUNCTION muniadmin_refuse('fine')"),
    ('fine_void_update', "CREATE TRIGGER fine_void_update BEFORE UPDATE ON fine WHEN (OLD.voided_at IS NOT NULL) AND (OLD.voided_at IS NOT NEW.voided_at OR OLD.voided_by_id IS NOT NEW.voided_by_id OR OLD.void_approved_by_id IS NOT NEW.void_approved_by_id OR OLD.void_reason IS NOT NEW.void_reason) BEGIN SELECT RAISE(ABORT, 'append-only: fine'); END", "CREATE TRIGGER fine_void_update BEFORE UPDATE ON fine FOR EACH ROW WHEN ((OLD.voided_at IS NOT NULL) AND (OLD.voided_at IS DISTINCT FROM NEW.voided_at OR OLD.voided_by_id IS DISTINCT FROM NEW.voided_by_id OR OLD.void_approved_by_id IS DISTINCT FROM NEW.void_approved_by_id OR OLD.void_reason IS DISTINCT FROM NEW.void_reason)) EXECUTE FUNCTION muniadmin_refuse('fine')"),
    ('fine_void_delete', "CREATE TRIGGER fine_void_delete BEFORE DELETE ON fine WHEN OLD.voided_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'append-only: fine'); END", "CREATE TRIGGER fine_void_delete BEFORE DELETE ON fine FOR EACH ROW WHEN (OLD.voided_at IS NOT NULL) EXECUTE FUNCTION muniadmin_refuse('fine')"),
    ('charge_counted_function', '', 'CREATE OR REPLACE FUNCTION charge_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \n    INSERT INTO charge_now (charge_id, bill_id, account_id, head_code, kind, due_on, amount, settled, written_off)\n    SELECT id, bill_id, account_id, head_code, kind, due_on, amount, 0, 0 FROM added;\n    INSERT INTO bill_now (bill_id, amount, settled, due_on)\n    SELECT bill_id, sum(amount), 0, min(due_on) FROM added GROUP BY bill_id ORDER BY bill_id\n    ON CONFLICT (bill_id) DO UPDATE SET amount = bill_now.amount + excluded.amount, due_on = (SELECT min(due_on) FROM charge_now WHERE charge_now.bill_id = bill_now.bill_id AND closed_on IS NULL);\n    INSERT INTO account_now (account_id, owed, credit)\n    SELECT account_id, sum(amount), 0 FROM added GROUP BY account_id ORDER BY account_id\n    ON CONFLICT (account_id) DO UPDATE SET owed = account_now.owed + excluded.owed;\n     RETURN NULL; END $$'),
    ('charge_counted', 'CREATE TRIGGER charge_counted AFTER INSERT ON charge BEGIN \n    INSERT INTO charge_now (charge_id, bill_id, account_id, head_code, kind, due_on, amount, settled, written_off)\n    VALUES (NEW.id, NEW.bill_id, NEW.account_id, NEW.head_code, NEW.kind, NEW.due_on, NEW.amount, 0, 0);\n    INSERT INTO bill_now (bill_id, amount, settled, due_on) VALUES (NEW.bill_id, NEW.amount, 0, NEW.due_on)\n    ON CONFLICT (bill_id) DO UPDATE SET amount = amount + excluded.amount, due_on = (SELECT min(due_on) FROM charge_now WHERE charge_now.bill_id = bill_now.bill_id AND closed_on IS NULL);\n    INSERT INTO account_now (account_id, owed, credit) VALUES (NEW.account_id, NEW.amount, 0)\n    ON CONFLICT (account_id) DO UPDATE SET owed = owed + excluded.owed;\n     END', 'CREATE TRIGGER charge_counted AFTER INSERT ON charge REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION charge_counted()'),
    ('settlement_counted_function', '', "CREATE OR REPLACE FUNCTION settlement_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \n    UPDATE charge_now AS n SET\n        settled = n.settled + s.amount,\n        written_off = n.written_off + s.written_off,\n        closed_on = CASE WHEN n.settled + s.amount = n.amount THEN s.booked_on END\n    FROM (\n        SELECT a.charge_id, sum(a.amount) AS amount, max(a.booked_on) AS booked_on,\n            sum(CASE WHEN d.kind = 'write_off' THEN a.amount ELSE 0 END) AS written_off\n        FROM added a LEFT JOIN decision d ON d.id = a.decision_id GROUP BY a.charge_id\n    ) AS s WHERE n.charge_id = s.charge_id;\n    UPDATE bill_now SET settled = settled + s.amount, due_on = coalesce((SELECT min(due_on) FROM charge_now WHERE charge_now.bill_id = bill_now.bill_id AND closed_on IS NULL), due_on)\n    FROM (\n        SELECT c.bill_id AS of_bill, sum(a.amount) AS amount FROM added a JOIN charge c ON c.id = a.charge_id\n        GROUP BY c.bill_id\n    ) AS s WHERE bill_now.bill_id = s.of_bill;\n    UPDATE account_now AS n SET owed = n.owed - s.amount\n    FROM (\n        SELECT c.account_id, sum(a.amount) AS amount FROM added a JOIN charge c ON c.id = a.charge_id\n        GROUP BY c.account_id\n    ) AS s WHERE n.account_id = s.account_id;\n     RETURN NULL; END $$"),
    ('settlement_counted', "CREATE TRIGGER settlement_counted AFTER INSERT ON settlement BEGIN \n    UPDATE charge_now SET\n        settled = settled + NEW.amount,\n        written_off = written_off + CASE WHEN EXISTS\n            (SELECT 1 FROM decision WHERE id = NEW.decision_id AND kind = 'write_off') THEN NEW.amount ELSE 0 END,\n        closed_on = CASE WHEN settled + NEW.amount = amount THEN NEW.booked_on END\n    WHERE charge_id = NEW.charge_id;\n    UPDATE bill_now SET settled = settled + NEW.amount, due_on = coalesce((SELECT min(due_on) FROM charge_now WHERE charge_now.bill_id = bill_now.bill_id AND closed_on IS NULL), due_on)\n    WHERE bill_id = (SELECT bill_id FROM charge WHERE id = NEW.charge_id);\n    UPDATE account_now SET owed = owed - NEW.amount\n    WHERE account_id = (SELECT account_id FROM charge WHERE id = NEW.charge_id);\n     END", 'CREATE TRIGGER settlement_counted AFTER INSERT ON settlement REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION settlement_counted()'),
    ('credit_counted_function', '', 'CREATE OR REPLACE FUNCTION credit_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \n    INSERT INTO account_now (account_id, owed, credit)\n    SELECT account_id, 0, sum(amount) FROM added GROUP BY account_id ORDER BY account_id\n    ON CONFLICT (account_id) DO UPDATE SET credit = account_now.credit + excluded.credit;\n     RETURN NULL; END $$'),
    ('credit_counted', 'CREATE TRIGGER credit_counted AFTER INSERT ON credit BEGIN \n    INSERT INTO account_now (account_id, owed, credit) VALUES (NEW.account_id, 0, NEW.amount)\n    ON CONFLICT (account_id) DO UPDATE SET credit = credit + excluded.credit;\n     END', 'CREATE TRIGGER credit_counted AFTER INSERT ON credit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION credit_counted()'),
    ('credit_move_counted_function', '', 'CREATE OR REPLACE FUNCTION credit_move_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \n    UPDATE account_now AS n SET credit = n.credit - s.amount\n    FROM (\n        SELECT c.account_id, sum(a.amount) AS amount FROM added a JOIN credit c ON c.id = a.credit_id\n        GROUP BY c.account_id\n    ) AS s WHERE n.account_id = s.account_id;\n     RETURN NULL; END $$'),
    ('credit_move_counted', 'CREATE TRIGGER credit_move_counted AFTER INSERT ON credit_move BEGIN \n    UPDATE account_now SET credit = credit - NEW.amount\n    WHERE account_id = (SELECT account_id FROM credit WHERE id = NEW.credit_id);\n     END', 'CREATE TRIGGER credit_move_counted AFTER INSERT ON credit_move REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION credit_move_counted()'),
    ('term_counted_function', '', 'CREATE OR REPLACE FUNCTION term_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \n    UPDATE charge_now AS n SET due_on = a.due_on\n    FROM (SELECT DISTINCT ON (charge_id) charge_id, due_on FROM added ORDER BY charge_id, id DESC) AS a\n    WHERE n.charge_id = a.charge_id;\n    UPDATE bill_now SET due_on = coalesce((SELECT min(due_on) FROM charge_now WHERE charge_now.bill_id = bill_now.bill_id AND closed_on IS NULL), due_on)\n    WHERE bill_id IN (SELECT c.bill_id FROM added a JOIN charge c ON c.id = a.charge_id);\n     RETURN NULL; END $$'),
    ('term_counted', 'CREATE TRIGGER term_counted AFTER INSERT ON term BEGIN \n    UPDATE charge_now SET due_on = NEW.due_on WHERE charge_id = NEW.charge_id;\n    UPDATE bill_now SET due_on = coalesce((SELECT min(due_on) FROM charge_now WHERE charge_now.bill_id = bill_now.bill_id AND closed_on IS NULL), due_on)\n    WHERE bill_id = (SELECT bill_id FROM charge WHERE id = NEW.charge_id);\n     END', 'CREATE TRIGGER term_counted AFTER INSERT ON term REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION term_counted()'),
)


def upgrade() -> None:
    """Creates the tables, then what protects and indexes them."""
    op.create_table('app_user',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('user_name', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=True),
    sa.Column('failed_tries', BigInt, nullable=False),
    sa.Column('locked_until', UtcType(), nullable=True),
    sa.Column('created_at', UtcType(), nullable=False),
    sa.Column('version', BigInt, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_app_user')),
    sa.UniqueConstraint('user_name', name=op.f('uq_app_user_user_name'))
    )
    op.create_table('audit_event',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('at', UtcType(), nullable=False),
    sa.Column('user_name', sa.String(length=60), nullable=False),
    sa.Column('workstation', sa.String(length=80), nullable=False),
    sa.Column('event', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('chain', sa.String(length=60), nullable=False),
    sa.Column('chain_seq', BigInt, nullable=False),
    sa.Column('canonical', sa.String(), nullable=False),
    sa.Column('previous_digest', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event')),
    sa.UniqueConstraint('chain', 'chain_seq', name=op.f('uq_audit_event_chain_chain_seq'))
    )
    op.create_index(op.f('ix_audit_event_at'), 'audit_event', ['at'], unique=False)
    op.create_index('ix_audit_event_subject', 'audit_event', ['subject'], unique=False)
    op.create_table('chain_head',
    sa.Column('chain', sa.String(length=60), nullable=False),
    sa.Column('last', BigInt, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('chain', name=op.f('pk_chain_head'))
    )
    op.create_table('indicator_goal',
    sa.Column('indicator', sa.String(length=40), nullable=False),
    sa.Column('period', sa.String(length=16), nullable=False),
    sa.Column('baseline', sa.String(length=40), nullable=True),
    sa.Column('target', sa.String(length=40), nullable=True),
    sa.PrimaryKeyConstraint('indicator', 'period', name=op.f('pk_indicator_goal'))
    )
    op.create_table('issued_document',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('issued_at', UtcType(), nullable=False),
    sa.Column('chain', sa.String(length=60), nullable=False),
    sa.Column('chain_seq', BigInt, nullable=False),
    sa.Column('canonical', sa.String(), nullable=False),
    sa.Column('previous_digest', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_document')),
    sa.UniqueConstraint('chain', 'chain_seq', name=op.f('uq_issued_document_chain_chain_seq')),
    sa.UniqueConstraint('kind', 'number', name=op.f('uq_issued_document_kind_number'))
    )
    op.create_table('journal_entry',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('booked_at', UtcType(), nullable=False),
    sa.Column('event', sa.String(length=30), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('reverses_id', BigInt, nullable=True),
    sa.Column('chain', sa.String(length=60), nullable=False),
    sa.Column('chain_seq', BigInt, nullable=False),
    sa.Column('canonical', sa.String(), nullable=False),
    sa.Column('previous_digest', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['reverses_id'], ['journal_entry.id'], name=op.f('fk_journal_entry_reverses_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry')),
    sa.UniqueConstraint('chain', 'chain_seq', name=op.f('uq_journal_entry_chain_chain_seq')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_journal_entry_reverses_id'))
    )
    op.create_index(op.f('ix_journal_entry_booked_on'), 'journal_entry', ['booked_on'], unique=False)
    op.create_index(op.f('ix_journal_entry_subject'), 'journal_entry', ['subject'], unique=False)
    op.create_table('ledger_account',
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('names', Json, nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_ledger_account'))
    )
    op.create_table('name_word',
    sa.Column('word', sa.String(length=30).with_variant(sa.String(length=30, collation='C'), 'postgresql'), nullable=False),
    sa.Column('backwards', sa.String(length=30).with_variant(sa.String(length=30, collation='C'), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('word', name=op.f('pk_name_word'))
    )
    op.create_index('ix_name_word_backwards', 'name_word', ['backwards'], unique=False)
    op.create_table('number_series',
    sa.Column('series', sa.String(length=60), nullable=False),
    sa.Column('year', BigInt, autoincrement=False, nullable=False),
    sa.Column('last', BigInt, nullable=False),
    sa.PrimaryKeyConstraint('series', 'year', name=op.f('pk_number_series'))
    )
    op.create_table('offence',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('names', Json, nullable=False),
    sa.Column('tow', sa.Boolean(), nullable=False),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('position', BigInt, nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', BigInt, nullable=False),
    sa.CheckConstraint("origin IN ('profile', 'import')", name=op.f('ck_offence_origin_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offence')),
    sa.UniqueConstraint('code', name=op.f('uq_offence_code'))
    )
    op.create_table('point',
    sa.Column('number', BigInt, autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('names', Json, nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('desk', 'collector', 'bank')", name=op.f('ck_point_kind_known')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_point'))
    )
    op.create_table('revenue_head',
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('names', Json, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('periodicity', sa.String(length=10), nullable=False),
    sa.Column('object_kind', sa.String(length=30), nullable=True),
    sa.Column('due_rule', Json, nullable=False),
    sa.Column('position', BigInt, nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', BigInt, nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_revenue_head'))
    )
    op.create_table('setting',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('value', Json, nullable=False),
    sa.Column('version', BigInt, nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('taxpayer',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('number', sa.String(length=16).with_variant(sa.String(length=16, collation='C'), 'postgresql'), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('name_arabic', sa.String(length=160), nullable=False),
    sa.Column('sort_name', sa.String(length=200).with_variant(sa.String(length=200, collation='C'), 'postgresql'), nullable=False),
    sa.Column('search_text', sa.String(), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('email', sa.String(length=120), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('zone', sa.String(length=30), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('notes', sa.String(), nullable=False),
    sa.Column('external_key', sa.String(length=80), nullable=True),
    sa.Column('import_digest', sa.String(length=40), nullable=True),
    sa.Column('registered_at', UtcType(), nullable=False),
    sa.Column('version', BigInt, nullable=False),
    sa.CheckConstraint("kind IN ('person', 'organisation')", name=op.f('ck_taxpayer_kind_known')),
    sa.CheckConstraint("status IN ('active', 'dormant', 'closed')", name=op.f('ck_taxpayer_status_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_taxpayer')),
    sa.UniqueConstraint('external_key', name=op.f('uq_taxpayer_external_key')),
    sa.UniqueConstraint('number', name=op.f('uq_taxpayer_number'))
    )
    op.create_index(op.f('ix_taxpayer_phone'), 'taxpayer', ['phone'], unique=False)
    op.create_index('ix_taxpayer_sort_name', 'taxpayer', ['sort_name', 'id'], unique=False)
    op.create_index('ix_taxpayer_zone', 'taxpayer', ['zone', 'id'], unique=False)
    op.create_table('account',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('taxpayer_id', BigInt, nullable=True),
    sa.Column('key', sa.String(length=40), nullable=True),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.CheckConstraint("(kind = 'plate') = (key IS NOT NULL)", name=op.f('ck_account_key_of_plates')),
    sa.CheckConstraint("(kind = 'taxpayer') = (taxpayer_id IS NOT NULL)", name=op.f('ck_account_taxpayer_where_known')),
    sa.CheckConstraint("kind IN ('taxpayer', 'plate', 'passer_by')", name=op.f('ck_account_kind_known')),
    sa.ForeignKeyConstraint(['taxpayer_id'], ['taxpayer.id'], name=op.f('fk_account_taxpayer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('key', name=op.f('uq_account_key')),
    sa.UniqueConstraint('taxpayer_id', name=op.f('uq_account_taxpayer_id'))
    )
    op.create_table('act_register',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('year', BigInt, nullable=False),
    sa.Column('office', sa.String(length=20), nullable=False),
    sa.Column('office_names', Json, nullable=False),
    sa.Column('opened_at', UtcType(), nullable=False),
    sa.Column('opened_by_id', BigInt, nullable=True),
    sa.Column('closed_at', UtcType(), nullable=True),
    sa.Column('closed_by_id', BigInt, nullable=True),
    sa.Column('act_count', BigInt, nullable=True),
    sa.CheckConstraint('(closed_at IS NULL) = (act_count IS NULL)', name=op.f('ck_act_register_closed_with_count')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['app_user.id'], name=op.f('fk_act_register_closed_by_id')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['app_user.id'], name=op.f('fk_act_register_opened_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act_register')),
    sa.UniqueConstraint('kind', 'year', 'office', name=op.f('uq_act_register_kind_year_office'))
    )
    op.create_table('business_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('opening', BigInt, autoincrement=False, nullable=False),
    sa.Column('opened_at', UtcType(), nullable=False),
    sa.Column('opened_by_id', BigInt, nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['opened_by_id'], ['app_user.id'], name=op.f('fk_business_day_opened_by_id')),
    sa.PrimaryKeyConstraint('day', 'opening', name=op.f('pk_business_day'))
    )
    op.create_table('cash_session',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('desk', BigInt, nullable=False),
    sa.Column('cashier_id', BigInt, nullable=False),
    sa.Column('cashier_name', sa.String(length=120), nullable=False),
    sa.Column('opened_at', UtcType(), nullable=False),
    sa.Column('opening_float', MoneyType(), nullable=False),
    sa.Column('closed_at', UtcType(), nullable=True),
    sa.Column('expected', MoneyType(), nullable=True),
    sa.Column('counted', MoneyType(), nullable=True),
    sa.Column('count', Json, nullable=True),
    sa.Column('explanation', sa.String(length=300), nullable=False),
    sa.CheckConstraint('opening_float >= 0', name=op.f('ck_cash_session_float_not_negative')),
    sa.ForeignKeyConstraint(['cashier_id'], ['app_user.id'], name=op.f('fk_cash_session_cashier_id')),
    sa.ForeignKeyConstraint(['desk'], ['point.number'], name=op.f('fk_cash_session_desk')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cash_session'))
    )
    op.create_index('uq_cash_session_open_cashier', 'cash_session', ['cashier_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('uq_cash_session_open_desk', 'cash_session', ['desk'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('day_collection',
    sa.Column('by', sa.String(length=6), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('point', BigInt, autoincrement=False, nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('principal', BigInt, nullable=False),
    sa.Column('penalty', BigInt, nullable=False),
    sa.Column('count', BigInt, nullable=False),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_day_collection_head_code')),
    sa.PrimaryKeyConstraint('by', 'day', 'point', 'head_code', 'channel', name=op.f('pk_day_collection'))
    )
    op.create_table('decision',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('kind', sa.String(length=14), nullable=False),
    sa.Column('standing', sa.Boolean(), nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('document', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('decided_by_id', BigInt, nullable=True),
    sa.Column('approved_by_id', BigInt, nullable=True),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.CheckConstraint("kind IN ('credit_note', 'annulment', 'late_fact', 'rebate', 'waiver', 'write_off', 'transfer', 'reallocation', 'rounding', 'compensation', 'lapse', 'value_day', 'return', 'suspension', 'postponement', 'offer', 'opening')", name=op.f('ck_decision_kind_known')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['app_user.id'], name=op.f('fk_decision_approved_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['app_user.id'], name=op.f('fk_decision_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision'))
    )
    op.create_index(op.f('ix_decision_number'), 'decision', ['number'], unique=False)
    op.create_index('uq_decision_standing', 'decision', ['kind'], unique=True, sqlite_where=sa.text('standing'), postgresql_where=sa.text('standing'))
    op.create_table('document_print',
    sa.Column('document_id', BigInt, nullable=False),
    sa.Column('rank', BigInt, autoincrement=False, nullable=False),
    sa.Column('printed_at', UtcType(), nullable=False),
    sa.Column('printed_by_id', BigInt, nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_document_print_document_id')),
    sa.ForeignKeyConstraint(['printed_by_id'], ['app_user.id'], name=op.f('fk_document_print_printed_by_id')),
    sa.PrimaryKeyConstraint('document_id', 'rank', name=op.f('pk_document_print'))
    )
    op.create_table('head_rule',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('counts', sa.String(length=10), nullable=False),
    sa.Column('spec', Json, nullable=False),
    sa.Column('document', sa.String(length=200), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.CheckConstraint("counts IN ('issued', 'accrues')", name=op.f('ck_head_rule_counts_known')),
    sa.CheckConstraint("kind IN ('penalty', 'rebate', 'allocation', 'rounding')", name=op.f('ck_head_rule_kind_known')),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_head_rule_head_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_head_rule'))
    )
    op.create_index('ix_head_rule_head', 'head_rule', ['head_code', 'kind', 'since'], unique=False)
    op.create_table('identifier',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('taxpayer_id', BigInt, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('value', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['taxpayer_id'], ['taxpayer.id'], name=op.f('fk_identifier_taxpayer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identifier')),
    sa.UniqueConstraint('taxpayer_id', 'kind', name=op.f('uq_identifier_taxpayer_id_kind'))
    )
    op.create_index('ix_identifier_value', 'identifier', ['value', 'kind'], unique=False)
    op.create_table('month_left',
    sa.Column('month_end', sa.Date(), nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('left', BigInt, nullable=False),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_month_left_head_code')),
    sa.PrimaryKeyConstraint('month_end', 'head_code', 'due_on', name=op.f('pk_month_left'))
    )
    op.create_table('offence_amount',
    sa.Column('offence_id', BigInt, nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('steps', Json, nullable=False),
    sa.Column('figures', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_offence_amount_amount_positive')),
    sa.ForeignKeyConstraint(['offence_id'], ['offence.id'], name=op.f('fk_offence_amount_offence_id')),
    sa.PrimaryKeyConstraint('offence_id', 'valid_from', name=op.f('pk_offence_amount'))
    )
    op.create_table('roll',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('period', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('started_at', UtcType(), nullable=False),
    sa.Column('finished_at', UtcType(), nullable=True),
    sa.Column('issued_by_id', BigInt, nullable=True),
    sa.CheckConstraint("state IN ('unfinished', 'issued')", name=op.f('ck_roll_state_known')),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_roll_head_code')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['app_user.id'], name=op.f('fk_roll_issued_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roll')),
    sa.UniqueConstraint('head_code', 'period', name=op.f('uq_roll_head_code_period'))
    )
    op.create_table('tariff',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('document', Json, nullable=False),
    sa.Column('applies_when', Json, nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('saved_at', UtcType(), nullable=False),
    sa.Column('saved_by_id', BigInt, nullable=True),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_tariff_ends_after_start')),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_tariff_head_code')),
    sa.ForeignKeyConstraint(['saved_by_id'], ['app_user.id'], name=op.f('fk_tariff_saved_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff'))
    )
    op.create_index('uq_tariff_start', 'tariff', ['head_code', 'valid_from'], unique=True, sqlite_where=sa.text('NOT withdrawn'), postgresql_where=sa.text('NOT withdrawn'))
    op.create_table('taxable_object',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('taxpayer_id', BigInt, nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('label', sa.String(length=160), nullable=False),
    sa.Column('zone', sa.String(length=30), nullable=False),
    sa.Column('attributes', Json, nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('external_key', sa.String(length=80), nullable=True),
    sa.Column('import_digest', sa.String(length=40), nullable=True),
    sa.Column('version', BigInt, nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= started_on', name=op.f('ck_taxable_object_ends_after_start')),
    sa.ForeignKeyConstraint(['taxpayer_id'], ['taxpayer.id'], name=op.f('fk_taxable_object_taxpayer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_taxable_object')),
    sa.UniqueConstraint('external_key', name=op.f('uq_taxable_object_external_key'))
    )
    op.create_index('ix_taxable_object_kind', 'taxable_object', ['kind', 'id'], unique=False)
    op.create_index(op.f('ix_taxable_object_taxpayer_id'), 'taxable_object', ['taxpayer_id'], unique=False)
    op.create_table('user_role',
    sa.Column('user_id', BigInt, nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_user_role_user_id')),
    sa.PrimaryKeyConstraint('user_id', 'role', name=op.f('pk_user_role'))
    )
    op.create_table('account_now',
    sa.Column('account_id', BigInt, autoincrement=False, nullable=False),
    sa.Column('owed', MoneyType(), nullable=False),
    sa.Column('credit', MoneyType(), nullable=False),
    sa.CheckConstraint('credit >= 0', name=op.f('ck_account_now_credit_not_negative')),
    sa.CheckConstraint('owed >= 0', name=op.f('ck_account_now_owed_not_negative')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_now_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_account_now'))
    )
    op.create_table('act',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('register_id', BigInt, nullable=False),
    sa.Column('seq', BigInt, nullable=True),
    sa.Column('child_family_name', sa.String(length=80), nullable=False),
    sa.Column('child_given_names', sa.String(length=80), nullable=False),
    sa.Column('child_family_name_arabic', sa.String(length=80), nullable=False),
    sa.Column('child_given_names_arabic', sa.String(length=80), nullable=False),
    sa.Column('sex', sa.String(length=1), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=False),
    sa.Column('born_at', sa.String(length=5), nullable=False),
    sa.Column('birthplace', sa.String(length=120), nullable=False),
    sa.Column('birthplace_arabic', sa.String(length=120), nullable=False),
    sa.Column('father_family_name', sa.String(length=80), nullable=False),
    sa.Column('father_given_names', sa.String(length=80), nullable=False),
    sa.Column('father_family_name_arabic', sa.String(length=80), nullable=False),
    sa.Column('father_given_names_arabic', sa.String(length=80), nullable=False),
    sa.Column('mother_family_name', sa.String(length=80), nullable=False),
    sa.Column('mother_given_names', sa.String(length=80), nullable=False),
    sa.Column('mother_family_name_arabic', sa.String(length=80), nullable=False),
    sa.Column('mother_given_names_arabic', sa.String(length=80), nullable=False),
    sa.Column('mother_born_on', sa.Date(), nullable=True),
    sa.Column('declarant_kind', sa.String(length=10), nullable=False),
    sa.Column('declarant', sa.String(length=120), nullable=False),
    sa.Column('declared_on', sa.Date(), nullable=False),
    sa.Column('search_text', sa.String(), nullable=False),
    sa.Column('drafted_at', UtcType(), nullable=False),
    sa.Column('drafted_by_id', BigInt, nullable=True),
    sa.Column('signed_at', UtcType(), nullable=True),
    sa.Column('signed_by_id', BigInt, nullable=True),
    sa.Column('registrar', sa.String(length=120), nullable=False),
    sa.Column('version', BigInt, nullable=False),
    sa.CheckConstraint("(signed_at IS NULL) = (registrar = '')", name=op.f('ck_act_named_when_signed')),
    sa.CheckConstraint("sex IN ('F', 'M')", name=op.f('ck_act_sex_known')),
    sa.CheckConstraint('(seq IS NULL) = (signed_at IS NULL)', name=op.f('ck_act_numbered_when_signed')),
    sa.CheckConstraint('born_on <= declared_on', name=op.f('ck_act_born_before_declared')),
    sa.CheckConstraint('seq > 0', name=op.f('ck_act_seq_positive')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['app_user.id'], name=op.f('fk_act_drafted_by_id')),
    sa.ForeignKeyConstraint(['register_id'], ['act_register.id'], name=op.f('fk_act_register_id')),
    sa.ForeignKeyConstraint(['signed_by_id'], ['app_user.id'], name=op.f('fk_act_signed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act')),
    sa.UniqueConstraint('register_id', 'seq', name=op.f('uq_act_register_id_seq'))
    )
    op.create_index('ix_act_born', 'act', ['born_on'], unique=False)
    op.create_table('bill',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('old_number', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('account_id', BigInt, nullable=False),
    sa.Column('account_name', sa.String(length=160), nullable=False),
    sa.Column('object_id', BigInt, nullable=True),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('period', sa.String(length=12), nullable=False),
    sa.Column('fiscal_year', BigInt, nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('replaces_id', BigInt, nullable=True),
    sa.Column('penalty_rule', Json, nullable=True),
    sa.Column('lines', Json, nullable=False),
    sa.CheckConstraint("kind IN ('roll', 'hand', 'fine', 'fee', 'opening')", name=op.f('ck_bill_kind_known')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_bill_account_id')),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_bill_head_code')),
    sa.ForeignKeyConstraint(['object_id'], ['taxable_object.id'], name=op.f('fk_bill_object_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['bill.id'], name=op.f('fk_bill_replaces_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill')),
    sa.UniqueConstraint('number', name=op.f('uq_bill_number'))
    )
    op.create_index('ix_bill_account', 'bill', ['account_id', 'id'], unique=False)
    op.create_index('ix_bill_head_period', 'bill', ['head_code', 'period'], unique=False)
    op.create_index('ix_bill_issued', 'bill', ['issued_on', 'head_code'], unique=False)
    op.create_index('ix_bill_object', 'bill', ['object_id', 'head_code', 'period'], unique=False)
    op.create_index(op.f('ix_bill_old_number'), 'bill', ['old_number'], unique=False)
    op.create_table('business_day_correction',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('opening', BigInt, autoincrement=False, nullable=False),
    sa.Column('corrected_at', UtcType(), nullable=False),
    sa.Column('counts_from', sa.Date(), nullable=False),
    sa.Column('last_ids', Json, nullable=False),
    sa.Column('corrected_by_id', BigInt, nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['corrected_by_id'], ['app_user.id'], name=op.f('fk_business_day_correction_corrected_by_id')),
    sa.ForeignKeyConstraint(['day', 'opening'], ['business_day.day', 'business_day.opening'], name=op.f('fk_business_day_correction_day_opening')),
    sa.PrimaryKeyConstraint('day', 'opening', name=op.f('pk_business_day_correction'))
    )
    op.create_table('month_closing',
    sa.Column('month_end', sa.Date(), nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('assessed', BigInt, nullable=False),
    sa.Column('ended_by', sa.Date(), nullable=False),
    sa.Column('ended_by_opening', BigInt, nullable=False),
    sa.ForeignKeyConstraint(['ended_by', 'ended_by_opening'], ['business_day.day', 'business_day.opening'], name=op.f('fk_month_closing_ended_by_ended_by_opening')),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_month_closing_head_code')),
    sa.PrimaryKeyConstraint('month_end', 'head_code', name=op.f('pk_month_closing'))
    )
    op.create_table('payment',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('request_id', sa.String(length=36), nullable=False),
    sa.Column('request_digest', sa.String(length=64), nullable=False),
    sa.Column('point', BigInt, nullable=False),
    sa.Column('cash_session_id', BigInt, nullable=True),
    sa.Column('payer', sa.String(length=160), nullable=False),
    sa.Column('rest_account_id', BigInt, nullable=True),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('taken_at', UtcType(), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('value_on', sa.Date(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_amount_positive')),
    sa.CheckConstraint('value_on <= booked_on', name=op.f('ck_payment_value_not_after_booking')),
    sa.ForeignKeyConstraint(['cash_session_id'], ['cash_session.id'], name=op.f('fk_payment_cash_session_id')),
    sa.ForeignKeyConstraint(['point'], ['point.number'], name=op.f('fk_payment_point')),
    sa.ForeignKeyConstraint(['rest_account_id'], ['account.id'], name=op.f('fk_payment_rest_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('request_id', name=op.f('uq_payment_request_id'))
    )
    op.create_index(op.f('ix_payment_booked_on'), 'payment', ['booked_on'], unique=False)
    op.create_index('ix_payment_point', 'payment', ['point', 'id'], unique=False)
    op.create_index(op.f('ix_payment_rest_account_id'), 'payment', ['rest_account_id'], unique=False)
    op.create_index('ix_payment_session', 'payment', ['cash_session_id', 'id'], unique=False)
    op.create_table('assessment',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('roll_id', BigInt, nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('period', sa.String(length=12), nullable=False),
    sa.Column('object_id', BigInt, nullable=False),
    sa.Column('tariff_id', BigInt, nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('bill_id', BigInt, nullable=True),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_assessment_amount_not_negative')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_assessment_bill_id')),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_assessment_head_code')),
    sa.ForeignKeyConstraint(['object_id'], ['taxable_object.id'], name=op.f('fk_assessment_object_id')),
    sa.ForeignKeyConstraint(['roll_id'], ['roll.id'], name=op.f('fk_assessment_roll_id')),
    sa.ForeignKeyConstraint(['tariff_id'], ['tariff.id'], name=op.f('fk_assessment_tariff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment'))
    )
    op.create_index(op.f('ix_assessment_bill_id'), 'assessment', ['bill_id'], unique=False)
    op.create_index(op.f('ix_assessment_roll_id'), 'assessment', ['roll_id'], unique=False)
    op.create_index('uq_assessment_nothing', 'assessment', ['object_id', 'head_code', 'period'], unique=True, sqlite_where=sa.text('bill_id IS NULL'), postgresql_where=sa.text('bill_id IS NULL'))
    op.create_table('bill_now',
    sa.Column('bill_id', BigInt, autoincrement=False, nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('settled', MoneyType(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.CheckConstraint('settled >= 0 AND settled <= amount', name=op.f('ck_bill_now_settled_within_amount')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_bill_now_bill_id')),
    sa.PrimaryKeyConstraint('bill_id', name=op.f('pk_bill_now'))
    )
    op.create_index('ix_bill_now_open', 'bill_now', ['due_on', 'bill_id'], unique=False, sqlite_where=sa.text('settled < amount'), postgresql_where=sa.text('settled < amount'))
    op.create_table('cancellation',
    sa.Column('payment_id', BigInt, autoincrement=False, nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('cancelled_by_id', BigInt, nullable=True),
    sa.Column('approved_by_id', BigInt, nullable=False),
    sa.Column('cancelled_at', UtcType(), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('document_id', BigInt, nullable=False),
    sa.ForeignKeyConstraint(['approved_by_id'], ['app_user.id'], name=op.f('fk_cancellation_approved_by_id')),
    sa.ForeignKeyConstraint(['cancelled_by_id'], ['app_user.id'], name=op.f('fk_cancellation_cancelled_by_id')),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_cancellation_document_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_cancellation_payment_id')),
    sa.PrimaryKeyConstraint('payment_id', name=op.f('pk_cancellation')),
    sa.UniqueConstraint('document_id', name=op.f('uq_cancellation_document_id'))
    )
    op.create_table('charge',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('bill_id', BigInt, nullable=False),
    sa.Column('account_id', BigInt, nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('part', BigInt, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('value_on', sa.Date(), nullable=False),
    sa.Column('against', sa.String(length=10), nullable=False),
    sa.Column('accrues_after', sa.Date(), nullable=True),
    sa.Column('on_charge_id', BigInt, nullable=True),
    sa.Column('accrued_to', sa.Date(), nullable=True),
    sa.Column('reckoning', sa.String(length=200), nullable=False),
    sa.CheckConstraint("(kind = 'penalty') = (accrued_to IS NOT NULL)", name=op.f('ck_charge_penalty_names_day')),
    sa.CheckConstraint("(kind = 'penalty') = (on_charge_id IS NOT NULL)", name=op.f('ck_charge_penalty_names_principal')),
    sa.CheckConstraint("kind IN ('principal', 'penalty', 'cost')", name=op.f('ck_charge_kind_known')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_charge_amount_positive')),
    sa.CheckConstraint('value_on <= booked_on', name=op.f('ck_charge_value_not_after_booking')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_charge_account_id')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_charge_bill_id')),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_charge_head_code')),
    sa.ForeignKeyConstraint(['on_charge_id'], ['charge.id'], name=op.f('fk_charge_on_charge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_charge'))
    )
    op.create_index('ix_charge_account', 'charge', ['account_id', 'bill_id'], unique=False)
    op.create_index('ix_charge_bill', 'charge', ['bill_id', 'id'], unique=False)
    op.create_index('ix_charge_booked', 'charge', ['booked_on', 'head_code', 'due_on', 'amount'], unique=False)
    op.create_table('claim',
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('bill_id', BigInt, nullable=False),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_claim_bill_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_claim'))
    )
    op.create_index(op.f('ix_claim_bill_id'), 'claim', ['bill_id'], unique=False)
    op.create_table('extract_request',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('document_code', sa.String(length=40), nullable=False),
    sa.Column('document_names', Json, nullable=False),
    sa.Column('act_id', BigInt, nullable=False),
    sa.Column('requester', sa.String(length=120), nullable=False),
    sa.Column('identifier', sa.String(length=60), nullable=False),
    sa.Column('relation', sa.String(length=20), nullable=False),
    sa.Column('mandate', sa.String(length=120), nullable=False),
    sa.Column('copies', BigInt, nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('fee', MoneyType(), nullable=False),
    sa.Column('bill_id', BigInt, nullable=True),
    sa.Column('search_text', sa.String(), nullable=False),
    sa.Column('received_at', UtcType(), nullable=False),
    sa.Column('due_at', UtcType(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('ready_at', UtcType(), nullable=True),
    sa.Column('closed_at', UtcType(), nullable=True),
    sa.Column('received_by', sa.String(length=120), nullable=False),
    sa.Column('reworks', BigInt, nullable=False),
    sa.CheckConstraint("(state IN ('delivered', 'refused')) = (closed_at IS NOT NULL)", name=op.f('ck_extract_request_closed_when_done')),
    sa.CheckConstraint("state IN ('received', 'in_process', 'ready', 'delivered', 'refused')", name=op.f('ck_extract_request_state_known')),
    sa.CheckConstraint('copies > 0', name=op.f('ck_extract_request_copies_positive')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_extract_request_act_id')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_extract_request_bill_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extract_request')),
    sa.UniqueConstraint('bill_id', name=op.f('uq_extract_request_bill_id')),
    sa.UniqueConstraint('key', name=op.f('uq_extract_request_key')),
    sa.UniqueConstraint('number', name=op.f('uq_extract_request_number'))
    )
    op.create_index('ix_extract_request_act', 'extract_request', ['act_id'], unique=False)
    op.create_index('ix_extract_request_received', 'extract_request', ['received_at'], unique=False)
    op.create_index('ix_extract_request_state', 'extract_request', ['state', 'due_at'], unique=False)
    op.create_table('fine',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('request_id', sa.String(length=36), nullable=True),
    sa.Column('external_number', sa.String(length=60), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=True),
    sa.Column('plate', sa.String(length=30).with_variant(sa.String(length=30, collation='C'), 'postgresql'), nullable=False),
    sa.Column('plate_shown', sa.String(length=30), nullable=False),
    sa.Column('readable', sa.Boolean(), nullable=False),
    sa.Column('make', sa.String(length=60), nullable=False),
    sa.Column('place', sa.String(length=160), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('committed_at', UtcType(), nullable=False),
    sa.Column('committed_on', sa.Date(), nullable=False),
    sa.Column('officer', sa.String(length=40), nullable=False),
    sa.Column('offence_id', BigInt, nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('steps', Json, nullable=False),
    sa.Column('increases_on', sa.Date(), nullable=True),
    sa.Column('remarks', sa.String(length=500), nullable=False),
    sa.Column('taxpayer_id', BigInt, nullable=True),
    sa.Column('vehicle_id', BigInt, nullable=True),
    sa.Column('bill_id', BigInt, nullable=True),
    sa.Column('captured_at', UtcType(), nullable=False),
    sa.Column('captured_by_id', BigInt, nullable=True),
    sa.Column('voided_at', UtcType(), nullable=True),
    sa.Column('voided_by_id', BigInt, nullable=True),
    sa.Column('void_approved_by_id', BigInt, nullable=True),
    sa.Column('void_reason', sa.String(length=300), nullable=True),
    sa.CheckConstraint('(longitude IS NULL) = (latitude IS NULL)', name=op.f('ck_fine_place_whole')),
    sa.CheckConstraint('(voided_at IS NULL) = (void_approved_by_id IS NULL)', name=op.f('ck_fine_void_approved')),
    sa.CheckConstraint('(voided_at IS NULL) = (void_reason IS NULL)', name=op.f('ck_fine_void_has_reason')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_fine_amount_not_negative')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_fine_bill_id')),
    sa.ForeignKeyConstraint(['captured_by_id'], ['app_user.id'], name=op.f('fk_fine_captured_by_id')),
    sa.ForeignKeyConstraint(['offence_id'], ['offence.id'], name=op.f('fk_fine_offence_id')),
    sa.ForeignKeyConstraint(['taxpayer_id'], ['taxpayer.id'], name=op.f('fk_fine_taxpayer_id')),
    sa.ForeignKeyConstraint(['vehicle_id'], ['taxable_object.id'], name=op.f('fk_fine_vehicle_id')),
    sa.ForeignKeyConstraint(['void_approved_by_id'], ['app_user.id'], name=op.f('fk_fine_void_approved_by_id')),
    sa.ForeignKeyConstraint(['voided_by_id'], ['app_user.id'], name=op.f('fk_fine_voided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fine')),
    sa.UniqueConstraint('bill_id', name=op.f('uq_fine_bill_id')),
    sa.UniqueConstraint('external_number', 'source', name=op.f('uq_fine_external_number_source')),
    sa.UniqueConstraint('number', name=op.f('uq_fine_number')),
    sa.UniqueConstraint('request_id', name=op.f('uq_fine_request_id'))
    )
    op.create_index('ix_fine_committed', 'fine', ['committed_on', 'committed_at', 'id'], unique=False)
    op.create_index('ix_fine_offence', 'fine', ['offence_id', 'committed_at'], unique=False)
    op.create_index('ix_fine_officer', 'fine', ['officer', 'committed_at'], unique=False)
    op.create_index('ix_fine_plate', 'fine', ['plate', 'committed_at'], unique=False)
    op.create_index('ix_fine_taxpayer', 'fine', ['taxpayer_id'], unique=False)
    op.create_table('offer',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('bill_id', BigInt, nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('decision_id', BigInt, nullable=True),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_offer_amount_positive')),
    sa.CheckConstraint('since < until', name=op.f('ck_offer_ends_after_start')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_offer_bill_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_offer_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer'))
    )
    op.create_index('ix_offer_bill', 'offer', ['bill_id', 'id'], unique=False)
    op.create_table('posting',
    sa.Column('entry_id', BigInt, nullable=False),
    sa.Column('line', BigInt, nullable=False),
    sa.Column('account', sa.String(length=60), nullable=False),
    sa.Column('amount', BigInt, nullable=False),
    sa.Column('account_id', BigInt, nullable=True),
    sa.Column('bill_id', BigInt, nullable=True),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_posting_amount_not_zero')),
    sa.ForeignKeyConstraint(['account'], ['ledger_account.code'], name=op.f('fk_posting_account')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_posting_account_id')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_posting_bill_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_posting_entry_id')),
    sa.PrimaryKeyConstraint('entry_id', 'line', name=op.f('pk_posting'))
    )
    op.create_index('ix_posting_account', 'posting', ['account', 'entry_id'], unique=False)
    op.create_index('ix_posting_bill', 'posting', ['bill_id', 'account'], unique=False)
    op.create_table('receipt',
    sa.Column('payment_id', BigInt, autoincrement=False, nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('series', sa.String(length=40), nullable=False),
    sa.Column('year', BigInt, nullable=False),
    sa.Column('seq', BigInt, nullable=False),
    sa.Column('document_id', BigInt, nullable=False),
    sa.Column('entry_id', BigInt, nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_receipt_document_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_receipt_entry_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_receipt_payment_id')),
    sa.PrimaryKeyConstraint('payment_id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('document_id', name=op.f('uq_receipt_document_id')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_receipt_entry_id')),
    sa.UniqueConstraint('number', name=op.f('uq_receipt_number')),
    sa.UniqueConstraint('series', 'year', 'seq', name=op.f('uq_receipt_series_year_seq'))
    )
    op.create_table('signed_act',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('act_id', BigInt, nullable=False),
    sa.Column('chain', sa.String(length=60), nullable=False),
    sa.Column('chain_seq', BigInt, nullable=False),
    sa.Column('canonical', sa.String(), nullable=False),
    sa.Column('previous_digest', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_signed_act_act_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_act')),
    sa.UniqueConstraint('act_id', name=op.f('uq_signed_act_act_id')),
    sa.UniqueConstraint('chain', 'chain_seq', name=op.f('uq_signed_act_chain_chain_seq'))
    )
    op.create_table('tender',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('payment_id', BigInt, nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('point', BigInt, nullable=False),
    sa.Column('value_on', sa.Date(), nullable=False),
    sa.Column('tendered', MoneyType(), nullable=True),
    sa.Column('reference', sa.String(length=60), nullable=False),
    sa.Column('bank', sa.String(length=60), nullable=False),
    sa.Column('drawer', sa.String(length=160), nullable=False),
    sa.CheckConstraint("channel IN ('cash', 'cheque', 'card', 'transfer', 'mobile')", name=op.f('ck_tender_channel_known')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_tender_amount_positive')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_tender_payment_id')),
    sa.ForeignKeyConstraint(['point'], ['point.number'], name=op.f('fk_tender_point')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tender'))
    )
    op.create_index('ix_tender_payment', 'tender', ['payment_id', 'id'], unique=False)
    op.create_index('ix_tender_reference', 'tender', ['reference'], unique=False)
    op.create_table('charge_now',
    sa.Column('charge_id', BigInt, autoincrement=False, nullable=False),
    sa.Column('bill_id', BigInt, nullable=False),
    sa.Column('account_id', BigInt, nullable=False),
    sa.Column('head_code', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('settled', MoneyType(), nullable=False),
    sa.Column('written_off', MoneyType(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.CheckConstraint('settled >= 0 AND settled <= amount', name=op.f('ck_charge_now_settled_within_amount')),
    sa.CheckConstraint('written_off >= 0 AND written_off <= settled', name=op.f('ck_charge_now_written_off_within_settled')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_charge_now_account_id')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_charge_now_bill_id')),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_charge_now_charge_id')),
    sa.ForeignKeyConstraint(['head_code'], ['revenue_head.code'], name=op.f('fk_charge_now_head_code')),
    sa.PrimaryKeyConstraint('charge_id', name=op.f('pk_charge_now'))
    )
    op.create_index('ix_charge_now_account', 'charge_now', ['account_id', 'due_on', 'amount', 'settled'], unique=False, sqlite_where=sa.text('closed_on IS NULL'), postgresql_where=sa.text('closed_on IS NULL'))
    op.create_index('ix_charge_now_bill', 'charge_now', ['bill_id'], unique=False)
    op.create_index('ix_charge_now_due', 'charge_now', ['due_on', 'head_code', 'amount', 'settled'], unique=False, sqlite_where=sa.text('closed_on IS NULL'), postgresql_where=sa.text('closed_on IS NULL'))
    op.create_table('credit',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('account_id', BigInt, nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('tender_id', BigInt, nullable=True),
    sa.Column('decision_id', BigInt, nullable=True),
    sa.Column('kept_for', sa.String(length=60), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('value_on', sa.Date(), nullable=False),
    sa.CheckConstraint('(tender_id IS NULL) <> (decision_id IS NULL)', name=op.f('ck_credit_one_source')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_credit_amount_positive')),
    sa.CheckConstraint('value_on <= booked_on', name=op.f('ck_credit_value_not_after_booking')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_credit_account_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_credit_decision_id')),
    sa.ForeignKeyConstraint(['tender_id'], ['tender.id'], name=op.f('fk_credit_tender_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit'))
    )
    op.create_index('ix_credit_account', 'credit', ['account_id', 'id'], unique=False)
    op.create_index('ix_credit_tender', 'credit', ['tender_id'], unique=False)
    op.create_table('extract',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('request_id', BigInt, nullable=False),
    sa.Column('document_id', BigInt, nullable=False),
    sa.Column('withdrawn_at', UtcType(), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_extract_document_id')),
    sa.ForeignKeyConstraint(['request_id'], ['extract_request.id'], name=op.f('fk_extract_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extract')),
    sa.UniqueConstraint('document_id', name=op.f('uq_extract_document_id')),
    sa.UniqueConstraint('number', name=op.f('uq_extract_number'))
    )
    op.create_index('ix_extract_request_id', 'extract', ['request_id', 'id'], unique=False)
    op.create_table('provider_reference',
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('reference', sa.String(length=60), nullable=False),
    sa.Column('tender_id', BigInt, nullable=False),
    sa.ForeignKeyConstraint(['tender_id'], ['tender.id'], name=op.f('fk_provider_reference_tender_id')),
    sa.PrimaryKeyConstraint('channel', 'reference', name=op.f('pk_provider_reference'))
    )
    op.create_index(op.f('ix_provider_reference_tender_id'), 'provider_reference', ['tender_id'], unique=False)
    op.create_table('request_step',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('request_id', BigInt, nullable=False),
    sa.Column('step', sa.String(length=10), nullable=False),
    sa.Column('at', UtcType(), nullable=False),
    sa.Column('taken_by_id', BigInt, nullable=True),
    sa.Column('cause', sa.String(length=20), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['extract_request.id'], name=op.f('fk_request_step_request_id')),
    sa.ForeignKeyConstraint(['taken_by_id'], ['app_user.id'], name=op.f('fk_request_step_taken_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request_step'))
    )
    op.create_index('ix_request_step_request', 'request_step', ['request_id', 'id'], unique=False)
    op.create_table('suspension',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('bill_id', BigInt, nullable=False),
    sa.Column('charge_id', BigInt, nullable=True),
    sa.Column('amount', MoneyType(), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('silence_on', sa.Date(), nullable=True),
    sa.Column('stops_accrual', sa.Boolean(), nullable=False),
    sa.Column('decision_id', BigInt, nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_suspension_amount_positive')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_suspension_bill_id')),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_suspension_charge_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_suspension_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suspension'))
    )
    op.create_index('ix_suspension_bill', 'suspension', ['bill_id', 'id'], unique=False)
    op.create_table('tender_return',
    sa.Column('tender_id', BigInt, autoincrement=False, nullable=False),
    sa.Column('decision_id', BigInt, nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_tender_return_decision_id')),
    sa.ForeignKeyConstraint(['tender_id'], ['tender.id'], name=op.f('fk_tender_return_tender_id')),
    sa.PrimaryKeyConstraint('tender_id', name=op.f('pk_tender_return'))
    )
    op.create_table('term',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('charge_id', BigInt, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('decision_id', BigInt, nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_term_charge_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_term_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_term'))
    )
    op.create_index('ix_term_charge', 'term', ['charge_id', 'id'], unique=False)
    op.create_table('settlement',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('charge_id', BigInt, nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('tender_id', BigInt, nullable=True),
    sa.Column('credit_id', BigInt, nullable=True),
    sa.Column('decision_id', BigInt, nullable=True),
    sa.Column('payment_id', BigInt, nullable=True),
    sa.Column('reverses_id', BigInt, nullable=True),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('value_on', sa.Date(), nullable=False),
    sa.CheckConstraint('(CASE WHEN tender_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN credit_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN decision_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_settlement_one_source')),
    sa.CheckConstraint('(amount < 0) = (reverses_id IS NOT NULL)', name=op.f('ck_settlement_negative_only_reverses')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_settlement_amount_not_zero')),
    sa.CheckConstraint('value_on <= booked_on', name=op.f('ck_settlement_value_not_after_booking')),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_settlement_charge_id')),
    sa.ForeignKeyConstraint(['credit_id'], ['credit.id'], name=op.f('fk_settlement_credit_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_settlement_decision_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_settlement_payment_id')),
    sa.ForeignKeyConstraint(['reverses_id'], ['settlement.id'], name=op.f('fk_settlement_reverses_id')),
    sa.ForeignKeyConstraint(['tender_id'], ['tender.id'], name=op.f('fk_settlement_tender_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settlement'))
    )
    op.create_index('ix_settlement_booked', 'settlement', ['booked_on', 'charge_id', 'amount'], unique=False)
    op.create_index('ix_settlement_charge', 'settlement', ['charge_id', 'id'], unique=False)
    op.create_index('ix_settlement_credit', 'settlement', ['credit_id'], unique=False, sqlite_where=sa.text('credit_id IS NOT NULL'), postgresql_where=sa.text('credit_id IS NOT NULL'))
    op.create_index('ix_settlement_payment', 'settlement', ['payment_id'], unique=False, sqlite_where=sa.text('payment_id IS NOT NULL'), postgresql_where=sa.text('payment_id IS NOT NULL'))
    op.create_index('ix_settlement_reverses', 'settlement', ['reverses_id'], unique=False, sqlite_where=sa.text('reverses_id IS NOT NULL'), postgresql_where=sa.text('reverses_id IS NOT NULL'))
    op.create_index('ix_settlement_tender', 'settlement', ['tender_id'], unique=False, sqlite_where=sa.text('tender_id IS NOT NULL'), postgresql_where=sa.text('tender_id IS NOT NULL'))
    op.create_table('suspension_end',
    sa.Column('suspension_id', BigInt, autoincrement=False, nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('as_if_never', sa.Boolean(), nullable=False),
    sa.Column('decision_id', BigInt, nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_suspension_end_decision_id')),
    sa.ForeignKeyConstraint(['suspension_id'], ['suspension.id'], name=op.f('fk_suspension_end_suspension_id')),
    sa.PrimaryKeyConstraint('suspension_id', name=op.f('pk_suspension_end'))
    )
    op.create_table('credit_move',
    sa.Column('id', BigInt, nullable=False),
    sa.Column('credit_id', BigInt, nullable=False),
    sa.Column('amount', MoneyType(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('settlement_id', BigInt, nullable=True),
    sa.Column('decision_id', BigInt, nullable=True),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.CheckConstraint("(amount < 0) = (kind = 'taken_back')", name=op.f('ck_credit_move_negative_only_taken_back')),
    sa.CheckConstraint("kind IN ('used', 'taken_back', 'moved', 'returned', 'lapsed')", name=op.f('ck_credit_move_kind_known')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_credit_move_amount_not_zero')),
    sa.ForeignKeyConstraint(['credit_id'], ['credit.id'], name=op.f('fk_credit_move_credit_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_credit_move_decision_id')),
    sa.ForeignKeyConstraint(['settlement_id'], ['settlement.id'], name=op.f('fk_credit_move_settlement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_move'))
    )
    op.create_index('ix_credit_move_credit', 'credit_move', ['credit_id', 'id'], unique=False)
    postgres = op.get_bind().dialect.name == "postgresql"
    # The driver itself: SQLAlchemy would have it look for parameters behind every per cent sign.
    driver: Any = op.get_bind().connection.driver_connection
    if postgres:
        driver.execute(REFUSE_FUNCTION)
    for _name, on_sqlite, on_postgresql in EXTRA:
        if statement := on_postgresql if postgres else on_sqlite:
            driver.execute(statement)
