// The retention clock of a record, read from its own fields: vault/clock. The chain sees no field, so whoever gets a report checks it.
import { RetentionEvent, RetentionEventSchema, type Profile, type RetentionRule } from "../gen/creditd/credit/v1/profile_pb.js";
import { SubjectKind } from "../gen/creditd/credit/v1/types_pb.js";
import type { Values } from "../proof/commitments.js";
import { nameOf } from "../proof/words.js";
import { addDate, parseDay, zero, type Instant } from "./calendar.js";

/** What a record's fields say. */
export interface Reading {
  event: RetentionEvent;
  /** Date of first delinquency; zero when nothing counts against the subject. */
  first: Instant;
  /** The record has that date; otherwise it is the latest that its other fields allow. */
  stated: boolean;
  /** End of the delinquency; zero while it lasts. */
  end: Instant;
}

export const negative = (r: Reading): boolean => r.event !== RetentionEvent.NONE;

/** How late an account is by its status (Metro 2 field 17A). */
const daysLate = new Map([["71", 30], ["78", 60], ["80", 90], ["82", 120], ["83", 150], ["84", 180]]);

/** Reads a record. An account that is paid as agreed has no date of first delinquency, whatever its payment history says. */
export function read(values: Values): Reading {
  const [stated, chargedOff, ended, asOf] = ["date_first_delinquency", "charge_off_date", "closed", "reported_as_of"].map((name) => dateOf(values, name));
  const r = byStatus(values.status ?? "", { stated: stated!, chargedOff: chargedOff!, closed: ended === zero ? asOf! : ended!, asOf: asOf! });
  if (stated !== zero) [r.first, r.stated] = [stated!, true];
  if (negative(r) && r.first === zero) {
    throw new Error(`status ${values.status ?? ""} counts against the subject, and no field says since when: give date_first_delinquency`);
  }
  return r;
}

function dateOf(values: Values, name: string): Instant {
  const text = values[name] ?? "";
  const date = text === "" ? zero : parseDay(text);
  if (date === undefined) throw new Error(`${name} is no date`);
  return date;
}

function byStatus(status: string, on: { stated: Instant; chargedOff: Instant; closed: Instant; asOf: Instant }): Reading {
  const of = (event: RetentionEvent, first = zero, end = zero): Reading => ({ event, first, stated: false, end });
  const days = daysLate.get(status);
  if (days !== undefined) return of(RetentionEvent.DELINQUENCY, on.asOf === zero ? zero : addDate(on.asOf, 0, 0, -days));
  switch (status) {
    case "93":
    case "97":
      return of(RetentionEvent.CHARGE_OFF, earliest(on.chargedOff, on.asOf));
    case "64":
      return of(RetentionEvent.CHARGE_OFF, earliest(on.chargedOff, on.closed), on.closed);
    case "61":
    case "62":
    case "63":
    case "65":
      return of(RetentionEvent.DELINQUENCY, on.closed, on.closed);
  }
  return on.stated === zero ? of(RetentionEvent.NONE) : of(RetentionEvent.DELINQUENCY, zero, on.closed);
}

/** The last moment at which the profile lets the record be shown, about a subject of that kind and reported at that time. */
export function limit(r: Reading, profile: Profile, kind: SubjectKind, at: Instant): Instant {
  // Where the law protects natural persons alone, nothing in a legal entity's record starts a clock.
  const spared = profile.retentionOfPersonsOnly && kind === SubjectKind.LEGAL_ENTITY;
  const counted = spared ? { event: RetentionEvent.NONE, first: zero, stated: false, end: zero } : r;
  const rule = ruleOf(profile, counted.event);
  return addDate(startOf(counted, rule, at), rule.years, 0, rule.startDays);
}

function startOf(r: Reading, rule: RetentionRule, at: Instant): Instant {
  if (!negative(r)) return at;
  if (rule.fromEnd) return r.end === zero ? at : earliest(r.end, at);
  if (r.stated || r.event !== RetentionEvent.CHARGE_OFF) return r.first;
  // The clock starts so many days after the delinquency began, and that began before the charge-off, whose date alone is known: it
  // started on that date at the latest (FCRA s. 605(c)).
  return addDate(r.first, 0, 0, -rule.startDays);
}

function ruleOf(profile: Profile, event: RetentionEvent): RetentionRule {
  const rule = profile.retention.find((each) => each.event === event);
  if (!rule) throw new Error(`profile ${profile.code} has no retention for ${nameOf(RetentionEventSchema, event)}: the members add it by vote`);
  return rule;
}

/** The earliest of two dates, of which one may be zero. */
const earliest = (a: Instant, b: Instant): Instant => (a === zero || (b !== zero && b < a) ? b : a);
