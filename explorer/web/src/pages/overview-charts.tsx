import { SimpleGrid, Stack, Text } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { daysBack } from "../api/days";
import { counted, counts, type Counted, type Counts } from "../api/indexer";
import { block } from "../api/queries";
import type { Message, TxResponse } from "../api/types";
import { Chart } from "../components/chart";
import { Figure } from "../components/figure";
import { kindOf } from "../components/sentence";

/** Blocks that are drawn. */
const shown = 24;

/** An indexer that is further behind, in blocks, has not counted all of today. */
const behind = 30;

/** The last blocks, and what was reported, allowed, looked at and disputed. */
export function Activity({ height, txs, all }: { height: number; txs: TxResponse[]; all: boolean }) {
  const { data } = useQuery(counts);
  return (
    <Stack>
      <Today txs={txs} all={all} counts={data && height - data.height < behind ? data : null} />
      <Blocks height={height} />
      {data && <Days of={data} />}
    </Stack>
  );
}

/** How many of what a message brings. */
function brought(message: Message): [Counted, number] | undefined {
  const reports = Array.isArray(message.reports) ? message.reports.length : 1;
  switch (kindOf(message)) {
    case "credit.Furnish":
    case "credit.FurnishBatch":
    case "credit.UpdateBatch":
    case "credit.Correct":
      return ["records", reports];
    case "credit.GrantConsent":
      return ["consents", 1];
    case "credit.OpenInquiry":
    case "credit.OpenOwnInquiry":
      return ["inquiries", 1];
    case "credit.OpenDispute":
      return ["disputes", 1];
    default:
      return undefined;
  }
}

/** Of today (UTC), by the indexer, or counted from the newest transactions: "at least" when these do not reach back to midnight. */
function Today({ txs, all, counts }: { txs: TxResponse[]; all: boolean; counts: Counts | null }) {
  const { t } = useTranslation();
  const { sums, whole } = useMemo(() => {
    const midnight = new Date().setUTCHours(0, 0, 0, 0);
    const todays = txs.filter((tx) => Date.parse(tx.timestamp) >= midnight);
    const sums: Record<Counted, number> = { records: 0, consents: 0, inquiries: 0, disputes: 0 };
    for (const tx of todays) {
      if (tx.code !== 0) continue;
      for (const message of tx.tx?.body.messages ?? []) {
        const found = brought(inner(message));
        if (found) sums[found[0]] += found[1];
      }
    }
    return { sums, whole: all || todays.length < txs.length };
  }, [txs, all]);
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      {counted.map((thing) => (
        <Figure key={thing} name={t(`overview.${thing}`)}>
          {counts ? counts.counts[thing].at(-1) : whole ? sums[thing] : t("overview.atLeast", { count: sums[thing] })}
        </Figure>
      ))}
    </SimpleGrid>
  );
}

/** What a subject signed counts as if it had sent it. */
function inner(message: Message): Message {
  const order = message.order ?? message.message;
  return typeof order === "object" && order !== null && "@type" in order ? (order as Message) : message;
}

function Blocks({ height }: { height: number }) {
  const { t } = useTranslation();
  const first = Math.max(2, height - shown);
  const heights = Array.from({ length: Math.max(0, height - first + 1) }, (_, i) => String(first + i));
  const blocks = useQueries({ queries: heights.map((h) => block(h)), combine: (results) => results.map((r) => r.data?.block) });
  const drawn = useMemo(() => {
    const known = blocks.filter((b) => b !== undefined);
    const rest = known.slice(1);
    const seconds = rest.map((b, i) => (Date.parse(b.header.time) - Date.parse(known[i]!.header.time)) / 1000);
    return {
      labels: rest.map((b) => b.header.height),
      seconds: [{ name: t("overview.blockTime"), values: seconds }],
      txs: [{ name: t("block.txs"), values: rest.map((b) => b.data.txs.length) }],
    };
  }, [blocks, t]);
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Chart title={t("overview.blockTimeChart")} kind="line" decimals={2} labels={drawn.labels} series={drawn.seconds} />
      <Chart title={t("overview.txChart")} kind="bar" labels={drawn.labels} series={drawn.txs} />
    </SimpleGrid>
  );
}

/** Days that are drawn at least, so that one day does not fill the chart. */
const leastDays = 14;

/** From the first of the last days on which anything happened. */
function Days({ of: { first, days, counts } }: { of: Counts }) {
  const { t } = useTranslation();
  const drawn = useMemo(() => {
    const began = days.findIndex((_, i) => counted.some((thing) => counts[thing][i] !== 0));
    const from = Math.max(0, Math.min(began < 0 ? days.length : began, days.length - leastDays));
    return { labels: days.slice(from), series: counted.map((thing) => ({ name: t(`overview.${thing}Each`), values: counts[thing].slice(from) })) };
  }, [days, counts, t]);
  return (
    <>
      <Chart title={t("overview.dayChart", { days: daysBack })} kind="line" labels={drawn.labels} series={drawn.series} />
      {first > 1 && <Text size="sm">{t("overview.since", { height: first })}</Text>}
    </>
  );
}
