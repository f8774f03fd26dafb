// How a report's amounts and codes are written: vault/report, words.go.
import { schemaOf } from "@creditd/client/report/schemas";
import type { Line, Month, Total } from "@creditd/client/report/report";

/** Exponents of ISO 4217 that differ from 2. */
const exponents = new Map([["JPY", 0], ["KRW", 0], ["VND", 0], ["CLP", 0], ["BHD", 3], ["KWD", 3], ["JOD", 3], ["OMR", 3], ["TND", 3]]);

/** Minor units as people write them: 6000000 USD becomes 60000.00 USD. */
export function money(minor: string | undefined, currency = ""): string {
  if (minor === undefined || !/^-?\d+$/.test(minor)) return "–";
  const exponent = exponents.get(currency) ?? 2;
  const digits = minor.replace("-", "").padStart(exponent + 1, "0");
  const point = digits.length - exponent;
  const amount = exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${minor.startsWith("-") ? "-" : ""}${amount}${currency && ` ${currency}`}`;
}

/** The share of the limits that is used, in per cent. */
export const used = ({ utilisation_permille: permille }: Total): string | undefined =>
  permille === undefined ? undefined : `${Math.floor(permille / 10)}.${permille % 10} %`;

/** Fields in the order of the schema, amounts with their currency. */
export function fieldsOf(line: Line): { name: string; text: string }[] {
  const values = line.values ?? {};
  const known = schemaOf(line.schema)?.fields ?? [];
  const rest = Object.keys(values).filter((name) => !known.some((field) => field.name === name)).map((name) => ({ name, kind: "string" }));
  return [...known, ...rest]
    .filter(({ name }) => Object.hasOwn(values, name))
    .map(({ name, kind }) => ({ name, text: kind === "amount" ? money(values[name], values.currency) : values[name]! }));
}

/** Codes of a payment history, a year on each line with the month that it begins with, newest first. */
export function yearsOf(history: Month[]): { month: string; codes: string }[] {
  return Array.from({ length: Math.ceil(history.length / 12) }, (_, i) => {
    const year = history.slice(12 * i, 12 * i + 12);
    return { month: year[0]!.month, codes: year.map(({ code }) => code).join("") };
  });
}
