// What follows from the lines: vault/report, summary.go and score/attributes.go. Only lines whose content is proven are counted.
import { utf8 } from "../proof/bytes.js";
import type { Values } from "../proof/commitments.js";
import { optional } from "../proof/words.js";
import { addDate, monthText, monthOf, monthsBetween, parseDay, zero, type Instant } from "./calendar.js";
import { provenBy, type Count, type Dispute, type Freeze, type Furnisher, type Line, type Month, type Report, type Summary, type Total, type Worst } from "./report.js";

/** Statuses of Metro 2, in the words of x/attestation/schemas/README.md. */
export const statuses: { readonly [code: string]: string } = {
  11: "current", 71: "30 days late", 78: "60 days late", 80: "90 days late", 82: "120 days late", 83: "150 days late", 84: "180 days late",
  93: "collections", 97: "charged off", 13: "paid or closed", 61: "paid, was late", 62: "paid, was late", 63: "paid, was late",
  64: "paid, was charged off", 65: "paid, was late",
};

/** More months than a code field has characters. */
const maxHistory = 64;

/** Reads a payment history: its characters are for the months before reported_as_of, newest first. */
export function historyOf(values: Values): Month[] {
  const codes = Array.from(utf8(values.payment_history ?? ""), (byte) => (byte < 0x80 ? String.fromCharCode(byte) : "\ufffd"));
  const asOf = parseDay(values.reported_as_of ?? "");
  if (asOf === undefined || codes.length > maxHistory) return [];
  return codes.map((code, i) => ({ month: monthText(addDate(monthOf(asOf), 0, -(i + 1), 0)), code }));
}

/** A level of payment: 0 current, 1 to 6 by 30 days late, 7 a loss; -1 where nothing is known. */
const loss = 7;
const levels: { readonly [code: string]: number } = { 0: 0, E: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, G: loss, H: loss, J: loss, K: loss, L: loss };
const levelsOfStatus: { readonly [code: string]: number } = { 71: 1, 78: 2, 80: 3, 82: 4, 83: 5, 84: 6, 93: loss, 97: loss };

function levelText(level: number): string {
  if (level <= 0) return "current";
  if (level >= loss) return "charged off or in collections";
  return level === 6 ? "180 days late or more" : `${30 * level} days late`;
}

export function summarise(r: Pick<Report, "lines" | "furnishers" | "disputes" | "freeze" | "fraud_alert">, frozen: boolean, at: Instant): Summary {
  const proven = r.lines.filter((line) => provenBy(line.proof));
  const accounts = proven.filter((line) => line.section === "tradeline");
  const opened = accounts.map((line) => line.values?.opened ?? "").filter((text) => text !== "").sort();
  return {
    tradelines: accounts.length, public_records: proven.filter((line) => line.section === "public-record").length,
    statuses: count(accounts.map((line) => line.values?.status ?? ""), statuses), proofs: count(r.lines.map((line) => line.proof)),
    totals: totals(accounts), ...(accounts.length > 0 && worst(accounts, at)), ...optional({ oldest_account: opened[0] }),
    new_accounts_6_months: opened.filter((text) => isNew(dateOf(text), at)).length,
    inquiries: [], disputes_open: r.disputes.filter(({ status }: Dispute) => status !== "closed").length,
    frozen: r.freeze !== undefined && frozen, fraud_alert: r.fraud_alert !== undefined, silent_furnishers: silent(r.furnishers),
  };
}

/** Frozen, and not lifted for all. `liftedUntil` is that of the freeze. */
export const frozenNow = (freeze: Freeze | undefined, liftedUntil: Instant | undefined, at: Instant): boolean =>
  freeze !== undefined && (liftedUntil === undefined || at >= liftedUntil || freeze.lifted_for !== undefined);

const silent = (furnishers: Furnisher[]): string[] => furnishers.filter(({ answered }) => !answered).map(({ name, operator }) => name || operator);

function count(codes: string[], texts?: { readonly [code: string]: string }): Count[] {
  return [...new Set(codes)].sort().map((code) => ({
    code: code || "none", ...optional({ text: texts && Object.hasOwn(texts, code) ? texts[code] : undefined }), count: codes.filter((each) => each === code).length,
  }));
}

const dateOf = (text: string | undefined): Instant => parseDay(text ?? "") ?? zero;
const isNew = (opened: Instant, at: Instant): boolean => opened !== zero && opened >= addDate(at, 0, -6, 0);

/** Worst levels of the months that lie so far back, and of the present status. */
function worst(accounts: Line[], at: Instant): { worst_12_months: Worst; worst_24_months: Worst } {
  const within = (months: number): Worst => {
    let level = 0;
    for (const { values, history } of accounts) {
      const asOf = dateOf(values?.reported_as_of);
      const stale = asOf === zero ? 0 : monthsBetween(asOf, at); // the months of the account lie so much further back
      if (stale <= months) level = Math.max(level, levelsOfStatus[values?.status ?? ""] ?? 0);
      (history ?? []).forEach(({ code }, i) => {
        if (stale + i + 1 <= months) level = Math.max(level, levels[code] ?? -1);
      });
    }
    return { level, text: levelText(level) };
  };
  return { worst_12_months: within(12), worst_24_months: within(24) };
}

const maxAmount = 2n ** 63n - 1n;

/** A sum of 64 bits: an amount that does not fit is left out. */
class Sum {
  value = 0n;
  overflow = false;

  add(amount: bigint): void {
    const sum = this.value + amount;
    if (sum > maxAmount || sum < -maxAmount - 1n) this.overflow = true;
    else this.value = sum;
  }
}

function totals(accounts: Line[]): Total[] {
  const currencyOf = (line: Line): string => line.values?.currency ?? "";
  const amount = (line: Line, name: string): bigint => BigInt(line.values?.[name] ?? "0");
  return [...new Set(accounts.map(currencyOf))].sort().map((currency) => {
    const mine = accounts.filter((line) => currencyOf(line) === currency);
    const [balance, pastDue, limit, used] = [new Sum(), new Sum(), new Sum(), new Sum()];
    for (const line of mine) {
      balance.add(amount(line, "balance"));
      pastDue.add(amount(line, "past_due"));
      if (amount(line, "credit_limit") <= 0n) continue;
      limit.add(amount(line, "credit_limit"));
      if (amount(line, "balance") > 0n) used.add(amount(line, "balance"));
    }
    const overflow = [balance, pastDue, limit, used].some((sum) => sum.overflow);
    return {
      currency, accounts: mine.length, balance: String(balance.value), credit_limit: String(limit.value), past_due: String(pastDue.value),
      ...(limit.value > 0n && { utilisation_permille: permille(used.value, limit.value) }), ...(overflow && { overflow }),
    };
  });
}

/** Of a limit that is used, rounded up, at most 9,999. */
function permille(used: bigint, limit: bigint): number {
  const whole = (used * 1000n + limit - 1n) / limit;
  return Number(whole < 9999n ? whole : 9999n);
}
