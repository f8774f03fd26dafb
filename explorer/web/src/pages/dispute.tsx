import { Stack, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Party } from "../components/institution";
import { Result } from "../components/states";
import { State } from "../components/state";
import { Time } from "../components/time";
import { hexOf } from "../lib/bytes";
import { useWords } from "../lib/use-words";

interface Answer {
  dispute: {
    id: string;
    furnisher: string;
    mediator: string;
    reason: string;
    status: string;
    outcome: string;
    opened_at: string;
    due_at: string;
    status_since: string;
    extended: boolean;
    evidence: string;
  };
}

export const dispute = (id: string) =>
  queryOptions({
    queryKey: ["dispute", id],
    queryFn: ({ signal }) => get<Answer>(`/creditd/credit/v1/disputes/${id}`, {}, signal),
  });

/** One dispute and how far it is. Whose it is stands on the subject's own page. */
export function DisputePage() {
  const { t } = useTranslation();
  const say = useWords();
  const { id } = useParams({ strict: false }) as { id: string };
  return (
    <Result of={useQuery(dispute(id))}>
      {({ dispute: d }) => (
        <Stack>
          <Title order={1}>{t("dispute.one")}</Title>
          <Facts
            of={[
              [t("dispute.status"), <State value={d.status} prefix="DISPUTE_STATUS_" />],
              [t("dispute.reason"), say(d.reason, "DISPUTE_REASON_")],
              [t("dispute.furnisher"), <Party address={d.furnisher} />],
              [t("dispute.mediator"), d.mediator ? <Party address={d.mediator} /> : undefined],
              [t("dispute.outcome"), d.outcome.endsWith("_UNSPECIFIED") ? t("dispute.noOutcome") : say(d.outcome, "DISPUTE_OUTCOME_")],
              [t("dispute.opened"), <Time at={d.opened_at} exact />],
              [t("dispute.since"), <Time at={d.status_since} exact />],
              [t("dispute.due"), <Time at={d.due_at} exact />],
              [t("dispute.extended"), t(d.extended ? "yes" : "no")],
              [t("dispute.evidence"), d.evidence ? <Id value={hexOf(d.evidence)} whole /> : undefined],
              [t("dispute.id"), <Id value={hexOf(d.id)} whole />],
            ]}
          />
        </Stack>
      )}
    </Result>
  );
}
