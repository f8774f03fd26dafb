import { SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { block, institutions, latestBlock, latestTxs, live, validatorSet } from "../api/queries";
import { Figure } from "../components/figure";
import { Result } from "../components/states";
import { TxTable } from "../components/tx-table";
import { opened } from "../lib/opened";

/** Blocks over which the time between blocks is averaged. */
const window = 20;

/** Newest transactions that are listed, and that are counted. A node says much of each, so they wait until the page is usable. */
const listed = 10;
const counted = 50;

// Drawn after what counts is on the screen.
const Activity = lazy(() => import("./overview-charts").then((m) => ({ default: m.Activity })));

export function Overview() {
  const { t } = useTranslation();
  const latest = useQuery(latestBlock);
  const set = useQuery(validatorSet);
  const members = useQuery(institutions);
  const [later, setLater] = useState(false);
  useEffect(() => void opened.then(() => setLater(true)), []);
  const txs = useQuery({ ...latestTxs(listed), enabled: later });
  const many = useQuery({ ...latestTxs(counted), enabled: later, refetchInterval: 5 * live });
  const header = latest.data?.block.header;
  return (
    <Stack>
      <Title order={1}>{header?.chain_id ?? t("menu.overview")}</Title>
      <Text maw={720}>{t("overview.lead")}</Text>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name={t("overview.height")}>{header?.height ?? "…"}</Figure>
        <Figure name={t("overview.blockTime")}>{header ? <Pace height={Number(header.height)} time={header.time} /> : "…"}</Figure>
        <Figure name={t("overview.validators")}>{set.data?.members.length ?? "…"}</Figure>
        <Figure name={t("overview.institutions")}>{members.data?.length ?? "…"}</Figure>
      </SimpleGrid>
      <div style={{ minHeight: 300 }}>
        {header && many.data && (
          <Suspense>
            <Activity height={Number(header.height)} txs={many.data.tx_responses} all={Number(many.data.total) <= counted} />
          </Suspense>
        )}
      </div>
      <Title order={2} size="h3">
        {t("overview.latest")}
      </Title>
      <Result of={txs}>{(data) => <TxTable txs={data.tx_responses} empty={t("overview.none")} />}</Result>
    </Stack>
  );
}

/** Mean seconds between the last blocks; taken anew every `window` blocks, so that it does not flicker. */
function Pace({ height, time }: { height: number; time: string }) {
  const { t } = useTranslation();
  // Not the first block: its time is that of the genesis, which may be long before.
  const early = Math.max(2, Math.floor((height - 1) / window) * window - window);
  const { data } = useQuery({ ...block(String(early)), enabled: early < height });
  if (!data || early >= height) return "…";
  const seconds = (Date.parse(time) - Date.parse(data.block.header.time)) / 1000 / (height - early);
  return t("overview.seconds", { value: seconds.toFixed(2) });
}
