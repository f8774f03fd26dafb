// The file that a stranger checks: docs/proofs.md, section Format.
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { kinds, type DisclosedField, type Disclosure, type Kind } from "./record.js";
import { unhex, utf8 } from "./bytes.js";

export const format = "creditd/proof/v1";

/** Bounds, checked before anything is parsed. */
export const maxBytes = 16 << 20;
export const maxBlocks = 10_000;
const maxTokens = 1 << 18;
const maxDepth = 6;

/** What a stranger needs. Bytes are decoded, ids and hashes are hexadecimal digits. */
export interface Bundle {
  id: string;
  disclosure?: Disclosure;
  item?: { statement: Uint8Array; size: number; path: string[] };
  entries: { store: string; proof: Uint8Array }[];
  stores: { name: string; proof: Uint8Array }[];
  blocks: Block[];
}

/** What the light client needs of one block. Towards an older block a header is all. */
export interface Block {
  header: Uint8Array;
  commit: Uint8Array;
  validators: Uint8Array[];
}

/** Reads what creditd writes and nothing else. Sizes and depth are bounded before it is parsed. */
export function parse(text: string): Bundle {
  if (text.length > maxBytes || utf8(text).length > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
  if (!text.isWellFormed()) throw new Error("not UTF-8");
  checkShape(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error("not JSON: is it a bundle of `creditd attestation prove`?");
  }
  const raw = readRaw(json);
  if (encode(raw) !== text) {
    throw new Error("not as creditd writes it (keys in order and each once, no white space, lower-case hexadecimal)");
  }
  if (raw.format !== format) throw new Error(`format ${raw.format.slice(0, 40)}, and this program reads ${format}`);
  return {
    id: raw.id,
    ...(raw.disclosure && { disclosure: raw.disclosure }),
    ...(raw.item && { item: { ...raw.item, statement: base64Decode(raw.item.statement) } }),
    entries: raw.entries.map(({ store, proof }) => ({ store, proof: base64Decode(proof) })),
    stores: raw.stores.map(({ name, proof }) => ({ name, proof: base64Decode(proof) })),
    blocks: raw.blocks.map((block) => ({
      header: base64Decode(block.header), commit: base64Decode(block.commit ?? ""),
      validators: (block.validators ?? []).map((each) => base64Decode(each)),
    })),
  };
}

/** checkShape bounds depth and number of parts of any text, JSON or not. */
function checkShape(text: string): void {
  let [depth, tokens, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === "\\") i++;
    else if (c === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c === "{" || c === "[") {
      depth++;
      tokens++;
    } else if (c === "}" || c === "]") depth--;
    else if (c === ",") tokens++;
    if (depth > maxDepth) throw new Error(`brackets are nested deeper than ${maxDepth}`);
    if (tokens > maxTokens) throw new Error(`more than ${maxTokens} parts`);
  }
}

/** The JSON's own shape, its keys in the order in which they are written. */
interface Raw {
  format: string;
  id: string;
  disclosure?: Disclosure;
  item?: { statement: string; size: number; path: string[] };
  entries: { store: string; proof: string }[];
  stores: { name: string; proof: string }[];
  blocks: { header: string; commit?: string; validators?: string[] }[];
}

function readRaw(json: unknown): Raw {
  const o = object(json);
  return {
    format: string(o.format), id: hash(o.id),
    ...(o.disclosure !== undefined && { disclosure: readDisclosure(object(o.disclosure)) }),
    ...(o.item !== undefined && { item: readItem(object(o.item)) }),
    entries: list(o.entries).map(object).map(({ store, proof }) => ({ store: string(store), proof: bytes(proof) })),
    stores: list(o.stores).map(object).map(({ name, proof }) => ({ name: string(name), proof: bytes(proof) })),
    blocks: list(o.blocks).map(object).map(({ header, commit, validators }) => ({
      header: bytes(header),
      ...(commit !== undefined && { commit: bytes(commit) }),
      ...(validators !== undefined && { validators: list(validators).map(bytes) }),
    })),
  };
}

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

/** encode writes as Go's encoding/json does, which escapes what HTML and JavaScript would stumble over. */
const encode = (raw: Raw): string =>
  `${JSON.stringify(raw).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("something else where an object belongs");
  return value as Record<string, unknown>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error("something else where a list belongs");
  return value;
}

function string(value: unknown): string {
  if (typeof value !== "string" || !value.isWellFormed()) throw new Error("something else where a text belongs");
  return value;
}

function hash(value: unknown): string {
  unhex(string(value), 32);
  return value as string;
}

function number(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 0xffffffff) throw new Error("something else where a number belongs");
  return value as number;
}

function bytes(value: unknown): string {
  const text = string(value);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || base64Encode(base64Decode(text)) !== text) throw new Error("not base64 with padding");
  return text;
}
