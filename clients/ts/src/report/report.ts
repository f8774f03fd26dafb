/** A report as the check of its file derives it: with the fields of docs/api/report.schema.json, as `creditd report verify` writes them. */
import type { Section } from "./schemas.js";

export type { Section };

/** What checking a line gave: docs/report.md. */
export type Proof = "verified" | "disputed" | "suppressed" | "withheld" | "bad-clock" | "mismatch" | "issuer-not-licensed" | "superseded";

/** Times are RFC 3339; ids and hashes are in hexadecimal; amounts are in minor units. */
export interface Report {
  chain_id: string;
  data_user: string;
  subject: string; // pseudonym
  inquiry: string;
  consent?: string;
  purpose: string;
  created_at: string; // of the header that proves the state: everything is judged at that time
  own?: boolean;
  aliases?: string[]; // pseudonyms that are merged into the subject; their records are here
  summary: Summary;
  lines: Line[];
  furnishers: Furnisher[];
  out_of_scope: number; // tradelines of schemas that the consent does not name
  verified: number; // lines whose proof is "verified"
  complete: boolean; // every line is
  hidden: Hidden;
  freeze?: Freeze;
  fraud_alert?: FraudAlert;
  inquiries: never[]; // they are not in such a file: `creditd audit export` proves them
  disputes: Dispute[];
  notes?: string[];
  proven: Proven;
  receipt?: Receipt;
  steps: never[];
  millis: number;
}

export interface Proven {
  height: string; // of the state
  trusted_height: string;
  headers: number;
  text: string;
}

/** Tradelines that nobody may show. */
export interface Hidden {
  suppressed: number;
  expired: number;
  erased: number;
}

export interface Freeze {
  since: string;
  lifted_until?: string;
  lifted_for?: string; // operator; empty for every data user
}

export interface FraudAlert {
  since: string;
  until: string;
  extended: boolean;
}

/** Opening of a commitment to a date of first delinquency. */
export interface Opening {
  salt: string;
  first: string; // YYYY-MM-DD, empty for none
}

/** One tradeline. Its values are those that its furnisher committed to if its proof is one of `provenBy`. */
export interface Line {
  tradeline: string;
  attestation: string;
  furnisher: string;
  furnisher_name: string;
  schema: string;
  version: number;
  state: string; // on the chain
  proof: Proof;
  reason?: string; // why it is not verified
  values?: { [name: string]: string };
  seed?: string;
  state_reason?: string;
  compliance?: string; // XB disputed; XC investigated, the subject disagrees; XH was disputed
  annotations?: string[];
  show_until: string;
  subject?: string; // pseudonym, where it is an alias
  schema_name?: string; // of a built-in schema
  section: Section;
  issuer_since?: string; // since when the furnisher has the status that its licence has
  history?: Month[]; // newest first
  delinquency?: Opening;
  earlier_delinquencies?: Opening[];
}

export interface Month {
  month: string; // YYYY-MM
  code: string;
}

/** One vault that was asked. */
export interface Furnisher {
  operator: string;
  name: string;
  endpoint: string;
  licensed: boolean;
  answered: boolean;
  records: number;
  error?: string;
  digest?: string; // of its sealed answer, as in its receipt on the chain
  millis: number;
}

/** Receipt that the data user left. */
export interface Receipt {
  digest: string;
  transaction: string;
  height: number;
}

export interface Dispute {
  id: string;
  tradeline: string;
  furnisher: string;
  furnisher_name: string;
  reason: string;
  status: string;
  outcome?: string;
  opened_at: string;
  due_at?: string;
  facts?: string;
  evidence?: string;
  statement?: string;
}

/** Counts of the lines whose content is proven. */
export interface Summary {
  tradelines: number;
  public_records: number;
  statuses: Count[]; // of tradelines
  proofs: Count[]; // of all lines
  totals: Total[]; // by currency
  worst_12_months?: Worst;
  worst_24_months?: Worst;
  oldest_account?: string;
  new_accounts_6_months: number;
  inquiries: never[];
  disputes_open: number;
  frozen: boolean;
  fraud_alert: boolean;
  silent_furnishers: string[]; // names of those that did not answer
}

export interface Count {
  code: string;
  text?: string;
  count: number;
}

/** Amounts are decimal numbers of 64 bits. */
export interface Total {
  currency: string;
  accounts: number;
  balance: string;
  credit_limit: string;
  past_due: string;
  utilisation_permille?: number;
  overflow?: boolean; // a sum does not fit and says the most that does
}

export interface Worst {
  level: number; // 0 current, 1 to 6 by 30 days late, 7 charged off or in collections
  text: string;
}

/** Whether the values of a line are those that its furnisher committed to. */
export const provenBy = (proof: Proof): boolean => proof === "verified" || proof === "disputed" || proof === "issuer-not-licensed";
