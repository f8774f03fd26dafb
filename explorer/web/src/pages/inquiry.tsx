import { Stack, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import { DataTable } from "../components/data-table";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Party } from "../components/institution";
import { Result } from "../components/states";
import { State } from "../components/state";
import { Time } from "../components/time";
import { hexOf } from "../lib/bytes";
import { useWords } from "../lib/use-words";

interface Answer {
  inquiry: {
    id: string;
    data_user: string;
    purpose: string;
    kind: string;
    status: string;
    opened_at: string;
    expires_at: string;
    closed_at: string | null;
    approved_by: string;
    schema_ids: string[];
  };
  receipts: { institution: string; records: number; time: string; digest: string }[];
}

export const inquiry = (id: string) =>
  queryOptions({
    queryKey: ["inquiry", id],
    queryFn: ({ signal }) => get<Answer>(`/creditd/credit/v1/inquiries/${id}`, {}, signal),
  });

/** One look: who, why, and what came of it. Not at whom: that is for the subject's own page. */
export function InquiryPage() {
  const { t } = useTranslation();
  const say = useWords();
  const { id } = useParams({ strict: false }) as { id: string };
  return (
    <Result of={useQuery(inquiry(id))}>
      {({ inquiry: i, receipts }) => (
        <Stack>
          <Title order={1}>{t("inquiry.one")}</Title>
          <Facts
            of={[
              [t("inquiry.who"), <Party address={i.data_user} />],
              [t("inquiry.why"), say(i.purpose, "PURPOSE_")],
              [t("inquiry.kind"), say(i.kind, "INQUIRY_KIND_")],
              [t("inquiry.status"), <State value={i.status} prefix="INQUIRY_STATUS_" />],
              [t("inquiry.opened"), <Time at={i.opened_at} exact />],
              [t("inquiry.expires"), <Time at={i.expires_at} exact />],
              [t("inquiry.closed"), i.closed_at ? <Time at={i.closed_at} exact /> : undefined],
              [t("inquiry.approved"), i.approved_by ? <Party address={i.approved_by} /> : undefined],
              [t("menu.schemas"), i.schema_ids.map((s) => <Id key={s} value={hexOf(s)} to={`/schemas/${hexOf(s)}`} />)],
              [t("inquiry.id"), <Id value={hexOf(i.id)} whole />],
            ]}
          />
          <Title order={2} size="h3">
            {t("inquiry.receipts")}
          </Title>
          <DataTable
            caption={t("inquiry.receipts")}
            empty={t("inquiry.noReceipts")}
            rows={receipts}
            keyOf={(r) => r.institution}
            columns={[
              { name: t("institution.name"), cell: (r) => <Party address={r.institution} /> },
              { name: t("inquiry.did"), cell: (r) => t(r.institution === i.data_user ? "inquiry.got" : "inquiry.gave") },
              { name: t("inquiry.records"), cell: (r) => r.records },
              { name: t("block.time"), cell: (r) => <Time at={r.time} exact /> },
              { name: t("inquiry.digest"), cell: (r) => <Id value={hexOf(r.digest)} /> },
            ]}
          />
        </Stack>
      )}
    </Result>
  );
}
