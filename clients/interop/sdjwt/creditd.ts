// Asks creditd's Go, through credential/internal/interop, which is built once a run.
import { execFileSync } from "node:child_process";
import type { webcrypto } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export type Jwk = webcrypto.JsonWebKey;

/** now is the clock of all tests, in seconds. */
export const now = 1795262400;

export type Type = "dc+sd-jwt" | "vc+sd-jwt";

export interface Issue {
  key: Jwk;
  holder?: Jwk;
  type: Type;
}

export interface Present {
  credential: string;
  disclose: string[];
  holder?: Jwk;
  aud?: string;
  nonce?: string;
}

export interface Verify {
  presentation: string;
  type: string;
  issuer: Jwk;
  aud?: string;
  nonce?: string;
  attestation?: boolean;
}

export interface Answer {
  token?: string;
  claims?: { [name: string]: unknown };
  report?: { integrity: { fields: { name: string; value: string }[]; hidden: number; holder_bound: boolean } };
  error?: string;
}

let program: string | undefined;

function ask(request: { issue?: Issue[]; present?: Present[]; verify?: Verify[] }) {
  if (program === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "creditd-interop-"));
    process.on("exit", () => rmSync(folder, { recursive: true }));
    program = join(folder, "interop");
    const cwd = dirname(fileURLToPath(import.meta.url)); // Go finds go.mod from within the repository
    execFileSync("go", ["build", "-o", program, "github.com/creditd/creditd/credential/internal/interop"], { cwd, stdio: "inherit" });
  }
  const answer = execFileSync(program, { input: JSON.stringify({ now, ...request }), encoding: "utf8" });
  return JSON.parse(answer) as { commitment: string; issue: Answer[]; present: Answer[]; verify: Answer[] };
}

function token(answer: Answer): string {
  if (answer.token === undefined) throw new Error(answer.error);
  return answer.token;
}

export const issue = (request: Issue): string => token(ask({ issue: [request] }).issue[0]!);
export const present = (request: Present): string => token(ask({ present: [request] }).present[0]!);
export const verify = (...requests: Verify[]): Answer[] => ask({ verify: requests }).verify;
/** committed is the commitment to the record that all issued credentials are of. */
export const committed = (): string => ask({}).commitment;
