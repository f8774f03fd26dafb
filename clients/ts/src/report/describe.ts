// What the chain says beside the records' content, in a report's words: vault/report, state.go, file.go, sections.go, verify_proofs.go.
import {
  AnnotationSchema, ComplianceCode, ComplianceCodeSchema, InquiryKind, PurposeSchema, RecordStateSchema, StateReason, StateReasonSchema, type Subject,
} from "../gen/creditd/credit/v1/types_pb.js";
import { DisputeOutcome, DisputeOutcomeSchema, DisputeReasonSchema, DisputeStatusSchema, type Dispute as StoredDispute } from "../gen/creditd/credit/v1/rights_pb.js";
import type { Institution } from "../gen/creditd/institution/v1/types_pb.js";
import type { LightBlock } from "../proof/block.js";
import { equal, hex } from "../proof/bytes.js";
import { nameOf, optional, word } from "../proof/words.js";
import { timeText } from "../time.js";
import { instant, zero, type Instant } from "./calendar.js";
import type { Collected } from "./collect.js";
import type { Answer } from "./file.js";
import { answerDigest, reportDigest, type Parties } from "./furnishers.js";
import { licensed, type Evidence } from "./judge.js";
import type { Dispute, FraudAlert, Freeze, Furnisher, Line, Proven, Report } from "./report.js";
import { schemaOf } from "./schemas.js";

type Begun = Omit<Report, "lines" | "furnishers" | "notes" | "receipt" | "summary" | "verified" | "complete">;

/** The report without its lines and furnishers. */
export function begin(c: Collected, { institutions }: Parties, last: LightBlock, proven: Proven): Begun {
  const { inquiry, subject } = c;
  const aliases = subject.aliases.map(hex);
  return {
    chain_id: last.header.chainId, data_user: inquiry.dataUser, subject: hex(inquiry.subject), inquiry: hex(c.id),
    ...optional({ consent: hex(inquiry.consentId) }), purpose: nameOf(PurposeSchema, inquiry.purpose), created_at: timeText(last.header.time!),
    ...optional({ own: inquiry.kind === InquiryKind.OWN }), ...(aliases.length > 0 && { aliases }), out_of_scope: c.outside, hidden: c.hidden,
    ...alerts(subject, last.time), inquiries: [], disputes: disputes(c, institutions), proven, steps: [], millis: 0,
  };
}

/** What the subject put on its file. */
function alerts({ freeze, fraudAlert }: Subject, at: Instant): { freeze?: Freeze; fraud_alert?: FraudAlert } {
  return {
    ...(freeze && {
      freeze: {
        since: timeText(freeze.since!),
        ...optional({ lifted_until: freeze.liftedUntil && timeText(freeze.liftedUntil), lifted_for: freeze.liftedFor }),
      },
    }),
    ...(fraudAlert && at < instant(fraudAlert.until) && {
      fraud_alert: { since: timeText(fraudAlert.since!), until: timeText(fraudAlert.until!), extended: fraudAlert.extended },
    }),
  };
}

/** Newest first. */
function disputes(c: Collected, institutions: Parties["institutions"]): Dispute[] {
  const opened = (of: StoredDispute): Instant => instant(of.openedAt);
  const sorted = c.disputes.toSorted((a, b) => {
    const [first, second] = [opened(b.dispute), opened(a.dispute)];
    return first === second ? (hex(a.id) < hex(b.id) ? -1 : 1) : first < second ? -1 : 1;
  });
  return sorted.map(({ id, dispute: d }) => ({
    id: hex(id), tradeline: hex(d.tradelineId), furnisher: d.furnisher, furnisher_name: institutions.get(d.furnisher)?.name ?? "",
    reason: word(DisputeReasonSchema, d.reason, "DISPUTE_REASON_"), status: word(DisputeStatusSchema, d.status, "DISPUTE_STATUS_"),
    opened_at: timeText(d.openedAt!),
    ...optional({
      outcome: d.outcome === DisputeOutcome.UNSPECIFIED ? undefined : word(DisputeOutcomeSchema, d.outcome, "DISPUTE_OUTCOME_"),
      due_at: d.dueAt!.seconds > 0n ? timeText(d.dueAt!) : undefined, facts: hex(d.facts), evidence: hex(d.evidence), statement: hex(d.statement),
    }),
  }));
}

/** Lists the furnishers, and checks what they signed against their keys and their receipts on the chain. */
export function furnishers(c: Collected, parties: Parties, answers: Answer[], at: Instant): Pick<Report, "furnishers" | "notes" | "receipt"> {
  const signed = answers.map((answer) => ({ furnisher: answer.furnisher, digest: answerDigest(parties.furnishers.get(answer.furnisher)!.key, answer) }));
  const digests = new Map(signed.map(({ furnisher, digest }) => [furnisher, digest]));
  const notes: string[] = [];
  const list = [...parties.furnishers].map(([operator, { institution }]): Furnisher => {
    const [digest, receipt] = [digests.get(operator), c.receipts.get(operator)];
    if (digest && receipt && !equal(receipt.digest, digest)) {
      notes.push(`the receipt of ${operator} on the chain is of another answer than the one in the file`);
    }
    const left = receipt ? ", and the chain has its receipt for one: whoever made the file left it out" : "";
    return {
      operator, name: institution.name, endpoint: "", licensed: licensed(institution, at), answered: digest !== undefined, records: 0,
      ...(digest ? { digest: hex(digest) } : { error: `the file has no signed answer of it${left}` }), millis: 0,
    };
  });
  const own = c.receipts.get(c.inquiry.dataUser);
  if (!own) notes.push("the data user had left no receipt at that height");
  else if (!equal(own.digest, reportDigest(signed))) notes.push("the data user's receipt on the chain is of other answers than those in the file");
  else return { furnishers: list, ...(notes.length > 0 && { notes }), receipt: { digest: hex(own.digest), transaction: "", height: 0 } };
  return { furnishers: list, notes };
}

/** A line with what the chain says, in a report on the subject; nothing was given of it yet. */
export function startLine(e: Evidence, institution: Institution, subject: string): Line {
  const { tradeline: t } = e;
  const schema = hex(e.attestation.batch.schemaId);
  const known = schemaOf(schema);
  const own = hex(e.subject);
  const annotations = t.annotations.map((each) => nameOf(AnnotationSchema, each).replace("ANNOTATION_", ""));
  const since = institution.statusSince!;
  return {
    tradeline: hex(e.id), attestation: hex(t.attestationId), furnisher: t.furnisher, furnisher_name: institution.name, schema, version: t.version,
    state: nameOf(RecordStateSchema, t.state), proof: "withheld", reason: "the file has no record of it", show_until: timeText(t.showUntil!),
    section: known?.section ?? "other", ...(annotations.length > 0 && { annotations }),
    ...optional({
      state_reason: t.stateReason === StateReason.UNSPECIFIED ? undefined : nameOf(StateReasonSchema, t.stateReason).replace("STATE_REASON_", ""),
      compliance: t.compliance === ComplianceCode.UNSPECIFIED ? undefined : nameOf(ComplianceCodeSchema, t.compliance).replace("COMPLIANCE_CODE_", ""),
      subject: own === subject ? undefined : own, schema_name: known?.name, issuer_since: instant(since) === zero ? undefined : timeText(since),
    }),
  };
}
