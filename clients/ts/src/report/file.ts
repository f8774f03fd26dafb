// The file with a report's evidence: docs/report.md, section Format.
import { base64Decode } from "@bufbuild/protobuf/wire";
import {
  bytes, decodeEvidence, hash, list, object, parseCanonical, readEvidence, string, type Evidence, type RawEvidence,
} from "../proof/canonical.js";
import { unhex } from "../proof/bytes.js";

export const format = "creditd/report/v1";

/** Bounds beside those of every such file. */
const max = { records: 10_000, answers: 1_000, parts: 1_000, entries: 50_000, stores: 4 };
export const maxRecords = max.records;
export const maxEntries = max.entries;

/** What the vaults gave and signed, and the state's entries with their proofs. The report is derived from it. */
export interface Proofs extends Evidence {
  inquiry: Uint8Array;
  records: Uint8Array[];
  answers: Answer[];
}

/** What a furnisher signed of its sealed answer. */
export interface Answer {
  furnisher: string;
  parts: { digest: Uint8Array; signature: Uint8Array }[];
}

/** Reads what creditd writes and nothing else. */
export function parse(text: string): Proofs {
  const raw = parseCanonical(text, "creditd report get --save-proofs", readRaw);
  if (raw.format !== format) throw new Error(`format ${raw.format.slice(0, 40)}, and this program reads ${format}`);
  checkSizes(raw);
  return {
    inquiry: unhex(raw.inquiry, 32), records: raw.records.map((each) => base64Decode(each)),
    answers: raw.answers.map(({ furnisher, parts }) => ({
      furnisher, parts: parts.map(({ digest, signature }) => ({ digest: unhex(digest, 32), signature: base64Decode(signature) })),
    })),
    ...decodeEvidence(raw),
  };
}

/** The JSON's own shape, its keys in the order in which they are written. */
interface Raw extends RawEvidence {
  format: string;
  inquiry: string;
  records: string[];
  answers: { furnisher: string; parts: { digest: string; signature: string }[] }[];
}

const readRaw = (o: Record<string, unknown>): Raw => ({
  format: string(o.format), inquiry: hash(o.inquiry), records: list(o.records).map(bytes),
  answers: list(o.answers).map(object).map(({ furnisher, parts }) => ({
    furnisher: string(furnisher), parts: list(parts).map(object).map(({ digest, signature }) => ({ digest: hash(digest), signature: bytes(signature) })),
  })),
  ...readEvidence(o),
});

function checkSizes(raw: Raw): void {
  if (raw.records.length > max.records || raw.answers.length > max.answers || raw.entries.length > max.entries || raw.stores.length > max.stores) {
    throw new Error("more records, answers, entries or stores than any report has");
  }
  raw.answers.forEach(({ furnisher, parts }, i) => {
    if (parts.length === 0 || parts.length > max.parts) throw new Error(`answer ${i} has ${parts.length} parts`);
    if (i > 0 && furnisher <= raw.answers[i - 1]!.furnisher) throw new Error("the answers are not in the order of their furnishers");
  });
}
