// One record against what the chain says of its tradeline: vault/report, check.go and clock.go. Nothing of the record is trusted
// but what hashes to the chain's commitments.
import { Status, type Batch, type Statement, type StatusEntry } from "../gen/creditd/attestation/v1/types_pb.js";
import { LicenceStatus, LicenceStatusSchema, type Institution } from "../gen/creditd/institution/v1/types_pb.js";
import type { Profile } from "../gen/creditd/credit/v1/profile_pb.js";
import { RecordState, type SubjectKind, type Tradeline, type TradelineVersion } from "../gen/creditd/credit/v1/types_pb.js";
import type { Opening, Record } from "../gen/creditd/vault/v1/exchange_pb.js";
import { equal, hex, id, join, unsigned, utf8 } from "../proof/bytes.js";
import { amountCommitments, circuitCommitment, commit, type Values } from "../proof/commitments.js";
import { checkStatement } from "../proof/evidence.js";
import { accountBytes, batchID } from "../proof/ids.js";
import { nameOf } from "../proof/words.js";
import { timeToSecond } from "../time.js";
import { dayText, instant, parseDay, zero, type Instant } from "./calendar.js";
import { limit, negative, read } from "./clock.js";
import type { Proof } from "./report.js";
import { schemaOf } from "./schemas.js";

/** An attestation as the state has it: a statement in its batch, and what became of it. */
export interface Attestation {
  id: Uint8Array;
  batch: Batch;
  statement: Statement;
  status: StatusEntry;
}

/** What the chain says about one tradeline. */
export interface Evidence {
  id: Uint8Array;
  subject: Uint8Array;
  kind: SubjectKind; // of the subject and of all that are merged into it
  tradeline: Tradeline;
  attestation: Attestation;
  versions: TradelineVersion[]; // earlier ones, oldest first
}

/** The furnisher, and the profile of its jurisdiction. */
export interface Issuer {
  institution: Institution;
  profile: Profile;
}

/** Whether a vault may give the record. The chain ends the retention of many records over some blocks; a reader ends it on time. */
export const displayed = (t: Tradeline, at: Instant): boolean =>
  at < instant(t.showUntil) && (t.state === RecordState.ACTIVE || t.state === RecordState.DISPUTED);

export function judge(e: Evidence, issuer: Issuer, record: Record, at: Instant): { proof: Proof; reason: string } {
  const not = (proof: Proof, reason: string): { proof: Proof; reason: string } => ({ proof, reason });
  const mismatch = failure(() => matches(e, record));
  if (mismatch !== undefined) return not("mismatch", mismatch);
  const { status, statement } = e.attestation;
  if (status.status === Status.SUPERSEDED) return not("superseded", "the furnisher has reported a later version");
  if (status.status !== Status.ACTIVE) return not("mismatch", "the furnisher has taken its word back");
  if (statement.expiresAt && at >= instant(statement.expiresAt)) return not("mismatch", "the furnisher's word has expired");
  const clock = failure(() => checkClock(e, issuer.profile, record));
  if (clock !== undefined) return not("bad-clock", clock);
  if (!licensed(issuer.institution, at)) return not("issuer-not-licensed", standing(issuer.institution, at));
  if (e.tradeline.state === RecordState.DISPUTED) return not("disputed", "the subject disputes this record");
  return not("verified", "");
}

function failure(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (cause) {
    return (cause as Error).message;
  }
}

/** Recomputes the commitments and every id that follows from them. */
function matches(e: Evidence, record: Record): void {
  const { batch, statement: said } = e.attestation;
  if (!equal(record.tradelineId, e.id)) throw new Error("the record is of another tradeline");
  if (!equal(record.attestationId, e.attestation.id)) throw new Error("the record is of another version than the chain's");
  if (record.schemaId.length !== 32 || record.seed.length !== 32 || said.commitment.length !== 32) {
    throw new Error("the record's schema or seed has not 32 bytes");
  }
  if (!equal(record.schemaId, batch.schemaId)) throw new Error("the record is of another schema");
  if (!equal(said.subject, e.subject)) throw new Error("the attestation is about another subject");
  if (batch.issuer !== e.tradeline.furnisher) throw new Error("the attestation is by another issuer");
  checkCommitments(e, record);
  if (!equal(join(batchID(record.schemaId, accountBytes(batch.issuer), new Uint8Array(), [said]), unsigned(0, 4)), record.attestationId)) {
    throw new Error("the attestation's id does not follow from its content: the node's answer is false");
  }
}

function checkCommitments(e: Evidence, record: Record): void {
  const schema = schemaOf(hex(record.schemaId));
  if (!schema) throw new Error(`schema ${hex(record.schemaId)} is none of those that this program knows: use a newer one`);
  const values = valuesOf(record);
  const said = e.attestation.statement;
  let root: Uint8Array;
  try {
    root = commit(record.schemaId, schema.fields, values, record.seed);
  } catch (cause) {
    throw new Error(`the record is not of its schema: ${(cause as Error).message}`, { cause });
  }
  const sizes = failure(() => checkStatement(said));
  if (sizes !== undefined) throw new Error(`the attestation is none that the chain takes, the node's answer is false: ${sizes}`);
  if (!equal(root, said.commitment)) throw new Error("the record does not hash to the commitment on the chain: it was changed after it was reported");
  const circuit = circuitCommitment(record.schemaId, e.subject, schema.fields, values, record.seed) ?? new Uint8Array();
  const amounts = amountCommitments(schema.fields, values, record.seed);
  const same = equal(circuit, said.circuitCommitment) && amounts.length === said.amountCommitments.length &&
    amounts.every((each, i) => equal(each, said.amountCommitments[i]!));
  if (!same) throw new Error("the record's commitments for circuits and sums are not those on the chain: its furnisher committed to something else there");
}

/** Refuses a name that comes twice: the second could hide the first. */
function valuesOf(record: Record): Values {
  if (new Set(record.values.map(({ name }) => name)).size !== record.values.length) throw new Error("the record has a field twice");
  return plainValues(record);
}

/** fromEntries defines each, whatever its name is. */
export const plainValues = (record: Record): Values => Object.fromEntries(record.values.map(({ name, text }) => [name, text]));

/**
 * Checks what the chain cannot, since it sees no field: that the delinquency which the furnisher committed to is the record's, that it
 * never moved forward, and that the record is not shown for longer than the profile lets it.
 */
function checkClock(e: Evidence, profile: Profile, record: Record): void {
  const reading = read(valuesOf(record));
  const first = opened(record.delinquency!, e.tradeline.delinquency);
  if ((first === zero) === negative(reading)) throw new Error("the furnisher committed to another delinquency than the record has");
  if (first > reading.first || (reading.stated && first !== reading.first)) {
    throw new Error("the furnisher committed to another date of first delinquency than the record has");
  }
  checkAging(e, record, first);
  const until = limit({ ...reading, first }, profile, e.kind, instant(e.tradeline.updatedAt ?? e.tradeline.furnishedAt));
  const shown = instant(e.tradeline.showUntil);
  if (shown > until) throw new Error(`the record is to be shown until ${dayText(shown)}, profile ${profile.code} allows it until ${dayText(until)}`);
}

/**
 * Looks at the earlier versions whose delinquency the furnisher opens: while an account is delinquent, the date at which that began
 * does not become a later one (FCRA s. 623(a)(5)). A version without delinquency between two is a cure.
 */
function checkAging(e: Evidence, record: Record, first: Instant): void {
  let before = zero;
  const next = (said: Instant): void => {
    if (before !== zero && said !== zero && said > before) {
      throw new Error("the furnisher moved the date of first delinquency forward, which makes the record look younger than it is");
    }
    before = said;
  };
  for (const version of e.versions) {
    if (equal(version.delinquency, e.tradeline.delinquency)) {
      before = first;
      continue;
    }
    for (const opening of record.earlier) if (opens(opening, version)) next(opened(opening, version.delinquency));
  }
  next(first);
}

const opens = (opening: Opening, version: TradelineVersion): boolean => failure(() => opened(opening, version.delinquency)) === undefined;

/** Whether an opening is of an earlier version. */
export const opensOne = (opening: Opening, versions: TradelineVersion[]): boolean => versions.some((version) => opens(opening, version));

/** Checks an opening against a commitment and returns the date, zero for none. */
function opened(opening: Opening, commitment: Uint8Array): Instant {
  const first = opening.first === "" ? zero : parseDay(opening.first);
  if (first === undefined || (first === zero && opening.first !== "")) throw new Error("the date of first delinquency that the vault gave is no date");
  if (opening.salt.length !== 16 || !equal(id("creditd/delinquency/v1", opening.salt, utf8(opening.first)), commitment)) {
    throw new Error("the date of first delinquency that the vault gave is not what the furnisher committed to on the chain");
  }
  return first;
}

/** Says since when a licence gives no rights. */
function standing(i: Institution, at: Instant): string {
  if (i.status !== LicenceStatus.ACTIVE) {
    const status = nameOf(LicenceStatusSchema, i.status).replace("LICENCE_STATUS_", "");
    return `issuer suspended since ${timeToSecond(i.statusSince!)}: its licence is ${status}`;
  }
  if (at < instant(i.validFrom)) return `the issuer's licence begins at ${timeToSecond(i.validFrom!)}`;
  return `issuer suspended since ${timeToSecond(i.validUntil!)}: its licence ended then`;
}

export const licensed = (i: Institution, at: Instant): boolean =>
  i.status === LicenceStatus.ACTIVE && at >= instant(i.validFrom) && at < instant(i.validUntil);
