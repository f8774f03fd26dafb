import { Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { block, institutions, latestBlock, latestTxs, validatorSet } from "../api/queries";
import { Result } from "../components/states";
import { TxTable } from "../components/tx-table";

/** Blocks over which the time between blocks is averaged. */
const window = 20;

export function Overview() {
  const { t } = useTranslation();
  const latest = useQuery(latestBlock);
  const set = useQuery(validatorSet);
  const members = useQuery(institutions);
  const txs = useQuery(latestTxs(10));
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
      <Title order={2} size="h3">
        {t("overview.latest")}
      </Title>
      <Result of={txs}>{(data) => <TxTable txs={data.tx_responses} empty={t("overview.none")} />}</Result>
    </Stack>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="xl" fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
        {children}
      </Text>
    </Paper>
  );
}

/** Mean seconds between the last blocks; taken anew every `window` blocks, so that it does not flicker. */
function Pace({ height, time }: { height: number; time: string }) {
  const { t } = useTranslation();
  const early = Math.max(1, Math.floor((height - 1) / window) * window - window);
  const { data } = useQuery(block(String(early)));
  if (!data || early >= height) return "…";
  const seconds = (Date.parse(time) - Date.parse(data.block.header.time)) / 1000 / (height - early);
  return t("overview.seconds", { value: seconds.toFixed(2) });
}
