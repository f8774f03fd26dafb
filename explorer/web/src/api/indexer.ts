// What a node has no index for, from the indexer that it passes on to, where it has one. Without it, or while it is away, pages
// show what the node knows: nothing here fails for want of it.
import { queryOptions } from "@tanstack/react-query";

import { ApiError, get, type Parameters } from "./client";
import { dayName, daysBack, today } from "./days";
import { queries } from "./queries";

/** Whether the node says that it has one: it is not asked otherwise. */
const served = queryOptions({
  queryKey: ["indexer"],
  queryFn: async ({ signal }) => (await get<{ indexer?: string }>("/", {}, signal)).indexer !== undefined,
  staleTime: Infinity, // a node reads its configuration when it starts
});

/** Its answer, or null when there is none to be had. */
async function ask<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T | null> {
  try {
    return (await queries.ensureQueryData(served)) ? await get<T>(`/indexer/v1/${path}`, parameters, signal) : null;
  } catch (cause) {
    if (cause instanceof ApiError) return null;
    throw cause;
  }
}

/** Something that was found, and the page about it. */
export interface Found {
  page: string;
  kind: string;
  name: string;
}

interface Hit {
  kind: string;
  id: string;
  name: string;
}

/** Pages of the kinds of hits; what is not here has none. */
const pages: Record<string, string> = {
  block: "/blocks/", transaction: "/txs/", institution: "/institutions/", schema: "/schemas/", attestation: "/attestations/",
  inquiry: "/inquiries/", dispute: "/disputes/",
};

/** Fewer characters find nothing in particular. */
const leastSearched = 4;

/** What begins with a text. */
export async function searched(text: string): Promise<Found[]> {
  if (text.length < leastSearched || text.length > 128) return [];
  const answer = await ask<{ hits: Hit[] }>("search", { q: text });
  const found = (answer?.hits ?? []).flatMap(({ kind, id, name }) => (pages[kind] ? [{ page: pages[kind] + id, kind, name: name || id }] : []));
  return found.filter((one, i) => found.findIndex((other) => other.page === one.page) === i);
}

/** What is counted by the day. */
export const counted = ["records", "consents", "inquiries", "disputes"] as const;
export type Counted = (typeof counted)[number];

export interface Counts {
  first: number; // block from which on there are counts
  height: number; // and up to which
  days: string[]; // UTC, the last is today
  counts: Record<Counted, number[]>;
}

interface Series {
  points: { time: string; count: number }[];
}

/** What was counted on each of the last days; null without an indexer. */
export const counts = queryOptions({
  queryKey: ["indexer", "counts"],
  queryFn: async ({ signal }): Promise<Counts | null> => {
    const from = `${dayName(today() - daysBack + 1)}T00:00:00Z`;
    const status = await ask<{ first_height: number; height: number }>("status", {}, signal);
    if (!status) return null; // one refusal tells as much as five
    const series = await Promise.all(counted.map((kind) => ask<Series>("activity", { kind, bucket: "day", from }, signal)));
    const [one] = series;
    if (!one || series.includes(null)) return null;
    const of = (i: number) => series[i]!.points.map((point) => point.count);
    return {
      first: status.first_height, height: status.height, days: one.points.map((point) => point.time.slice(0, 10)),
      counts: { records: of(0), consents: of(1), inquiries: of(2), disputes: of(3) },
    };
  },
  refetchInterval: 10_000,
});
