import { Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { block, latestBlock } from "../api/queries";
import { DataTable } from "../components/data-table";
import { Result } from "../components/states";
import { Time } from "../components/time";

const shown = 20;

/** The newest blocks. A block that was read is not read again: each look asks for the new ones alone. */
export function Blocks() {
  const { t } = useTranslation();
  const latest = useQuery(latestBlock);
  return (
    <Stack>
      <Title order={1}>{t("menu.blocks")}</Title>
      <Result of={latest}>
        {(data) => {
          const height = Number(data.block.header.height);
          const heights = Array.from({ length: Math.min(shown, height) }, (_, i) => String(height - i));
          return (
            <DataTable
              caption={t("menu.blocks")}
              empty=""
              rows={heights}
              keyOf={(h) => h}
              columns={[
                { name: t("block.height"), cell: (h) => <Link to="/blocks/$height" params={{ height: h }}>{h}</Link> },
                { name: t("block.time"), cell: (h) => <BlockTime height={h} /> },
                { name: t("block.txs"), cell: (h) => <BlockSize height={h} /> },
              ]}
            />
          );
        }}
      </Result>
    </Stack>
  );
}

function BlockTime({ height }: { height: string }) {
  const { data } = useQuery(block(height));
  return data ? <Time at={data.block.header.time} /> : "…";
}

function BlockSize({ height }: { height: string }) {
  const { data } = useQuery(block(height));
  return data ? data.block.data.txs.length : "…";
}
