// Records, their commitments and disclosures: docs/commitment-format.md, sections 1 to 5. Checking a disclosure is the TypeScript
// client's part; making commitments is of nobody else.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bind, canonical, checkDisclosure, type Disclosure, type Field, isDay, leafData } from "../../ts/src/proof/record.js";
import { join, unsigned, utf8 } from "./bytes.js";
import { hashLeaf, root } from "./merkle.js";

export { bind, canonical, kinds, leafData, type Disclosure, type Field, type Kind } from "../../ts/src/proof/record.js";

export type Record = { [name: string]: string };

/** day counts from 0001-01-01, which is day 0; undefined if the text is not a day. */
export const day = (text: string): number | undefined => (isDay(text) ? (Date.parse(text) - Date.parse("0001-01-01")) / 86_400_000 : undefined);

export function salt(seed: Uint8Array, index: number): Uint8Array {
  return hmac(sha256, seed, join(utf8("creditd/salt/v1"), unsigned(index, 2)));
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

export function commit(schema: Uint8Array, fields: Field[], record: Record, seed: Uint8Array): Uint8Array {
  return bind(schema, fields.length, root(leaves(fields, record, seed)));
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
  try {
    checkDisclosure(d, schema, fields, commitment);
    return true;
  } catch {
    return false;
  }
}
