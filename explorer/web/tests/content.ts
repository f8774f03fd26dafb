import { readFileSync } from "node:fs";

/** What the chain has one of each of; tests/explorer/content_test.go put it there. */
export interface Content {
  ui: string;
  switch: string;
  institution: string;
  licence: string;
  identity: string;
  subject: string;
  consent: string;
  inquiry: string;
  dispute: string;
  schema: string;
  attestation: string;
  replaced: string;
  contract: string;
  accreditation: string;
  proposal: string;
  tx: string;
  /** File of a bundle of the attestation, and the header that it leads from. */
  bundle: string;
  trusted_height: number;
  trusted_hash: string;
  /** File of what the lender saw, with proofs, and the header that it leads from. */
  report: string;
  report_height: number;
  report_hash: string;
  /** Of a key that is offered control of the subject's file. */
  words: string;
}

const file = process.env.CONTENT;
if (!file) throw new Error("CONTENT names no file: run 'make test-explorer', which starts a network");
export const content = JSON.parse(readFileSync(file, "utf8")) as Content;

/** Ask the same node that serves the pages. */
export async function rest<T = any>(path: string): Promise<T> {
  const response = await fetch(new URL(path, content.ui));
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Take the node away and bring it back. */
export async function turn(what: "kill" | "restart" | "pause" | "resume"): Promise<void> {
  const response = await fetch(`${content.switch}/${what}`, { method: "POST" });
  if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
}
