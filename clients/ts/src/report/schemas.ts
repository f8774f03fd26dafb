// The built-in schemas: x/attestation/schemas. A record of any other is not verified. A test compares with the files of the chain,
// and computes the ids again.
import type { HiddenField } from "../proof/commitments.js";
import type { Kind } from "../proof/record.js";

/** Section of a report that a line is in. */
export type Section = "tradeline" | "public-record" | "other";

export interface BuiltIn {
  id: string; // 64 hexadecimal digits
  name: string;
  section: Section;
  fields: HiddenField[]; // in leaf order
}

/** Reads "name kind", with a c behind it for a field in the circuit commitment, and an s for one with an amount commitment. */
function field(text: string): HiddenField {
  const [name, kind, flags = ""] = text.split(" ");
  return { name: name!, kind: kind as Kind, circuit: flags.includes("c"), summed: flags.includes("s") };
}

const schema = (name: string, section: Section, id: string, fields: string): BuiltIn => ({ id, name, section, fields: fields.split(", ").map(field) });

export const builtIn: readonly BuiltIn[] = [
  schema("creditd.licence", "public-record", "9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23",
    "type code, number code, jurisdiction code, sector code, status code, issued date, expires date, reported_as_of date"),
  schema("creditd.score", "other", "567afea8c9e141674d7d4659cc76c5ba5adf897e2a8234460a9f6f2376345908",
    "model code, score integer c, score_min integer, score_max integer, reason_1 code, reason_2 code, reason_3 code, " +
    "reason_4 code, calculated_on date"),
  schema("creditd.tax.standing", "public-record", "492f9e2f949ff485712d3948774e658fcb452d5e1f7ab123ca82900f2977e861",
    "jurisdiction code, tax code, standing code c, grade code, period_from date, period_to date, returns_due integer, " +
    "returns_missed integer, currency code, paid amount, outstanding amount c, reported_as_of date"),
  schema("creditd.tradeline.firm", "tradeline", "337170d28ff3e92e85745c6b4b3c78c7a55bdb50b5c0016433a60a0d8e6e1b8b",
    "portfolio_type code, currency code, opened date c, closed date, term_months integer, original_amount amount c, " +
    "credit_limit amount, balance amount cs, past_due amount, guaranteed_amount amount, status code c, payment_history code " +
    "c, date_first_delinquency date c, charge_off_date date, charge_off_amount amount, sector code, region code, " +
    "reported_as_of date"),
  schema("creditd.tradeline.person", "tradeline", "6341d7d81b82c318411c08bc550e4572724713554b5f492b17e6afcd5ec6ad74",
    "portfolio_type code, currency code, opened date c, closed date, term_months integer, original_amount amount c, " +
    "credit_limit amount, balance amount cs, past_due amount, last_payment amount, status code c, payment_history code c, " +
    "date_first_delinquency date c, charge_off_date date, charge_off_amount amount, reported_as_of date"),
  schema("creditd.utility.payment", "other", "1c89b0a23307447a0a5e9b2f10e76bb3dd4e5c8963f3a442f1e772a646c5dd02",
    "service code, currency code, opened date, closed date, status code, payment_history code, months_reported integer, " +
    "months_late integer, balance amount, past_due amount, reported_as_of date"),
];

const byID = new Map(builtIn.map((each) => [each.id, each]));

/** The schema of that id, if this program knows it. */
export const schemaOf = (id: string): BuiltIn | undefined => byID.get(id);
