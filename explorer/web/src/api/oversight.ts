// What a supervisor sees: counts by day and institution. The chain keeps looks and silences as counts; disputes are
// counted here from the newest lines of each institution's trail, and nothing of a line but its kind and day is kept.
import { queryOptions } from "@tanstack/react-query";

import { all } from "./all";
import { get } from "./client";
import { dayOf, daysBack, today } from "./days";
import { institutions, queries } from "./queries";

/** Lines of one institution's trail that are read at most: with more, its oldest disputes are not counted. */
export const linesRead = 500;

export interface Day {
  institution: string;
  day: number;
  inquiries: { purpose: string; count: number }[];
  silences: number;
}

interface Line {
  kind: string;
  time: string;
  ref: string;
}

/** What became of the disputes that one institution is party to. */
export interface Disputes {
  institution: string;
  opened: number[]; // days
  closed: number[];
  seconds: number[]; // from each dispute to its answer
  whole: boolean; // all lines were read
}

export const days = (operator: string) =>
  queryOptions({
    queryKey: ["days", operator],
    queryFn: ({ signal }) =>
      all<Day>(`/creditd/credit/v1/institutions/${operator}/days`, "days", daysBack, { from_day: today() - daysBack + 1 }, signal),
    refetchInterval: 10_000,
  });

export const disputes = (operator: string) =>
  queryOptions({
    queryKey: ["disputes", operator],
    queryFn: async ({ signal }) => {
      const lines = await all<Line>(`/creditd/credit/v1/institutions/${operator}/trail`, "entries", linesRead, { "pagination.reverse": true }, signal);
      return count(operator, lines);
    },
    refetchInterval: 10_000,
  });

const ends = ["TRAIL_KIND_DISPUTE_ANSWERED", "TRAIL_KIND_DISPUTE_DECIDED"];

function count(institution: string, lines: Line[]): Disputes {
  const openedAt = new Map<string, number>();
  const found: Disputes = { institution, opened: [], closed: [], seconds: [], whole: lines.length < linesRead };
  for (const line of lines.toReversed()) {
    const at = Date.parse(line.time);
    if (line.kind === "TRAIL_KIND_DISPUTE_OPENED") {
      openedAt.set(line.ref, at);
      found.opened.push(dayOf(at));
    } else if (ends.includes(line.kind)) {
      found.closed.push(dayOf(at));
      const since = openedAt.get(line.ref);
      if (since !== undefined) found.seconds.push((at - since) / 1000);
    }
  }
  return found;
}

/** Days and disputes of every institution. */
export const oversight = queryOptions({
  queryKey: ["oversight"],
  queryFn: async () => {
    const members = await queries.ensureQueryData(institutions);
    const each = await Promise.all(members.map((i) => Promise.all([queries.fetchQuery(days(i.operator)), queries.fetchQuery(disputes(i.operator))])));
    return { members, days: each.flatMap(([d]) => d), disputes: each.map(([, d]) => d) };
  },
  refetchInterval: 10_000,
});

export interface Profile {
  code: string;
  jurisdictions: string[];
  inquiry_budget: number;
  dispute_days: number;
}

export const profiles = queryOptions({
  queryKey: ["profiles"],
  queryFn: ({ signal }) => get<{ profiles: Profile[] }>("/creditd/credit/v1/profiles", { "pagination.limit": 100 }, signal),
  staleTime: 60_000,
});
