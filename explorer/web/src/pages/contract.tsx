import { Code, Stack, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import { list } from "../api/queries";
import type { Contract, ContractRun, Page } from "../api/types";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Party } from "../components/institution";
import { PagedTable } from "../components/paged-table";
import { Result } from "../components/states";
import { State } from "../components/state";
import { Time } from "../components/time";
import { hexOf } from "../lib/bytes";
import { useWords } from "../lib/use-words";

const contract = (id: string) =>
  queryOptions({
    queryKey: ["contract", id],
    queryFn: ({ signal }) => get<{ contract: Contract }>(`/creditd/credit/v1/contracts/${id}`, {}, signal),
  });

const runs = (id: string) =>
  list<{ runs: ContractRun[]; pagination: Page }>(`/creditd/credit/v1/contracts/${id}/runs`, { "pagination.reverse": "true" });

export function ContractPage() {
  const { t } = useTranslation();
  const say = useWords();
  const { id } = useParams({ strict: false }) as { id: string };
  return (
    <Result of={useQuery(contract(id))}>
      {({ contract: c }) => (
        <Stack>
          <Title order={1}>
            {c.name} v{c.version}
          </Title>
          <Facts
            of={[
              [t("contract.status"), <State value={c.status} prefix="CONTRACT_STATUS_" />],
              [t("contract.author"), <Party address={c.author} />],
              [t("contract.trigger"), say(c.code.trigger, "CONTRACT_TRIGGER_")],
              [t("contract.condition"), <Code block>{c.code.condition}</Code>],
              [t("contract.check"), c.code.check ? <Code block>{c.code.check}</Code> : undefined],
              [t("contract.after"), c.code.check_after_days > 0 ? c.code.check_after_days : undefined],
              [t("contract.action"), say(c.code.action, "CONTRACT_ACTION_")],
              [t("contract.cost"), c.code.cost_limit],
            ]}
          />
          <Title order={2} size="h3">
            {t("contract.runs")}
          </Title>
          <PagedTable
            of={runs(id)}
            rowsOf={(page) => page.runs}
            caption={t("contract.runs")}
            keyOf={(r) => `${r.height}/${r.ref}/${r.check}`}
            empty={t("contract.noRuns")}
            columns={[
              { name: t("block.height"), cell: (r) => r.height },
              { name: t("block.time"), cell: (r) => <Time at={r.time} exact /> },
              { name: t("contract.about"), cell: (r) => <Id value={hexOf(r.ref)} /> },
              { name: t("contract.outcome"), cell: (r) => <State value={r.outcome} prefix="RUN_OUTCOME_" /> },
              { name: t("contract.spent"), cell: (r) => r.cost },
            ]}
          />
        </Stack>
      )}
    </Result>
  );
}
