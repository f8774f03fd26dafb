// The file about one attestation: docs/proofs.md, section Format.
import { base64Decode } from "@bufbuild/protobuf/wire";
import {
  bytes, decodeEvidence, hash, list, number, object, parseCanonical, readEvidence, string, type Block, type Evidence, type RawEvidence,
} from "./canonical.js";
import { kinds, type DisclosedField, type Disclosure, type Kind } from "./record.js";

export type { Block };

export const format = "creditd/proof/v1";
export const maxBlocks = 10_000;

/** What a stranger needs. Bytes are decoded, ids and hashes are hexadecimal digits. */
export interface Bundle extends Evidence {
  id: string;
  disclosure?: Disclosure;
  item?: { statement: Uint8Array; size: number; path: string[] };
}

/** Reads what creditd writes and nothing else. */
export function parse(text: string): Bundle {
  const raw = parseCanonical(text, "creditd attestation prove", readRaw);
  if (raw.format !== format) throw new Error(`format ${raw.format.slice(0, 40)}, and this program reads ${format}`);
  return {
    id: raw.id,
    ...(raw.disclosure && { disclosure: raw.disclosure }),
    ...(raw.item && { item: { ...raw.item, statement: base64Decode(raw.item.statement) } }),
    ...decodeEvidence(raw),
  };
}

/** The JSON's own shape, its keys in the order in which they are written. */
interface Raw extends RawEvidence {
  format: string;
  id: string;
  disclosure?: Disclosure;
  item?: { statement: string; size: number; path: string[] };
}

const readRaw = (o: Record<string, unknown>): Raw => ({
  format: string(o.format), id: hash(o.id),
  ...(o.disclosure !== undefined && { disclosure: readDisclosure(object(o.disclosure)) }),
  ...(o.item !== undefined && { item: readItem(object(o.item)) }),
  ...readEvidence(o),
});

const readItem = ({ statement, size, path }: Record<string, unknown>): NonNullable<Raw["item"]> => ({
  statement: bytes(statement), size: number(size), path: list(path).map(hash),
});

const readDisclosure = ({ schema, size, fields }: Record<string, unknown>): Disclosure => ({
  schema: hash(schema), size: number(size), fields: list(fields).map(object).map(readField),
});

function readField({ index, name, kind, present, value, salt, path }: Record<string, unknown>): DisclosedField {
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) throw new Error("a disclosed field of a kind that does not exist");
  if (typeof present !== "boolean") throw new Error("something else where true or false belongs");
  return {
    index: number(index), name: string(name), kind: kind as Kind, present, value: string(value), salt: hash(salt), path: list(path).map(hash),
  };
}
