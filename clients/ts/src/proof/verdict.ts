// Evidence turned into four lines: proof/lines.go, with the same fields and the same words, so that both can be compared.
import { AccreditationStatus, AccreditationStatusSchema, RevocationReasonSchema, Status, StatusSchema, type Accreditation } from "../gen/creditd/attestation/v1/types_pb.js";
import { LicenceStatus, LicenceStatusSchema, RoleSchema, type Institution } from "../gen/creditd/institution/v1/types_pb.js";
import { nanoseconds, timeText, timeToSecond, type Time } from "../time.js";
import type { LightBlock } from "./block.js";
import { hex } from "./bytes.js";
import type { Evidence, Present } from "./evidence.js";
import { how } from "./follow.js";
import type { Disclosure } from "./record.js";
import { optional, quote, word } from "./words.js";

/** What every line has. */
export interface Line {
  ok: boolean;
  text: string;
}

/** What was attested, and that it is what the chain has. */
export interface Integrity extends Line {
  chain_id: string;
  attestation: string;
  anchored: boolean;
  schema?: string;
  schema_name?: string;
  schema_version?: number;
  schema_deprecated_at?: string;
  subject?: string;
  commitment?: string;
  reference?: string;
  disclosed?: { name: string; kind: string; present: boolean; value: string }[];
  trusted_height: string;
  headers: number;
}

/** Who attested, and whether it still may. */
export interface Issuer extends Line {
  operator?: string;
  name?: string;
  licence_number?: string;
  jurisdiction?: string;
  licence_status?: string;
  standing?: string;
  since?: string;
  accreditation?: string;
  node?: string;
}

/** What became of the attestation. */
export interface StatusLine extends Line {
  state: string;
  since?: string;
  reason?: string;
  superseded_by?: string;
  stated_at?: string;
  valid_from?: string;
  expires_at?: string;
}

/** When all of this was true. */
export interface Freshness extends Line {
  height: string;
  time: string;
  age_seconds: number;
}

/** What a valid bundle proves; times are RFC 3339. */
export interface Verdict {
  good: boolean;
  exit_code: number;
  integrity: Integrity;
  issuer: Issuer;
  status: StatusLine;
  freshness: Freshness;
}

/** As those of `creditd attestation verify`, the first line that is not good. */
export const exit = { good: 0, invalid: 2, issuer: 3, status: 4, absent: 5, stale: 6 } as const;

/** now and maxAge in nanoseconds; maxAge 0 is any. */
export interface JudgeOptions {
  now: bigint;
  maxAge: bigint;
  absent: boolean;
}

export function judge(e: Evidence, disclosure: Disclosure | undefined, chain: LightBlock[], o: JudgeOptions): Verdict {
  const last = chain.at(-1)!;
  const at = o.now < last.time ? last.time : o.now;
  const v: Verdict = {
    good: false, exit_code: exit.good,
    integrity: integrity(e, disclosure, chain), issuer: standing(e.present, at), status: status(e, at), freshness: freshness(last, at, o.maxAge),
  };
  if (o.absent) v.status.ok = v.issuer.ok = e.absent !== undefined; // absence is the good news, and has no issuer
  if ((e.absent !== undefined) !== o.absent) v.exit_code = exit.absent;
  else if (!o.absent && !v.status.ok) v.exit_code = exit.status;
  else if (!o.absent && !v.issuer.ok) v.exit_code = exit.issuer;
  if (v.exit_code === exit.good && !v.freshness.ok) v.exit_code = exit.stale;
  v.good = v.exit_code === exit.good;
  return v;
}

function integrity(e: Evidence, disclosure: Disclosure | undefined, chain: LightBlock[]): Integrity {
  const [first, last] = [chain[0]!.header, chain.at(-1)!.header];
  const line: Integrity = {
    ok: true, text: `the state of ${last.chainId} is proven, ${how(chain)}`, chain_id: last.chainId, attestation: hex(e.id), anchored: false,
    trusted_height: String(first.height), headers: chain.length,
  };
  if (!e.present) return line;
  const { schema, schemaID, statement, anchored } = e.present;
  Object.assign(line, optional({
    anchored, schema: hex(schemaID), schema_name: schema.name, schema_version: schema.version,
    schema_deprecated_at: schema.deprecatedAt && timeText(schema.deprecatedAt), subject: hex(statement.subject),
    commitment: hex(statement.commitment), reference: hex(statement.reference),
  }), { anchored });
  const disclosed = disclosure?.fields.map(({ name, kind, present, value }) => ({ name, kind, present, value }));
  if (disclosed) line.disclosed = disclosed;
  line.text = `${schema.name} version ${schema.version}, ${anchored ? "under an anchor" : "in a batch"} on ${last.chainId}, ${how(chain)}` +
    (schema.deprecatedAt ? `; the schema is deprecated since ${timeToSecond(schema.deprecatedAt)}` : "") +
    (disclosed ? `; disclosed: ${disclosed.map((f) => `${f.name} ${f.present ? quote(f.value) : "has no value"}`).join(", ")}` : "; no field is disclosed");
  return line;
}

function standing(p: Present | undefined, at: bigint): Issuer {
  if (!p) return { ok: false, text: "nobody: there is no such attestation" };
  const i = p.institution;
  const who = `${quote(i.name)} (${p.issuer}, licence ${quote(i.licenceNumber)} of ${i.jurisdiction})`;
  const line: Issuer = {
    ok: false, text: "", ...optional({
      operator: p.issuer, name: i.name, licence_number: i.licenceNumber, jurisdiction: i.jurisdiction,
      licence_status: word(LicenceStatusSchema, i.status, "LICENCE_STATUS_"), accreditation: p.accreditations[0] && hex(p.accreditations[0].id),
    }),
  };
  const not = (standing: string, since: Time | undefined, text: string, node?: string): Issuer =>
    ({ ...line, standing, ...optional({ since: since && timeText(since), node }), text: `${who}: ${text}` });
  const ended = licenceNotInForceSince(i, at);
  if (ended) return not("licence", ended, `licence ${licence(i, at)} since ${timeToSecond(ended)}`);
  const roles = p.schema.issuerRoles;
  if (roles.length > 0 && !roles.some((role) => i.roles.includes(role))) {
    return not("role", undefined, `licence active, and no longer for ${roles.map((role) => word(RoleSchema, role, "ROLE_")).join(" or ")}`);
  }
  const broken = brokenNode(p, at);
  if (broken) {
    return not("accreditation", broken.since,
      `issuer suspended since ${timeToSecond(broken.since)}: accreditation ${hex(broken.id)} of ${broken.node.grantee} is ${accreditation(broken.node, at)}`,
      hex(broken.id));
  }
  return { ...line, ok: true, standing: "good", text: `${who}: licence active${p.accreditations.length > 0 ? ", accreditation in force" : ""}` };
}

const before = (at: bigint, time: Time | undefined): boolean => at < nanoseconds(time!);

/** Since when the licence gives no rights; undefined when it does. Institution.NotInForceSince. */
function licenceNotInForceSince(i: Institution, at: bigint): Time | undefined {
  const active = i.status === LicenceStatus.ACTIVE;
  if (active && !before(at, i.validFrom) && before(at, i.validUntil)) return undefined;
  return (active && !before(at, i.validUntil)) || i.status === LicenceStatus.EXPIRED ? i.validUntil! : i.statusSince!;
}

/** Says in a word why the licence is not in force. */
function licence(i: Institution, at: bigint): string {
  if (i.status !== LicenceStatus.ACTIVE) return word(LicenceStatusSchema, i.status, "LICENCE_STATUS_");
  return before(at, i.validFrom) ? `not in force before ${timeToSecond(i.validFrom!)}, so` : "ended";
}

/** The accreditation that is not in force for longest. */
function brokenNode(p: Present, at: bigint): { id: Uint8Array; node: Accreditation; since: Time } | undefined {
  let broken: { id: Uint8Array; node: Accreditation; since: Time } | undefined;
  for (const { id, node } of p.accreditations) {
    const since = accreditationNotInForceSince(node, at);
    if (since && (!broken || nanoseconds(since) < nanoseconds(broken.since))) broken = { id, node, since };
  }
  return broken;
}

/** Accreditation.NotInForceSince: the earliest of several reasons. */
function accreditationNotInForceSince(a: Accreditation, at: bigint): Time | undefined {
  const reasons = [
    a.status !== AccreditationStatus.ACTIVE && a.statusSince!, !before(at, a.validUntil) && a.validUntil!, before(at, a.validFrom) && a.grantedAt!,
  ].filter((each) => each !== false);
  return reasons.sort((a, b) => (nanoseconds(a) < nanoseconds(b) ? -1 : 1))[0];
}

function accreditation(a: Accreditation, at: bigint): string {
  if (a.status !== AccreditationStatus.ACTIVE) return word(AccreditationStatusSchema, a.status, "ACCREDITATION_STATUS_");
  return before(at, a.validFrom) ? `not in force before ${timeToSecond(a.validFrom!)}` : `over since ${timeToSecond(a.validUntil!)}`;
}

function status(e: Evidence, at: bigint): StatusLine {
  if (!e.present) return { ok: false, text: `absent: ${e.absent}`, state: "absent" };
  const { statement: s, statedAt } = e.present;
  const entry = e.status;
  const line: StatusLine = {
    ok: false, text: "", state: "",
    ...optional({ stated_at: timeText(statedAt), valid_from: s.validFrom && timeText(s.validFrom), expires_at: s.expiresAt && timeText(s.expiresAt) }),
  };
  const not = (state: string, since: Time, text: string, more: Partial<StatusLine> = {}): StatusLine => ({ ...line, ...more, state, since: timeText(since), text });
  if (entry.status === Status.SUPERSEDED) {
    const by = hex(entry.supersededBy);
    return not("superseded", entry.since!, `superseded by ${by} since ${timeToSecond(entry.since!)}`, { superseded_by: by });
  }
  if (entry.status !== Status.ACTIVE) {
    const [state, reason] = [word(StatusSchema, entry.status, "STATUS_"), word(RevocationReasonSchema, entry.reason, "REVOCATION_REASON_")];
    return not(state, entry.since!, `${state} since ${timeToSecond(entry.since!)}, reason ${reason}`, { reason });
  }
  if (s.expiresAt && nanoseconds(s.expiresAt) <= at) return not("expired", s.expiresAt, `expired at ${timeToSecond(s.expiresAt)}`);
  if (s.validFrom && nanoseconds(s.validFrom) > at) return not("not-yet-valid", statedAt, `not valid before ${timeToSecond(s.validFrom)}`);
  return {
    ...line, ok: true, state: "active", ...optional({ since: entry.since && timeText(entry.since) }),
    text: `active, stated at ${timeToSecond(statedAt)}` + (entry.since ? `, reinstated at ${timeToSecond(entry.since)}` : "") +
      (s.expiresAt ? `, until ${timeToSecond(s.expiresAt)}` : ""),
  };
}

function freshness(last: LightBlock, at: bigint, maxAge: bigint): Freshness {
  const age = at - last.time;
  const height = last.header.height - 1n;
  const ok = maxAge === 0n || age <= maxAge;
  const text = `true at height ${height}, ${timeToSecond(last.header.time!)}, which is ${duration((age + 500_000_000n) / 1_000_000_000n)} ago`;
  return {
    ok, text: ok ? text : `${text}: more than ${duration(maxAge / 1_000_000_000n)}`,
    height: String(height), time: timeText(last.header.time!), age_seconds: Number(age / 1_000_000_000n),
  };
}

/** Seconds as Go's time.Duration writes them: 1h2m3s. */
function duration(seconds: bigint): string {
  const [h, m, s] = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
  return (h > 0n ? `${h}h` : "") + (seconds >= 60n ? `${m}m` : "") + `${s}s`;
}
