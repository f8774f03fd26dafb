// The records of a file, each put to the line that it is of: vault/report, verify_proofs.go.
import { RecordSchema, type Record } from "../gen/creditd/vault/v1/exchange_pb.js";
import { equal, hex } from "../proof/bytes.js";
import { decode } from "../proof/proto.js";
import { within } from "../proof/state.js";
import type { Instant } from "./calendar.js";
import type { Collected } from "./collect.js";
import { startLine } from "./describe.js";
import type { Proofs } from "./file.js";
import type { Parties } from "./furnishers.js";
import { judge, opensOne, plainValues, type Evidence } from "./judge.js";
import type { Furnisher, Line, Opening } from "./report.js";
import { schemaOf } from "./schemas.js";
import { historyOf } from "./summary.js";

/** Judges each line that may be shown. Every record in the file is one of them, and in their order. */
export function fill(file: Proofs, c: Collected, parties: Parties, asked: Furnisher[], at: Instant): Line[] {
  const of = new Map(asked.map((each) => [each.operator, each]));
  let next = 0;
  const lines = c.found.map((e) => {
    const issuer = parties.furnishers.get(e.tradeline.furnisher)!;
    const line = startLine(e, issuer.institution, hex(c.inquiry.subject));
    const encoded = file.records[next];
    const record = encoded && decode("record", RecordSchema, encoded);
    if (!record || !equal(record.tradelineId, e.id)) return line;
    const furnisher = of.get(e.tradeline.furnisher)!;
    if (!furnisher.answered) throw new Error(`record ${next}: its furnisher has no answer that it signed in the file`);
    within(`record ${next}`, () => covers(e, record));
    next++;
    furnisher.records++;
    const { proof, reason } = judge(e, issuer, record, at);
    const { reason: _, ...rest } = line;
    return { ...rest, proof, ...(reason && { reason }), ...given(record) };
  });
  if (next !== file.records.length) throw new Error(`record ${next} is of no line in scope, or not in the order of the lines`);
  return lines;
}

/** What the vault gave. */
function given(record: Record): Partial<Line> {
  const opening = ({ salt, first }: { salt: Uint8Array; first: string }): Opening => ({ salt: hex(salt), first });
  const values = plainValues(record);
  const history = historyOf(values);
  return {
    ...(record.values.length > 0 && { values }), ...(record.seed.length > 0 && { seed: hex(record.seed) }), ...(history.length > 0 && { history }),
    delinquency: opening(record.delinquency!), ...(record.earlier.length > 0 && { earlier_delinquencies: record.earlier.map(opening) }),
  };
}

/** Refuses a record of which a byte could be changed unseen. */
function covers(e: Evidence, record: Record): void {
  const schema = schemaOf(hex(e.attestation.batch.schemaId));
  const place = (name: string): number => Math.max(0, schema!.fields.findIndex((each) => each.name === name));
  record.values.forEach(({ name }, i) => {
    const before = record.values[i - 1];
    if (schema && before && place(before.name) >= place(name)) throw new Error("its fields are not in the order of the schema");
  });
  if (record.earlier.some((opening) => !opensOne(opening, e.versions))) throw new Error("an opening in it is of no version of the tradeline");
}

/** Says of lines without a record whether the furnisher's receipt has more than the file: then the file's maker may have left them out. */
export function blame(lines: Line[], asked: Furnisher[], c: Collected): void {
  for (const f of asked) {
    const receipt = c.receipts.get(f.operator);
    if (!receipt || !f.answered || hex(receipt.digest) !== f.digest || receipt.records <= f.records) continue;
    for (const line of lines) {
      if (line.furnisher !== f.operator || line.proof !== "withheld") continue;
      line.reason = `the file has no record of it, and the furnisher's receipt says that it gave ${receipt.records} records: whoever made the file may have left this one out`;
    }
  }
}
