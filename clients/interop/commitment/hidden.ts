// Circuit commitments and amount commitments: docs/commitment-format.md, sections 7 and 8.
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { utf8, equal, join, toNumber, unsigned } from "./bytes.js";
import { hash, modulus } from "./poseidon2.js";
import { canonical, day, kinds, type Field, type Record } from "./record.js";

export interface HiddenField extends Field {
  circuit: boolean;
  summed: boolean;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

/** encode is the value of a present field as an element. */
function encode(field: Field, text: string): bigint {
  if (!canonical(field.kind, text)) throw new Error(`field ${field.name} is not canonical`);
  switch (field.kind) {
    case "integer":
    case "amount":
      return BigInt(text) + 2n ** 63n;
    case "date":
      return BigInt(day(text)!);
    case "boolean":
      return text === "true" ? 1n : 0n;
    case "code":
      return [...text].reduce(
        (sum, character, i) => sum + (BigInt(alphabet.indexOf(character) + 1) << BigInt(6 * (text.length - 1 - i))),
        BigInt(text.length) << 192n,
      );
    case "string":
      return toNumber(sha256(join(utf8("creditd/circuit-string/v1"), utf8(text))).slice(0, 31));
  }
}

export function circuitSalt(seed: Uint8Array): bigint {
  return toNumber(hmac(sha512, seed, utf8("creditd/circuit-salt/v1"))) % modulus;
}

/** circuitCommitment is undefined if no field is in the circuit. */
export function circuitCommitment(
  schema: Uint8Array, subject: Uint8Array, fields: HiddenField[], record: Record, seed: Uint8Array,
): Uint8Array | undefined {
  const inside = fields.filter((field) => field.circuit);
  if (inside.length === 0) return undefined;
  const elements = [1n, BigInt(inside.length)];
  for (const id of [schema, subject]) elements.push(toNumber(id.slice(0, 16)), toNumber(id.slice(16)));
  for (const field of inside) {
    const text = record[field.name];
    elements.push(...(text === undefined ? [0n, 0n] : [BigInt(kinds[field.kind]), encode(field, text)]));
  }
  elements.push(circuitSalt(seed));
  return unsigned(hash(elements), 32);
}

const { Point } = ristretto255;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const H = ristretto255_hasher.deriveToCurve!(sha512(utf8("creditd/pedersen/v1/H")));

export const generatorH: Uint8Array = H.toBytes();

const modulo = (n: bigint): bigint => ((n % order) + order) % order;
const littleEndian = (bytes: Uint8Array): bigint => toNumber(Uint8Array.from(bytes).reverse());

export function blinding(seed: Uint8Array, index: number): bigint {
  return modulo(littleEndian(hmac(sha512, seed, join(utf8("creditd/blinding/v1"), unsigned(index, 2)))));
}

/** scalar reads 32 bytes, little-endian, below the group's order. */
export function scalar(bytes: Uint8Array): bigint {
  const n = littleEndian(bytes);
  if (bytes.length !== 32 || n >= order) throw new Error("not a scalar");
  return n;
}

export function amountCommitment(value: bigint, blinding: bigint): Uint8Array {
  return Point.BASE.multiplyUnsafe(modulo(value)).add(H.multiplyUnsafe(modulo(blinding))).toBytes();
}

export function addCommitments(commitments: Uint8Array[]): Uint8Array {
  return commitments.reduce((sum, each) => sum.add(Point.fromBytes(each)), Point.ZERO).toBytes();
}

/** isPoint: a canonical encoding of ristretto255, and not the identity. */
export function isPoint(bytes: Uint8Array): boolean {
  try {
    return bytes.length === 32 && !Point.fromBytes(bytes).is0() && equal(Point.fromBytes(bytes).toBytes(), bytes);
  } catch {
    return false;
  }
}

/** isElement: 32 bytes, big-endian, of 1 to the modulus less one. */
export function isElement(bytes: Uint8Array): boolean {
  const n = toNumber(bytes);
  return bytes.length === 32 && n > 0n && n < modulus;
}
