/**
 * Checks reports with proofs (docs/report.md) without asking anybody: in a browser, without a network, against a header that the
 * reader trusts. Written from the document, apart from the Go code; both are held to the same vectors.
 */
import { textOf } from "../proof/canonical.js";
import type { LightBlock } from "../proof/block.js";
import { follow, how, type Trusted } from "../proof/follow.js";
import { ProvenState, within } from "../proof/state.js";
import { timeToSecond } from "../time.js";
import { instant, type Instant } from "./calendar.js";
import { collect, type Collected } from "./collect.js";
import { begin, furnishers } from "./describe.js";
import { maxEntries, parse, type Proofs } from "./file.js";
import { readParties, type Parties } from "./furnishers.js";
import { blame, fill } from "./lines.js";
import type { Proven, Report } from "./report.js";
import { frozenNow, summarise } from "./summary.js";

export { format, parse, type Proofs } from "./file.js";
export { parseTrusted, type Trusted } from "../proof/follow.js";
export { readBlock } from "../proof/block.js";
export * from "./report.js";
export { statuses } from "./summary.js";
export { builtIn, schemaOf, type BuiltIn } from "./schemas.js";

/** Options of a verification; the defaults are those of `creditd report verify`. */
export interface Options {
  /** The reader's time, by which validators' signatures count; the clock if it is left out. What is judged is judged at the header's time. */
  now?: Date;
  /** Seconds after the trusted header's time within which its validators' signatures count. */
  trustingPeriod?: number;
  /** Seconds that a header may be in the future. */
  maxClockDrift?: number;
}

/**
 * What is wrong with a file: its text (it is not whole, or not as creditd writes it), the way from the trusted header, the entries of
 * the state, or what furnishers gave and signed.
 */
export type Part = "text" | "headers" | "state" | "answers";

/** The file proves nothing. */
export class InvalidReport extends Error {
  override readonly name = "InvalidReport";

  constructor(readonly part: Part, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function of<T>(part: Part, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw new InvalidReport(part, cause);
  }
}

const seconds = (n: number): bigint => BigInt(Math.round(n * 1e9));

/** Throws InvalidReport, which says what is wrong; otherwise each line of the report says what it is, good or not. */
export function verify(encoded: string | Uint8Array, trusted: Trusted, o: Options = {}): Report {
  const file = of("text", () => parse(textOf(encoded)));
  const chain = of("headers", () => follow(file.blocks, trusted, {
    now: BigInt((o.now ?? new Date()).getTime()) * 1_000_000n, trustingPeriod: seconds(o.trustingPeriod ?? 14 * 24 * 3600),
    maxClockDrift: seconds(o.maxClockDrift ?? 10),
  }));
  const { header, time } = chain.at(-1)!;
  const [c, parties] = of("state", () => within(`state at height ${header.height - 1n}`, () => read(file, header.appHash, time)));
  return of("answers", () => derive(file, chain, c, parties));
}

function read(file: Proofs, appHash: Uint8Array, at: Instant): [Collected, Parties] {
  const state = new ProvenState(file, appHash, maxEntries);
  const collected = collect(state, file.inquiry, at);
  const parties = readParties(state, collected, file.answers);
  state.done();
  return [collected, parties];
}

function derive(file: Proofs, chain: LightBlock[], c: Collected, parties: Parties): Report {
  const last = chain.at(-1)!;
  const at = last.time;
  const report = { ...begin(c, parties, last, proven(chain)), ...furnishers(c, parties, file.answers, at) };
  const lines = fill(file, c, parties, report.furnishers, at);
  blame(lines, report.furnishers, c);
  const verified = lines.filter((line) => line.proof === "verified").length;
  const lifted = c.subject.freeze?.liftedUntil;
  const summary = summarise({ ...report, lines }, frozenNow(report.freeze, lifted && instant(lifted), at), at);
  return { ...report, lines, summary, verified, complete: verified === lines.length };
}

function proven(chain: LightBlock[]): Proven {
  const [first, { header }] = [chain[0]!.header, chain.at(-1)!];
  const height = header.height - 1n;
  return {
    height: String(height), trusted_height: String(first.height), headers: chain.length,
    text: `the state of ${header.chainId} at height ${height}, of ${timeToSecond(header.time!)}, is proven, ${how(chain)}`,
  };
}
