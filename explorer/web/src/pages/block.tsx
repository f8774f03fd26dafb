import { Group, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { block, blockTxs } from "../api/queries";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Result } from "../components/states";
import { Time } from "../components/time";
import { TxTable } from "../components/tx-table";
import { hexOf } from "../lib/bytes";

export function BlockPage() {
  const { t } = useTranslation();
  const { height } = useParams({ strict: false }) as { height: string };
  const one = useQuery(block(height));
  const txs = useQuery(blockTxs(height));
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>{t("block.one", { height })}</Title>
        <Group className="no-print">
          {Number(height) > 1 && <Neighbour height={Number(height) - 1}>← {t("block.previous")}</Neighbour>}
          <Neighbour height={Number(height) + 1}>{t("block.next")} →</Neighbour>
        </Group>
      </Group>
      <Result of={one}>
        {({ block_id, block: { header } }) => (
          <Facts
            of={[
              [t("block.time"), <Time at={header.time} exact />],
              [t("block.hash"), <Id value={hexOf(block_id.hash)} whole />],
              [t("block.proposer"), <Id value={hexOf(header.proposer_address)} />],
              [t("block.appHash"), <Id value={hexOf(header.app_hash)} whole />],
            ]}
          />
        )}
      </Result>
      {one.data && (
        <>
          <Title order={2} size="h3">
            {t("block.txs")}
          </Title>
          <Result of={txs}>{(data) => <TxTable txs={data.tx_responses} empty={t("block.noTxs")} />}</Result>
        </>
      )}
    </Stack>
  );
}

function Neighbour({ height, children }: { height: number; children: ReactNode }) {
  return (
    <Link to="/blocks/$height" params={{ height: String(height) }}>
      {children}
    </Link>
  );
}
