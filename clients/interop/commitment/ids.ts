// Digests and ids: docs/commitment-format.md, sections 9 and 10.
import { utf8, id, join, unsigned } from "./bytes.js";
import { hashLeaf } from "./merkle.js";

export interface Statement {
  subject: Uint8Array;
  commitment: Uint8Array;
  validFrom?: bigint; // nanoseconds since 1970
  expiresAt?: bigint;
  circuit?: Uint8Array;
  amounts: Uint8Array[];
  reference?: Uint8Array;
}

const none = new Uint8Array();

/** nanoseconds of a time in RFC 3339, with up to nine digits after the second, in UTC. */
export function nanoseconds(text: string): bigint {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/.exec(text);
  if (!parts) throw new Error("not a time in UTC");
  return BigInt(Date.parse(`${parts[1]}Z`)) * 1_000_000n + BigInt((parts[2] ?? "").padEnd(9, "0"));
}

const time = (at: bigint | undefined): Uint8Array => (at === undefined ? none : unsigned(BigInt.asUintN(64, at), 8));

export function statementDigest(s: Statement): Uint8Array {
  return id(
    "creditd/statement/v1", s.subject, s.commitment, time(s.validFrom), time(s.expiresAt), s.circuit ?? none,
    join(...s.amounts), s.reference ?? none,
  );
}

export function batchID(schema: Uint8Array, issuer: Uint8Array, accreditation: Uint8Array, digests: Uint8Array[]): Uint8Array {
  return id("creditd/batch/v1", schema, issuer, accreditation, ...digests).slice(0, 28);
}

export function anchorID(
  schema: Uint8Array, issuer: Uint8Array, accreditation: Uint8Array, root: Uint8Array, size: number,
): Uint8Array {
  return id("creditd/anchor/v1", schema, issuer, accreditation, root, unsigned(size, 4)).slice(0, 28);
}

export const attestationID = (container: Uint8Array, index: number): Uint8Array => join(container, unsigned(index, 4));

export const anchorLeaf = (digest: Uint8Array): Uint8Array => hashLeaf(join(utf8("creditd/anchor/leaf/v1"), digest));
