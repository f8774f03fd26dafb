// Records, their commitments and disclosures: docs/commitment-format.md, sections 1 to 5.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8, equal, join, unhex, unsigned } from "./bytes.js";
import { hashLeaf, root, rootFromPath } from "./merkle.js";

export const kinds = { string: 1, integer: 2, date: 3, boolean: 4, code: 5, amount: 6 } as const;
export type Kind = keyof typeof kinds;

export interface Field {
  name: string;
  kind: Kind;
}
export type Record = { [name: string]: string };

/** canonical tells whether the text is the one text of its value. */
export function canonical(kind: Kind, text: string): boolean {
  switch (kind) {
    case "string":
      return (
        utf8(text).length <= 1024 &&
        text.isWellFormed() &&
        !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text) &&
        text.normalize("NFC") === text
      );
    case "integer":
    case "amount":
      return /^(0|-?[1-9][0-9]{0,18})$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
    case "date":
      return day(text) !== undefined;
    case "boolean":
      return text === "true" || text === "false";
    case "code":
      return /^[A-Z0-9_.-]{1,32}$/.test(text);
  }
}

/** day counts from 0001-01-01, which is day 0; undefined if the text is not a day. */
export function day(text: string): number | undefined {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!parts) return undefined;
  const [year, month, date] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const months = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (year < 1 || month < 1 || month > 12 || date < 1 || date > months[month - 1]!) return undefined;
  const years = year - 1;
  const before = 365 * years + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return before + months.slice(0, month - 1).reduce((sum, days) => sum + days, 0) + date - 1;
}

export function salt(seed: Uint8Array, index: number): Uint8Array {
  return hmac(sha256, seed, join(utf8("creditd/salt/v1"), unsigned(index, 2)));
}

/** leafData is what of one field is hashed; value is undefined where the record has none. */
export function leafData(salt: Uint8Array, index: number, field: Field, value: string | undefined): Uint8Array {
  const name = utf8(field.name);
  const text = utf8(value ?? "");
  return join(
    utf8("creditd/leaf/v1"), salt, unsigned(index, 2), unsigned(kinds[field.kind], 1), unsigned(value === undefined ? 0 : 1, 1),
    unsigned(name.length, 2), name, unsigned(text.length, 4), text,
  );
}

export function leaves(fields: Field[], record: Record, seed: Uint8Array): Uint8Array[] {
  for (const name of Object.keys(record)) {
    if (!fields.some((field) => field.name === name)) throw new Error("a field is not in the schema");
  }
  return fields.map((field, i) => {
    const value = record[field.name];
    if (value !== undefined && !canonical(field.kind, value)) throw new Error(`field ${field.name} is not canonical`);
    return hashLeaf(leafData(salt(seed, i), i, field, value));
  });
}

/** bind makes the commitment of the tree's root. */
export function bind(schema: Uint8Array, size: number, tree: Uint8Array): Uint8Array {
  return sha256(join(utf8("creditd/commitment/v1"), schema, unsigned(size, 2), tree));
}

export function commit(schema: Uint8Array, fields: Field[], record: Record, seed: Uint8Array): Uint8Array {
  return bind(schema, fields.length, root(leaves(fields, record, seed)));
}

export interface Disclosure {
  schema: string;
  size: number;
  fields: DisclosedField[];
}
export interface DisclosedField {
  index: number;
  name: string;
  kind: Kind;
  present: boolean;
  value: string;
  salt: string;
  path: string[];
}

const maxDisclosure = 524_288;

/** readDisclosure reads the one encoding of a disclosure, and throws for anything else. */
export function readDisclosure(text: string): Disclosure {
  if (utf8(text).length > maxDisclosure) throw new Error("the disclosure is too long");
  const d = JSON.parse(text) as Disclosure;
  const again: Disclosure = {
    schema: d.schema, size: d.size,
    fields: d.fields.map(({ index, name, kind, present, value, salt, path }) => ({
      index, name, kind, present, value, salt, path: path.map((node) => node),
    })),
  };
  if (JSON.stringify(again) !== tight(text)) throw new Error("the disclosure is not in its one encoding");
  return d;
}

/** tight is the JSON text without white space between tokens, and without the three escapes that writers may choose. */
function tight(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g, (token) =>
    token[0] !== '"' ? "" : token.replace(/\\(?:u003c|u003e|u0026|.)/g, (escape) =>
      escape.length === 2 ? escape : String.fromCharCode(parseInt(escape.slice(2), 16))));
}

/** verify checks a disclosure as section 5 says, against the commitment and the layout that the verifier trusts. */
export function verify(d: Disclosure, schema: Uint8Array, fields: Field[], commitment: Uint8Array): boolean {
  if (!equal(unhex(d.schema, 32), schema) || d.size !== fields.length || d.fields.length === 0) return false;
  let previous = -1;
  return d.fields.every((shown) => {
    const field = fields[shown.index];
    if (shown.index <= previous || !field) return false;
    previous = shown.index;
    if (shown.name !== field.name || shown.kind !== field.kind) return false;
    if (shown.present ? !canonical(field.kind, shown.value) : shown.value !== "") return false;
    const value = shown.present ? shown.value : undefined;
    const leaf = hashLeaf(leafData(unhex(shown.salt, 32), shown.index, field, value));
    const tree = rootFromPath(leaf, shown.index, fields.length, shown.path.map((node) => unhex(node, 32)));
    return tree !== undefined && equal(bind(schema, fields.length, tree), commitment);
  });
}
