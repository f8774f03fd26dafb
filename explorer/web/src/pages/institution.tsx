import { Stack, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import type { Institution } from "../api/types";
import { DataTable } from "../components/data-table";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Licence, Roles } from "../components/institution";
import { Result } from "../components/states";
import { Time } from "../components/time";
import { useWords } from "../lib/use-words";
import { Conduct, Votes } from "./institution-record";

interface View {
  institution: {
    institution: Institution;
    vault: { endpoint: string } | null;
    validator: { power: string; jailed: boolean; missed_blocks: string } | null;
  };
}

interface Change {
  height: string;
  time: string;
  status: string;
  reason: string;
}

const view = (operator: string) =>
  queryOptions({
    queryKey: ["institution", operator],
    queryFn: ({ signal }) => get<View>(`/creditd/institution/v1/institutions/${operator}`, {}, signal),
  });

const history = (operator: string) =>
  queryOptions({
    queryKey: ["institution", operator, "history"],
    queryFn: ({ signal }) =>
      get<{ changes: Change[] }>(`/creditd/institution/v1/institutions/${operator}/history`, { "pagination.limit": 100 }, signal),
  });

const params = queryOptions({
  queryKey: ["institution", "params"],
  queryFn: ({ signal }) => get<{ params: { signed_blocks_window: string } }>("/creditd/institution/v1/params", {}, signal),
  staleTime: 60_000,
});

/** Share of the window in which it signed, in percent. */
function uptime(missed: string, window: string): string {
  return (100 * (1 - Number(missed) / Number(window))).toFixed(2);
}

export function InstitutionPage() {
  const { t } = useTranslation();
  const { operator } = useParams({ strict: false }) as { operator: string };
  const one = useQuery(view(operator));
  const changes = useQuery(history(operator));
  const { data: rules } = useQuery(params);
  const say = useWords();
  return (
    <Stack>
      <Result of={one}>
        {({ institution: { institution: i, vault, validator } }) => (
          <>
            <Title order={1}>{i.name}</Title>
            <Facts
              of={[
                [t("institution.status"), <Licence status={i.status} />],
                [t("institution.number"), i.licence_number],
                [t("institution.jurisdiction"), i.jurisdiction],
                [t("institution.roles"), <Roles roles={i.roles} />],
                [t("institution.from"), <Time at={i.valid_from} exact />],
                [t("institution.until"), i.valid_until ? <Time at={i.valid_until} exact /> : "–"],
                [t("institution.operator"), <Id value={i.operator} whole />],
                [t("institution.vault"), vault?.endpoint ?? t("institution.noVault")],
                [t("institution.power"), validator?.power],
                [
                  t("institution.uptime"),
                  validator && rules && t("institution.uptimeOf", {
                    percent: uptime(validator.missed_blocks, rules.params.signed_blocks_window),
                    missed: validator.missed_blocks,
                    window: rules.params.signed_blocks_window,
                  }),
                ],
                [t("institution.jailed"), validator?.jailed ? t("yes") : undefined],
              ]}
            />
          </>
        )}
      </Result>
      {one.data && (
        <>
          <Votes operator={operator} />
          <Conduct operator={operator} />
          <Title order={2} size="h3">
            {t("institution.history")}
          </Title>
          <Result of={changes}>
            {(data) => (
              <DataTable
                caption={t("institution.history")}
                empty={t("institution.noHistory")}
                rows={data.changes}
                keyOf={(c) => `${c.height}/${c.status}/${c.reason}`}
                columns={[
                  { name: t("block.height"), cell: (c) => c.height },
                  { name: t("block.time"), cell: (c) => <Time at={c.time} exact /> },
                  { name: t("institution.status"), cell: (c) => <Licence status={c.status} /> },
                  { name: t("tx.reason"), cell: (c) => say(c.reason, "REASON_") },
                ]}
              />
            )}
          </Result>
        </>
      )}
    </Stack>
  );
}
