// Disclosed fields of a record: docs/commitment-format.md, sections 1 to 5.
import { sha256 } from "@noble/hashes/sha2.js";
import { equal, join, unhex, unsigned, utf8 } from "./bytes.js";
import { hashLeaf, rootFromPath } from "./merkle.js";

export const kinds = { string: 1, integer: 2, date: 3, boolean: 4, code: 5, amount: 6 } as const;
export type Kind = keyof typeof kinds;

/** A field of a schema, as a commitment knows it. */
export interface Field {
  name: string;
  kind: Kind;
}

/** Opens some fields of a committed record; the keys are in the order of their one encoding. */
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

/** canonical tells whether the text is the one text of its value. */
export function canonical(kind: Kind, text: string): boolean {
  switch (kind) {
    case "string":
      return (
        utf8(text).length <= 1024 && text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text) &&
        text.normalize("NFC") === text
      );
    case "integer":
    case "amount":
      return /^(0|-?[1-9][0-9]{0,18})$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
    case "date":
      return isDay(text);
    case "boolean":
      return text === "true" || text === "false";
    case "code":
      return /^[A-Z0-9_.-]{1,32}$/.test(text);
  }
}

/** isDay: YYYY-MM-DD of a day that the calendar has, from the year 1 on. */
export function isDay(text: string): boolean {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1]!;
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

/** bind makes the commitment of the tree's root. */
export const bind = (schema: Uint8Array, size: number, tree: Uint8Array): Uint8Array =>
  sha256(join(utf8("creditd/commitment/v1"), schema, unsigned(size, 2), tree));

/** Throws unless every disclosed field is what the commitment says, under the layout that the verifier trusts. */
export function checkDisclosure(d: Disclosure, schema: Uint8Array, layout: Field[], commitment: Uint8Array): void {
  if (!equal(unhex(d.schema, 32), schema)) throw new Error("the disclosure is under another schema");
  if (d.size !== layout.length) throw new Error(`the disclosure says ${d.size} fields, the schema has ${layout.length}`);
  if (d.fields.length === 0) throw new Error("the disclosure has no field");
  let previous = -1;
  for (const shown of d.fields) {
    const field = layout[shown.index];
    if (shown.index <= previous || !field) throw new Error(`field ${shown.name}: its place is out of order or range`);
    previous = shown.index;
    if (shown.name !== field.name || shown.kind !== field.kind) throw new Error(`field ${shown.name} is another in the schema`);
    if (shown.present ? !canonical(field.kind, shown.value) : shown.value !== "") throw new Error(`field ${shown.name}: not the one text of its value`);
    const leaf = hashLeaf(leafData(unhex(shown.salt, 32), shown.index, field, shown.present ? shown.value : undefined));
    const tree = rootFromPath(leaf, shown.index, layout.length, shown.path.map((node) => unhex(node, 32)));
    if (!tree || !equal(bind(schema, layout.length, tree), commitment)) throw new Error(`field ${shown.name} is not of this commitment`);
  }
}
