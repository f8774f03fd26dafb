// Times and dates as Go's package time counts them, in UTC.
import { nanoseconds, type Time } from "../time.js";

/** Nanoseconds since 1970. */
export type Instant = bigint;

/** 0001-01-01: nothing is said. */
export const zero: Instant = -62_135_596_800_000_000_000n;

const day = 86_400_000_000_000n;

export const instant = (at: Time | undefined): Instant => (at ? nanoseconds(at) : zero);

/** Reads YYYY-MM-DD of a day that the calendar has, from the year 0 on. */
export function parseDay(text: string): Instant | undefined {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!parts) return undefined;
  const [year, month, date] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const at = new Date(new Date(0).setUTCFullYear(year, month - 1, date));
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== date) return undefined;
  return BigInt(at.getTime()) * 1_000_000n;
}

/** The day that an instant is on, at its beginning. */
function dayOf(at: Instant): Date {
  const days = (at - (((at % day) + day) % day)) / day;
  return new Date(Number(days) * 86_400_000);
}

/** Adds to year, month and day each, and then carries what is too much: a month after January 31 is March 3. */
export function addDate(at: Instant, years: number, months: number, days: number): Instant {
  const from = dayOf(at);
  const rest = at - BigInt(from.getTime()) * 1_000_000n;
  return BigInt(from.setUTCFullYear(from.getUTCFullYear() + years, from.getUTCMonth() + months, from.getUTCDate() + days)) * 1_000_000n + rest;
}

const padded = (n: number, size: number): string => (n < 0 ? "-" : "") + String(Math.abs(n)).padStart(size, "0");

/** YYYY-MM */
export function monthText(at: Instant): string {
  const date = dayOf(at);
  return `${padded(date.getUTCFullYear(), 4)}-${padded(date.getUTCMonth() + 1, 2)}`;
}

/** YYYY-MM-DD */
export const dayText = (at: Instant): string => `${monthText(at)}-${padded(dayOf(at).getUTCDate(), 2)}`;

/** The first day of the month. */
export function monthOf(at: Instant): Instant {
  const date = dayOf(at);
  return BigInt(new Date(0).setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth(), 1)) * 1_000_000n;
}

/** Whole months from one to the other, 0 if it is before. */
export function monthsBetween(from: Instant, to: Instant): number {
  const [a, b] = [dayOf(from), dayOf(to)];
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
  return Math.max(0, b.getUTCDate() < a.getUTCDate() ? months - 1 : months);
}
