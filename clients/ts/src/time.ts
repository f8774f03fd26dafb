/** A time to the nanosecond, as protobuf has it. */
export interface Time {
  seconds: bigint;
  nanos: number;
}

/** RFC 3339 in UTC with the digits that a time has, as Go's time.RFC3339Nano writes it. */
export function timeText({ seconds, nanos }: Time): string {
  const whole = wholeSeconds(seconds);
  return nanos === 0 ? `${whole}Z` : `${whole}.${String(nanos).padStart(9, "0").replace(/0+$/, "")}Z`;
}

/** The same to the second, as Go's time.RFC3339 writes it. */
export const timeToSecond = ({ seconds }: Time): string => `${wholeSeconds(seconds)}Z`;

const wholeSeconds = (seconds: bigint): string => {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) throw new Error("a time that no calendar has");
  return date.toISOString().slice(0, -5);
};

/** Reads RFC 3339 in UTC with up to nine digits after the second. */
export function timeOf(text: string): Time {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/.exec(text);
  const milliseconds = parts ? Date.parse(`${parts[1]}Z`) : NaN;
  if (!parts || Number.isNaN(milliseconds)) throw new Error("not a time in UTC");
  return { seconds: BigInt(milliseconds / 1000), nanos: Number((parts[2] ?? "").padEnd(9, "0")) };
}

/** Nanoseconds since 1970. */
export const nanoseconds = ({ seconds, nanos }: Time): bigint => seconds * 1_000_000_000n + BigInt(nanos);

export const timeAt = (nanoseconds: bigint): Time => {
  const nanos = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: (nanoseconds - nanos) / 1_000_000_000n, nanos: Number(nanos) };
};
