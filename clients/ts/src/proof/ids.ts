// Ids from contents: docs/commitment-format.md s.9 and s.10, x/attestation/README.md.
import { fromBech32 } from "@cosmjs/encoding";
import { RoleSchema } from "../gen/creditd/institution/v1/types_pb.js";
import type { Schema, Statement } from "../gen/creditd/attestation/v1/types_pb.js";
import { nanoseconds, type Time } from "../time.js";
import { id, join, unsigned, utf8 } from "./bytes.js";
import { hashLeaf } from "./merkle.js";

const none = new Uint8Array();
const bit = (value: boolean): Uint8Array => Uint8Array.of(value ? 1 : 0);
const time = (at: Time | undefined): Uint8Array => (at ? unsigned(BigInt.asUintN(64, nanoseconds(at)), 8) : none);

/** The bytes of an account, whatever the prefix of the chain; of at most as many characters as Go reads. */
export const accountBytes = (text: string): Uint8Array => fromBech32(text, 1023).data;

export const statementDigest = (s: Statement): Uint8Array =>
  id("creditd/statement/v1", s.subject, s.commitment, time(s.validFrom), time(s.expiresAt), s.circuitCommitment, join(...s.amountCommitments), s.reference);

export const batchID = (schema: Uint8Array, issuer: Uint8Array, accreditation: Uint8Array, statements: Statement[]): Uint8Array =>
  id("creditd/batch/v1", schema, issuer, accreditation, ...statements.map(statementDigest)).slice(0, 28);

export const anchorLeaf = (digest: Uint8Array): Uint8Array => hashLeaf(join(utf8("creditd/anchor/leaf/v1"), digest));

export function schemaID(s: Schema): Uint8Array {
  const roles = s.issuerRoles.map((role) => RoleSchema.value[role]?.name ?? String(role)).sort();
  return id("creditd/schema/v2",
    s.creator === "" ? none : accountBytes(s.creator), utf8(s.name), unsigned(s.version, 4), s.previous, bit(s.revocable), bit(s.accredited),
    bit(s.listed), utf8(s.resolver), utf8(s.jsonSchema), unsigned(roles.length, 2), ...roles.map(utf8), unsigned(s.issuers.length, 2),
    ...s.issuers.map(accountBytes), unsigned(s.fields.length, 2),
    ...s.fields.flatMap((f) => [utf8(f.name), unsigned(f.kind, 1), utf8(f.unit), bit(f.disclosable), bit(f.circuit), bit(f.summed)]));
}
