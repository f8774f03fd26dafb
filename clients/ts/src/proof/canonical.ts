// The one encoding of the files that strangers check, and the bounds on them: docs/proofs.md, section Format.
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { unhex, utf8 } from "./bytes.js";

/** Bounds, checked before anything is parsed. */
export const maxBytes = 16 << 20;
const maxTokens = 1 << 18;
const maxDepth = 6;

/** The text of a file: bytes have to be UTF-8, without a mark before them. */
export const textOf = (encoded: string | Uint8Array): string =>
  typeof encoded === "string" ? encoded : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(encoded);

/**
 * Reads what creditd writes and nothing else. Sizes and depth are bounded before it is parsed. What `read` makes of the JSON has its
 * keys in the order in which they are written.
 */
export function parseCanonical<T>(text: string, madeBy: string, read: (json: Record<string, unknown>) => T): T {
  if (text.length > maxBytes || utf8(text).length > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
  if (!text.isWellFormed()) throw new Error("not UTF-8");
  checkShape(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`not JSON, or not all of it: is it a whole file of \`${madeBy}\`?`);
  }
  const raw = read(object(json));
  if (encode(raw) !== text) {
    throw new Error("not as creditd writes it (keys in order and each once, no white space, lower-case hexadecimal)");
  }
  return raw;
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

/** encode writes as Go's encoding/json does, which escapes what HTML and JavaScript would stumble over. */
const encode = (raw: unknown): string =>
  `${JSON.stringify(raw).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;

/** What files have in common. Bytes are decoded. */
export interface Entry {
  store: string;
  proof: Uint8Array;
}
export interface Store {
  name: string;
  proof: Uint8Array;
}
/** What the light client needs of one block. Towards an older block a header is all. */
export interface Block {
  header: Uint8Array;
  commit: Uint8Array;
  validators: Uint8Array[];
}
export interface Evidence {
  entries: Entry[];
  stores: Store[];
  blocks: Block[];
}

/** The JSON's own shape of it. */
export interface RawEvidence {
  entries: { store: string; proof: string }[];
  stores: { name: string; proof: string }[];
  blocks: { header: string; commit?: string; validators?: string[] }[];
}

/** Reads the three last members of a file. An empty commit and an empty list of validators are never written. */
export const readEvidence = (o: Record<string, unknown>): RawEvidence => ({
  entries: list(o.entries).map(object).map(({ store, proof }) => ({ store: string(store), proof: bytes(proof) })),
  stores: list(o.stores).map(object).map(({ name, proof }) => ({ name: string(name), proof: bytes(proof) })),
  blocks: list(o.blocks).map(object).map(({ header, commit, validators }) => ({
    header: bytes(header),
    ...(commit !== undefined && commit !== "" && { commit: bytes(commit) }),
    ...(validators !== undefined && list(validators).length > 0 && { validators: list(validators).map(bytes) }),
  })),
});

export const decodeEvidence = (raw: RawEvidence): Evidence => ({
  entries: raw.entries.map(({ store, proof }) => ({ store, proof: base64Decode(proof) })),
  stores: raw.stores.map(({ name, proof }) => ({ name, proof: base64Decode(proof) })),
  blocks: raw.blocks.map((block) => ({
    header: base64Decode(block.header), commit: base64Decode(block.commit ?? ""),
    validators: (block.validators ?? []).map((each) => base64Decode(each)),
  })),
});

export function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("something else where an object belongs");
  return value as Record<string, unknown>;
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error("something else where a list belongs");
  return value;
}

export function string(value: unknown): string {
  if (typeof value !== "string" || !value.isWellFormed()) throw new Error("something else where a text belongs");
  return value;
}

/** 64 lower-case hexadecimal digits. */
export function hash(value: unknown): string {
  unhex(string(value), 32);
  return value as string;
}

export function number(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 0xffffffff) throw new Error("something else where a number belongs");
  return value as number;
}

/** base64 with padding, RFC 4648 s.4. */
export function bytes(value: unknown): string {
  const text = string(value);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || base64Encode(base64Decode(text)) !== text) throw new Error("not base64 with padding");
  return text;
}
