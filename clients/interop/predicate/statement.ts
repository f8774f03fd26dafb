// What a proof states, and its public inputs: privacy/predicate/README.md, apart from the Go code.
import { sha256 } from "@noble/hashes/sha2.js";
import { expand_message_xmd } from "@noble/curves/abstract/hash-to-curve.js";
import { join, toNumber, unhex, unsigned, utf8 } from "../commitment/bytes.js";
import { hash, modulus, permute } from "../../ts/src/proof/poseidon2.js";

/** Statement as the vectors have it: ids and bytes in hexadecimal. */
export interface Statement {
  circuit: string;
  circuit_id: string;
  chain_id: string;
  schema: string;
  subject: string;
  other: string;
  root: string;
  issuers: string;
  session: string;
  nullifier: string;
  commitments: string[];
  fields: number;
  terms: string;
  inquiry: string;
  verifier: string;
  expiry: bigint;
  public: string[];
}

const kinds = ["range", "ratio", "member", "history", "count"];
const setSize = 32;

/** hashToField is RFC 9380 hash_to_field to one element, of parts with their lengths before them. */
export function hashToField(domain: string, parts: readonly Uint8Array[]): bigint {
  const message = join(...parts.flatMap((part) => [unsigned(part.length, 4), part]));
  return toNumber(expand_message_xmd(message, utf8(domain), 48, sha256)) % modulus;
}

/** compress is one step of the chain. */
export const compress = (left: bigint, right: bigint): bigint => (permute([left, right])[1] + right) % modulus;

/** halves of an id. */
const halves = (id: Uint8Array): [bigint, bigint] => [toNumber(id.slice(0, 16)), toNumber(id.slice(16))];

/** start is the state of a circuit commitment's hash after what is public in it. */
export const start = (fields: number, schema: Uint8Array, subject: Uint8Array): bigint =>
  hash([1n, BigInt(fields), ...halves(schema), ...halves(subject)]);

/** parseCircuit reads a circuit's name. */
export function parseCircuit(name: string): { kind: number; fields: number; attestations: number; hidden: boolean } {
  const match = /^([a-z]+)-(\d+)(?:x(\d+))?(-hidden)?$/.exec(name);
  if (match === null) throw new Error("not a circuit's name");
  return { kind: kinds.indexOf(match[1]!) + 1, fields: Number(match[2]), attestations: Number(match[3] ?? 1), hidden: match[4] !== undefined };
}

/** circuitID is SHA-256 of a domain and the circuit's numbers. */
export function circuitID(name: string): Uint8Array {
  const c = parseCircuit(name);
  return sha256(join(utf8("creditd/predicate/circuit/v1"), Uint8Array.of(1, c.kind, c.fields, c.attestations, c.hidden ? 1 : 0)));
}

/** context binds all of a statement. */
export function context(s: Statement): bigint {
  const parts = [
    utf8(s.chain_id), circuitID(s.circuit), unhex(s.schema), unhex(s.subject), unhex(s.other), unhex(s.root),
    unhex(s.issuers), unhex(s.terms), unhex(s.inquiry), unhex(s.verifier), unsigned(s.expiry, 8), unhex(s.session), unhex(s.nullifier),
  ];
  return hashToField("creditd/predicate/context/v1", [...parts, ...s.commitments.map((digits) => unhex(digits))]);
}

/** publicInputs of a statement, in order. */
export function publicInputs(s: Statement): bigint[] {
  const c = parseCircuit(s.circuit);
  const element = (hex: string): bigint => toNumber(unhex(hex));
  const inputs = [context(s), start(c.fields, unhex(s.schema), unhex(s.subject))];
  if (c.kind === 2 && c.attestations === 2) inputs.push(start(c.fields, unhex(s.other), unhex(s.subject)));
  if (c.hidden) inputs.push(element(s.root), element(s.issuers), s.expiry, element(s.session), element(s.nullifier));
  else inputs.push(...s.commitments.map(element));
  return [...inputs, ...termInputs(c.kind, unhex(s.terms))];
}

/** termInputs are those of encoded terms. */
function termInputs(kind: number, terms: Uint8Array): bigint[] {
  const view = new DataView(terms.buffer, terms.byteOffset, terms.byteLength);
  const at = (i: number): bigint => BigInt(view.getUint8(i));
  const tag = at(1);
  const bound = (i: number): bigint => tag === 3n ? view.getBigUint64(i) : view.getBigUint64(i) ^ (1n << 63n);
  const range = [at(0), tag, bound(2), bound(10)];
  switch (kind) {
    case 1: return range;
    case 2: return [at(0), tag, at(18), at(19), BigInt(view.getUint32(20)), BigInt(view.getUint32(24))];
    case 3: {
      const members = Array.from({ length: view.getUint32(33) }, (_, i) => toNumber(terms.slice(37 + 33 * i + 1, 37 + 33 * i + 33)));
      return [at(0), tag, ...Array.from({ length: setSize }, (_, i) => members[i] ?? members[0]!)];
    }
    case 4: return [at(0), (1n << at(28)) - 1n, at(29), at(30), at(31)];
    default: return [...range, at(32)];
  }
}

/** issuerLeaf of an issuer that the parts name. */
export const issuerLeaf = (parts: readonly Uint8Array[]): bigint => hashToField("creditd/predicate/issuer/v1", parts);

/** activeLeaf of an attestation. */
export const activeLeaf = (commitment: bigint, issuer: bigint, expires: bigint): bigint => hash([2n, issuer, expires, commitment]);

/** session and nullifier of a secret. */
export const session = (secret: bigint): bigint => compress(secret, 3n);
export const nullifier = (secret: bigint, commitment: bigint): bigint => compress(secret, commitment);
