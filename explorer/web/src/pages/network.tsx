import { Stack, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import { block, latestBlock, live, type Syncing, validatorSet } from "../api/queries";
import { DataTable } from "../components/data-table";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Party } from "../components/institution";
import { Result } from "../components/states";
import { Time } from "../components/time";

interface NodeInfo {
  default_node_info: { moniker: string; network: string; version: string };
  application_version: { version: string; git_commit: string; go_version: string; cosmos_sdk_version: string };
}

interface Peers {
  peers: { name: string; id: string; version: string; outbound: boolean }[];
}

// Not of the chain but of this node: it stands beside the pages.
const peers = queryOptions({
  queryKey: ["peers"],
  queryFn: ({ signal }) => get<Peers>("/ui/peers.json", {}, signal),
  refetchInterval: 5 * live,
});

interface Plan {
  plan: { name: string; height: string; info: string } | null;
}

const node = queryOptions({
  queryKey: ["node"],
  queryFn: ({ signal }) => get<NodeInfo>("/cosmos/base/tendermint/v1beta1/node_info", {}, signal),
});

const syncing = queryOptions({
  queryKey: ["syncing"],
  queryFn: ({ signal }) => get<Syncing>("/cosmos/base/tendermint/v1beta1/syncing", {}, signal),
  refetchInterval: 5 * live,
});

const upgrade = queryOptions({
  queryKey: ["upgrade"],
  queryFn: ({ signal }) => get<Plan>("/cosmos/upgrade/v1beta1/current_plan", {}, signal),
  refetchInterval: 5 * live,
});

/** Blocks over which the time between blocks is averaged. */
const pace = 20;

/** This node, the validators, and the next upgrade. */
export function Network() {
  const { t } = useTranslation();
  const state = useQuery(syncing);
  return (
    <Stack>
      <Title order={1}>{t("menu.network")}</Title>
      <Upgrade />
      <Title order={2} size="h3">
        {t("network.node")}
      </Title>
      <Result of={useQuery(node)}>
        {({ default_node_info: info, application_version: app }) => (
          <Facts
            of={[
              [t("network.chain"), info.network],
              [t("network.name"), info.moniker],
              [t("network.version"), `${app.version} (${app.git_commit.slice(0, 12)})`],
              [t("network.comet"), info.version],
              [t("network.sdk"), app.cosmos_sdk_version],
              [t("network.syncing"), state.data && t(state.data.syncing ? "yes" : "no")],
              [t("network.blocks"), state.data && `${state.data.earliest_block_height} – ${state.data.latest_block_height}`],
            ]}
          />
        )}
      </Result>
      <Title order={2} size="h3">
        {t("network.peers")}
      </Title>
      <Result of={useQuery(peers)}>
        {(data) => (
          <DataTable
            caption={t("network.peers")}
            empty={t("network.noPeers")}
            rows={data.peers}
            keyOf={(p) => p.id}
            columns={[
              { name: t("network.name"), cell: (p) => p.name },
              { name: t("network.comet"), cell: (p) => p.version },
              { name: t("network.outbound"), cell: (p) => t(p.outbound ? "yes" : "no") },
              { name: t("schema.id"), cell: (p) => <Id value={p.id} /> },
            ]}
          />
        )}
      </Result>
      <Title order={2} size="h3">
        {t("overview.validators")}
      </Title>
      <Result of={useQuery(validatorSet)}>
        {(data) => (
          <DataTable
            caption={t("overview.validators")}
            empty=""
            rows={data.members}
            keyOf={(m) => m.operator}
            columns={[
              { name: t("institution.name"), cell: (m) => <Party address={m.operator} /> },
              { name: t("institution.power"), cell: (m) => m.power },
              { name: t("network.retained"), cell: (m) => t(m.retained ? "yes" : "no") },
            ]}
          />
        )}
      </Result>
    </Stack>
  );
}

/** The planned upgrade with the time that is left at the pace of the last blocks; nothing when none is planned. */
function Upgrade() {
  const { t } = useTranslation();
  const { data } = useQuery(upgrade);
  const latest = useQuery(latestBlock);
  const height = Number(latest.data?.block.header.height ?? 0);
  const early = String(Math.max(2, Math.floor((height - 1) / pace) * pace - pace));
  const before = useQuery({ ...block(early), enabled: height > pace });
  if (!data?.plan || !latest.data) return <Text>{t("network.noUpgrade")}</Text>;
  const left = Math.max(0, Number(data.plan.height) - height);
  const now = Date.parse(latest.data.block.header.time);
  const perBlock = before.data && (now - Date.parse(before.data.block.header.time)) / (height - Number(early));
  return (
    <Facts
      of={[
        [t("network.upgrade"), data.plan.name],
        [t("network.upgradeAt"), data.plan.height],
        [t("network.blocksLeft"), left],
        [t("network.upgradeAbout"), perBlock ? <Time at={new Date(now + left * perBlock).toISOString()} /> : undefined],
      ]}
    />
  );
}
