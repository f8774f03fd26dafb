// Days as the chain counts them, in UTC.

const msPerDay = 86_400_000;

/** Days that are looked back on. */
export const daysBack = 90;

/** Day of a time in milliseconds, since 1970-01-01. */
export const dayOf = (ms: number): number => Math.floor(ms / msPerDay);

export const today = (): number => dayOf(Date.now());

/** "2027-01-31" of a day. */
export const dayName = (day: number): string => new Date(day * msPerDay).toISOString().slice(0, 10);
