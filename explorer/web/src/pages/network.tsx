import { Stack, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import { latestBlock, live, type Syncing, validatorSet } from "../api/queries";
import { DataTable } from "../components/data-table";
import { Facts } from "../components/facts";
import { Party } from "../components/institution";
import { Result } from "../components/states";
import { Time } from "../components/time";

interface NodeInfo {
  default_node_info: { moniker: string; network: string; version: string };
  application_version: { version: string; git_commit: string; go_version: string; cosmos_sdk_version: string };
}

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
  if (!data?.plan || !latest.data) return null;
  const left = Number(data.plan.height) - Number(latest.data.block.header.height);
  return (
    <Facts
      of={[
        [t("network.upgrade"), data.plan.name],
        [t("network.upgradeAt"), data.plan.height],
        [t("network.blocksLeft"), left],
        [t("block.time"), <Time at={latest.data.block.header.time} exact />],
      ]}
    />
  );
}
