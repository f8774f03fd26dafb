import { Stack, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import { list, live } from "../api/queries";
import type { Message, Page } from "../api/types";
import { DataTable } from "../components/data-table";
import { PagedTable } from "../components/paged-table";
import { Sentence } from "../components/sentence";
import { Result } from "../components/states";
import { State } from "../components/state";
import { Time } from "../components/time";

interface Proposal {
  id: string;
  title: string;
  status: string;
  messages: Message[];
  voting_end_time: string | null;
  final_tally_result: { yes_count: string; no_count: string; abstain_count: string };
}

interface Change {
  id: string;
  execute_at: string;
  message: Message;
}

const proposals = list<{ proposals: Proposal[]; pagination: Page }>("/cosmos/gov/v1/proposals", { "pagination.reverse": "true" });

const scheduled = queryOptions({
  queryKey: ["scheduled"],
  queryFn: ({ signal }) => get<{ changes: Change[] }>("/creditd/institution/v1/scheduled_changes", { "pagination.limit": 100 }, signal),
});

/** What the members vote on, and what was decided and waits out the timelock. */
export function Governance() {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={1}>{t("menu.governance")}</Title>
      <Text maw={720}>{t("governance.lead")}</Text>
      <PagedTable
        of={proposals}
        rowsOf={(page) => page.proposals}
        caption={t("governance.proposals")}
        keyOf={(p) => p.id}
        empty={t("governance.none")}
        columns={[
          { name: t("governance.id"), cell: (p) => p.id },
          { name: t("governance.what"), cell: (p) => <What of={p} /> },
          { name: t("governance.status"), cell: (p) => <State value={p.status} prefix="PROPOSAL_STATUS_" /> },
          { name: t("governance.until"), cell: (p) => (p.voting_end_time ? <Time at={p.voting_end_time} /> : "–") },
          {
            name: t("governance.votes"),
            cell: (p) => <Votes of={p} />,
          },
        ]}
      />
      <Title order={2} size="h3">
        {t("governance.scheduled")}
      </Title>
      <Result of={useQuery(scheduled)}>
        {(data) => (
          <DataTable
            caption={t("governance.scheduled")}
            empty={t("governance.noneScheduled")}
            rows={data.changes}
            keyOf={(c) => c.id}
            columns={[
              { name: t("governance.id"), cell: (c) => c.id },
              { name: t("governance.what"), cell: (c) => <Sentence message={c.message} /> },
              { name: t("governance.at"), cell: (c) => <Time at={c.execute_at} exact /> },
            ]}
          />
        )}
      </Result>
    </Stack>
  );
}

/** As counted at the end, or so far while the vote is open. */
function Votes({ of: p }: { of: Proposal }) {
  const open = p.status === "PROPOSAL_STATUS_VOTING_PERIOD";
  const soFar = useQuery({
    queryKey: ["tally", p.id],
    queryFn: ({ signal }) => get<{ tally: Proposal["final_tally_result"] }>(`/cosmos/gov/v1/proposals/${p.id}/tally`, {}, signal),
    enabled: open,
    refetchInterval: live,
  });
  const counts = open ? soFar.data?.tally : p.final_tally_result;
  return counts ? <>{`${counts.yes_count} / ${counts.no_count} / ${counts.abstain_count}`}</> : "…";
}

function What({ of: p }: { of: Proposal }) {
  return (
    <>
      {p.messages.map((message, i) => (
        <div key={i}>
          <Sentence message={message} />
        </div>
      ))}
      <Text size="sm" c="dimmed">
        {p.title}
      </Text>
    </>
  );
}
