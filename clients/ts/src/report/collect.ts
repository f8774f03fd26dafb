// All that the state says about a report, read in the one order in which a file has it: docs/report.md, Format.
import { create } from "@bufbuild/protobuf";
import { BatchSchema, Status, StatusEntrySchema } from "../gen/creditd/attestation/v1/types_pb.js";
import { DisputeSchema, type Dispute } from "../gen/creditd/credit/v1/rights_pb.js";
import {
  ConsentSchema, InquirySchema, ReceiptSchema, SubjectSchema, TradelineSchema, TradelineVersionSchema, RecordState,
  type Consent, type Inquiry, type Receipt, type Subject, type Tradeline, type TradelineVersion,
} from "../gen/creditd/credit/v1/types_pb.js";
import { equal, hex } from "../proof/bytes.js";
import { decode } from "../proof/proto.js";
import { within, type ProvenState } from "../proof/state.js";
import { instant, type Instant } from "./calendar.js";
import { addressText, checkID, key, must } from "./entries.js";
import { maxRecords } from "./file.js";
import { displayed, type Attestation, type Evidence } from "./judge.js";
import type { Hidden } from "./report.js";

/** Keys in the state. */
const credit = "credit";
const prefix = {
  subject: 1, tradelines: 3, consent: 5, inquiry: 7, receipts: 9, versions: 11, dispute: 14, subjectDisputes: 15, batch: 4, status: 5,
};

/** What an inquiry is about, and what came of it. */
export interface Collected {
  id: Uint8Array; // of the inquiry
  inquiry: Inquiry;
  subject: Subject;
  consent?: Consent;
  receipts: Map<string, Receipt>; // by institution
  found: Evidence[]; // in scope, and to be shown
  outside: number; // those that are not in scope
  hidden: Hidden;
  disputes: { id: Uint8Array; dispute: Dispute }[];
}

/** What may be shown is judged at the time of the header that proves the state. */
export function collect(state: ProvenState, id: Uint8Array, at: Instant): Collected {
  const c = readInquiry(state, id);
  const all: Evidence[] = [];
  for (const pseudonym of [c.inquiry.subject, ...c.subject.aliases]) {
    checkID("subject", pseudonym);
    within(`subject ${hex(pseudonym)}`, () => {
      all.push(...readTradelines(state, c, pseudonym, at));
      c.disputes.push(...readDisputes(state, pseudonym));
    });
  }
  c.found = all.filter((each) => inScope(c, each));
  c.outside = all.length - c.found.length;
  return c;
}

function readInquiry(state: ProvenState, id: Uint8Array): Collected {
  const inquiry = must(state, credit, `inquiry ${hex(id)}`, InquirySchema, key(prefix.inquiry, id));
  checkID("subject", inquiry.subject);
  const subject = must(state, credit, `subject ${hex(inquiry.subject)}`, SubjectSchema, key(prefix.subject, inquiry.subject));
  const c: Collected = {
    id, inquiry, subject, receipts: new Map(), found: [], outside: 0, hidden: { suppressed: 0, expired: 0, erased: 0 }, disputes: [],
  };
  if (inquiry.consentId.length > 0) {
    checkID("consent", inquiry.consentId);
    c.consent = must(state, credit, `consent ${hex(inquiry.consentId)}`, ConsentSchema, key(prefix.consent, inquiry.subject, inquiry.consentId));
    if (c.consent.grantee !== inquiry.dataUser || c.consent.purpose !== inquiry.purpose) throw new Error("the consent is for another data user or purpose");
  }
  for (const entry of state.walk(credit, key(prefix.receipts, id), maxRecords)) {
    c.receipts.set(addressText(entry.key), decode("receipt", ReceiptSchema, entry.value));
  }
  return c;
}

/** All tradelines of one pseudonym, of which those are followed up that may be shown. */
function readTradelines(state: ProvenState, c: Collected, subject: Uint8Array, at: Instant): Evidence[] {
  return state.walk(credit, key(prefix.tradelines, subject), maxRecords).flatMap((entry) => {
    checkID("tradeline", entry.key);
    const tradeline = decode("tradeline", TradelineSchema, entry.value);
    if (!displayed(tradeline, at)) {
      hide(c.hidden, tradeline.state);
      return [];
    }
    return within(`tradeline ${hex(entry.key)}`, () => {
      const attestation = readAttestation(state, tradeline.attestationId);
      const versions = tradeline.version > 1 ? readVersions(state, entry.key) : [];
      return [{ id: entry.key, subject, kind: c.subject.kind, tradeline, attestation, versions }];
    });
  });
}

/** Counts a tradeline that may not be shown. */
function hide(hidden: Hidden, state: RecordState): void {
  if (state === RecordState.SUPPRESSED) hidden.suppressed++;
  else if (state === RecordState.ERASED) hidden.erased++;
  else hidden.expired++;
}

function readAttestation(state: ProvenState, id: Uint8Array): Attestation {
  checkID("attestation", id);
  const [container, index] = [id.slice(0, 28), new DataView(id.buffer, id.byteOffset).getUint32(28)];
  const batch = must(state, "attestation", `batch ${hex(container)}`, BatchSchema, key(prefix.batch, container));
  const statement = batch.statements[index];
  if (!statement) throw new Error(`batch ${hex(container)} has ${batch.statements.length} attestations`);
  const status = state.read("attestation", key(prefix.status, id));
  return { id, batch, statement, status: status ? decode("status", StatusEntrySchema, status) : create(StatusEntrySchema, { status: Status.ACTIVE }) };
}

function readVersions(state: ProvenState, tradeline: Uint8Array): TradelineVersion[] {
  return state.walk(credit, key(prefix.versions, tradeline), maxRecords).map((entry) => {
    if (entry.key.length !== 4) throw new Error(`a version under a key of ${entry.key.length} bytes`);
    return decode("version", TradelineVersionSchema, entry.value);
  });
}

function readDisputes(state: ProvenState, subject: Uint8Array): Collected["disputes"] {
  return state.walk(credit, key(prefix.subjectDisputes, subject), maxRecords).map((entry) => {
    checkID("dispute", entry.key);
    return { id: entry.key, dispute: must(state, credit, `dispute ${hex(entry.key)}`, DisputeSchema, key(prefix.dispute, entry.key)) };
  });
}

/** Whether the consent, or the inquiry where that names fewer schemas, covers a tradeline. */
function inScope({ inquiry, consent }: Collected, { attestation, tradeline }: Evidence): boolean {
  const schemas = inquiry.schemaIds.length > 0 ? inquiry.schemaIds : (consent?.schemaIds ?? []);
  const named = schemas.length === 0 || schemas.some((each) => equal(each, attestation.batch.schemaId));
  return named && covers(consent, tradeline);
}

function covers(consent: Consent | undefined, { furnishedAt, updatedAt }: Tradeline): boolean {
  const at = instant(updatedAt ?? furnishedAt);
  return (!consent?.recordsFrom || at >= instant(consent.recordsFrom)) && (!consent?.recordsUntil || at <= instant(consent.recordsUntil));
}
