/** The beginning and end of a long id; the whole stays in the title and the clipboard. */
export function shorten(id: string, head = 8, tail = 6): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

/** "ROLE_DATA_USER" with prefix "ROLE_" becomes "data user": what has no translation is still readable. */
export function words(value: string, prefix: string): string {
  return (value.startsWith(prefix) ? value.slice(prefix.length) : value).toLowerCase().replaceAll("_", " ");
}

/** Seconds between two times of the chain, for people: "in 3 days", "2 minutes ago". */
export function relative(time: Date, now: Date, language: string): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 31_557_600],
    ["month", 2_629_800],
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(Math.trunc(seconds), "second");
}

/** A time of the chain to the second, in UTC: what two people on the phone read must be the same. */
export function utc(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}
