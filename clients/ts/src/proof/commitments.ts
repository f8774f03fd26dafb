// The commitments that follow from a record and its seed: docs/commitment-format.md, sections 2 to 4, 7 and 8. Who gets a record
// with its seed makes them again, and compares them with those on the chain.
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { join, toNumber, unsigned, utf8 } from "./bytes.js";
import { hashLeaf, root } from "./merkle.js";
import { hash, modulus } from "./poseidon2.js";
import { bind, canonical, isDay, kinds, leafData, type Field } from "./record.js";

/** A field with the commitments that it is in beside the Merkle root. */
export interface HiddenField extends Field {
  circuit: boolean;
  summed: boolean;
}

/** The texts of the fields that have a value. */
export type Values = { [name: string]: string };

const valueOf = (values: Values, name: string): string | undefined => (Object.hasOwn(values, name) ? values[name] : undefined);

/** Why a text is not the one text of its value. */
const refusals = {
  string: "not a canonical text", integer: "not a canonical decimal number of 64 bits", amount: "not a canonical decimal number of 64 bits",
  date: "not a calendar day written YYYY-MM-DD", boolean: "not true or false",
} as const;

function refusal(field: Field, text: string): string {
  if (field.kind !== "code") return refusals[field.kind];
  const length = utf8(text).length;
  return length === 0 || length > 32 ? "a code has 1 to 32 characters" : "a code has only A-Z, 0-9, '_', '.' and '-'";
}

/** Throws for a text that is not canonical, and for a field that the layout does not have. */
export function checkRecord(fields: Field[], values: Values): void {
  for (const field of fields) {
    const value = valueOf(values, field.name);
    if (value !== undefined && !canonical(field.kind, value)) throw new Error(`field "${field.name}": ${refusal(field, value)}`);
  }
  const unknown = Object.keys(values).filter((name) => !fields.some((field) => field.name === name)).sort()[0];
  if (unknown !== undefined) throw new Error(`field ${JSON.stringify(unknown)} is not in the schema`);
}

export function salt(seed: Uint8Array, index: number): Uint8Array {
  return hmac(sha256, seed, join(utf8("creditd/salt/v1"), unsigned(index, 2)));
}

export function leaves(fields: Field[], values: Values, seed: Uint8Array): Uint8Array[] {
  checkRecord(fields, values);
  return fields.map((field, i) => hashLeaf(leafData(salt(seed, i), i, field, valueOf(values, field.name))));
}

/** The Merkle commitment, section 4. */
export function commit(schema: Uint8Array, fields: Field[], values: Values, seed: Uint8Array): Uint8Array {
  return bind(schema, fields.length, root(leaves(fields, values, seed)));
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

/** Days since 0001-01-01, which is day 0; undefined if the text is not a day. */
export const dayNumber = (text: string): number | undefined => (isDay(text) ? (Date.parse(text) - Date.parse("0001-01-01")) / 86_400_000 : undefined);

/** The value of a present field as an element. */
function element(field: Field, text: string): bigint {
  switch (field.kind) {
    case "integer":
    case "amount":
      return BigInt(text) + 2n ** 63n;
    case "date":
      return BigInt(dayNumber(text)!);
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

/** The circuit commitment, section 7; undefined if no field is in the circuit. */
export function circuitCommitment(
  schema: Uint8Array, subject: Uint8Array, fields: HiddenField[], values: Values, seed: Uint8Array,
): Uint8Array | undefined {
  checkRecord(fields, values);
  const inside = fields.filter((field) => field.circuit);
  if (inside.length === 0) return undefined;
  const elements = [1n, BigInt(inside.length)];
  for (const id of [schema, subject]) elements.push(toNumber(id.slice(0, 16)), toNumber(id.slice(16)));
  for (const field of inside) {
    const text = valueOf(values, field.name);
    elements.push(...(text === undefined ? [0n, 0n] : [BigInt(kinds[field.kind]), element(field, text)]));
  }
  elements.push(circuitSalt(seed));
  return unsigned(hash(elements), 32);
}

const { Point } = ristretto255;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const H = ristretto255_hasher.deriveToCurve!(sha512(utf8("creditd/pedersen/v1/H")));

export const generatorH: Uint8Array = H.toBytes();

const modulo = (n: bigint): bigint => ((n % order) + order) % order;

export function blinding(seed: Uint8Array, index: number): bigint {
  return modulo(toNumber(hmac(sha512, seed, join(utf8("creditd/blinding/v1"), unsigned(index, 2))).reverse()));
}

export function amountCommitment(value: bigint, blinding: bigint): Uint8Array {
  return Point.BASE.multiplyUnsafe(modulo(value)).add(H.multiplyUnsafe(modulo(blinding))).toBytes();
}

/** The amount commitments in leaf order, section 8. A summed field without a value is committed to as zero. */
export function amountCommitments(fields: HiddenField[], values: Values, seed: Uint8Array): Uint8Array[] {
  checkRecord(fields, values);
  return fields.flatMap((field, i) => (field.summed ? [amountCommitment(BigInt(valueOf(values, field.name) ?? "0"), blinding(seed, i))] : []));
}
