import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { find } from "../shell/find";
import { dayName, daysBack, today } from "./days";
import { counts } from "./indexer";
import { queries } from "./queries";

/** A node that answers by path; everything else is not found. It keeps what it was asked. */
function node(answers: Record<string, [status: number, body: unknown]>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address);
    const [status, body] = answers[address.split("?")[0]!] ?? [404, { code: 2, name: "UNKNOWN", message: "no" }];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  return asked;
}

const away = [503, { code: 5, name: "NOT_READY", message: "away" }] as [number, unknown];
const institutions: [number, unknown] = [200, { institutions: [], pagination: { next_key: null, total: "0" } }];
const paths = { institutions: "/creditd/institution/v1/institutions", search: "/indexer/v1/search", status: "/indexer/v1/status", activity: "/indexer/v1/activity" };
const withIndexer: [number, unknown] = [200, { indexer: "/indexer/v1/" }];
const toIndexer = (asked: string[]) => asked.filter((address) => address.startsWith("/indexer/"));

beforeEach(() => queries.clear());
afterEach(() => vi.unstubAllGlobals());

describe("search", () => {
  const hits = [
    { kind: "account", id: "credit1abc", name: "" },
    { kind: "institution", id: "credit1abc", name: "Aldermoor Bank" },
    { kind: "transaction", id: "AB12", name: "" },
  ];

  it("finds by the beginning where there is an indexer", async () => {
    node({ "/": withIndexer, [paths.institutions]: institutions, [paths.search]: [200, { hits }] });
    expect(await find(" alder ")).toEqual([
      { page: "/institutions/credit1abc", kind: "institution", name: "Aldermoor Bank" },
      { page: "/txs/AB12", kind: "transaction", name: "AB12" },
    ]);
  });

  it("does not ask it about what the node knows, or about three letters", async () => {
    const asked = node({ "/": withIndexer, [paths.institutions]: institutions, [paths.search]: [200, { hits }] });
    expect(await find("7")).toEqual([{ page: "/blocks/7", kind: "", name: "7" }]);
    expect(await find("ald")).toEqual([]);
    expect(toIndexer(asked)).toEqual([]);
  });

  it("finds nothing without one, and asks for none", async () => {
    const asked = node({ "/": [200, {}], [paths.institutions]: institutions, [paths.search]: [200, { hits }] });
    expect(await find("alder")).toEqual([]);
    expect(toIndexer(asked)).toEqual([]);
  });

  it("finds nothing while it is away", async () => {
    node({ "/": withIndexer, [paths.institutions]: institutions, [paths.search]: away });
    expect(await find("alder")).toEqual([]);
  });
});

describe("counts", () => {
  const days = Array.from({ length: daysBack }, (_, i) => dayName(today() - daysBack + 1 + i));
  const points = days.map((day, i) => ({ time: `${day}T00:00:00Z`, count: i }));
  const status: [number, unknown] = [200, { first_height: 1, height: 70 }];

  it("are of the last days, the last one today", async () => {
    const asked = node({ "/": withIndexer, [paths.status]: status, [paths.activity]: [200, { points }] });
    const found = await queries.fetchQuery(counts);
    expect(found).toMatchObject({ first: 1, height: 70, days });
    expect(found?.counts.disputes.at(-1)).toBe(daysBack - 1);
    expect(asked).toContain(`/indexer/v1/activity?kind=records&bucket=day&from=${encodeURIComponent(`${days[0]}T00:00:00Z`)}`);
  });

  it("are not there without an indexer, or while it is away", async () => {
    const asked = node({ "/": [200, {}] });
    expect(await queries.fetchQuery(counts)).toBeNull();
    expect(toIndexer(asked)).toEqual([]);
    for (const [one, all] of [[away, status], [status, away]] as const) {
      queries.clear();
      node({ "/": withIndexer, [paths.status]: one, [paths.activity]: all });
      expect(await queries.fetchQuery(counts)).toBeNull();
    }
  });
});
