import { Alert, Stack, Text, Title } from "@mantine/core";
import type { Part } from "@creditd/client/report/index";
import type { Dispute, Furnisher, Report } from "@creditd/client/report/report";
import type { Section } from "@creditd/client/report/schemas";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { DataTable } from "../../../components/data-table";
import { Facts } from "../../../components/facts";
import { Id } from "../../../components/id";
import { utc } from "../../../lib/format";
import { useWords } from "../../../lib/use-words";
import { ShownLine } from "./line";
import { Summary } from "./summary";

const time = (text: string): string => `${utc(new Date(text))} UTC`;
const sections: Section[] = ["tradeline", "public-record", "other"];

/** Nothing is shown of a file that is refused: not a line of it is known to be true. */
export function RefusedReport({ part, reason }: { part: Part; reason: string }) {
  const { t } = useTranslation();
  return (
    <Verdict>
      <Alert color="red" role="alert" title={t("verify.nothing")} data-testid="report-refused">
        <Text size="sm">{t(`report.refused.${part}`)}</Text>
        <Text size="xs" className="said">
          {reason}
        </Text>
      </Alert>
    </Verdict>
  );
}

/**
 * The report that was derived from the evidence: all that `creditd report verify` says. There are no links in it: following one would
 * tell the node whose report is read here.
 */
export function ShownReport({ of: r, byNode }: { of: Report; byNode: boolean }) {
  const { t } = useTranslation();
  const title = r.lines.length === 0 ? t("report.noLines") : r.complete ? t("report.complete") : t("report.incomplete", { verified: r.verified, all: r.lines.length });
  return (
    <Verdict>
      <Alert color={!r.complete ? "red" : r.notes ? "orange" : "teal"} title={title} data-testid="report-verdict">
        <Text size="sm">{byNode ? t("verify.byNode") : t("verify.byYou")}</Text>
        <Text size="sm">{t("report.stays")}</Text>
        <Text size="xs">{r.proven.text}</Text>
      </Alert>
      <Alerts of={r} />
      <Head of={r} />
      <Part title={t("report.summary")}>
        <Summary of={r} />
      </Part>
      {sections.map((section) => (
        <Part key={section} title={t(`report.section.${section}`)}>
          {r.lines.filter((line) => line.section === section).map((line) => <ShownLine key={line.tradeline} of={line} />)}
          {r.lines.every((line) => line.section !== section) && <Text>{t("report.none")}</Text>}
        </Part>
      ))}
      <Part title={t("report.inquiries")}>
        <Text size="sm">{t("report.noInquiries")}</Text>
      </Part>
      <Part title={t("report.disputes")}>
        <Disputes of={r.disputes} />
      </Part>
      <Part title={t("report.furnishers")}>
        <Furnishers of={r.furnishers} />
      </Part>
    </Verdict>
  );
}

function Verdict({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Stack role="region" aria-label={t("verify.verdict")} aria-live="polite">
      <Title order={2} size="h3">
        {t("verify.verdict")}
      </Title>
      {children}
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

/** What the reader has to act on: what the subject put on its file, and what the check found beside the lines. */
function Alerts({ of: r }: { of: Report }) {
  const { t } = useTranslation();
  const { fraud_alert: alert, freeze } = r;
  const lifted = freeze?.lifted_until && t("report.lifted", { until: time(freeze.lifted_until), who: freeze.lifted_for ?? t("report.everybody") });
  const found = [
    alert && t(alert.extended ? "report.extendedAlert" : "report.fraudAlert", { until: time(alert.until) }),
    freeze && [t("report.frozen", { since: time(freeze.since) }), lifted].filter(Boolean).join(" "),
    ...(r.notes ?? []).map((note) => t("report.note", { note })),
  ];
  return found.filter((each) => each !== undefined).map((each) => (
    <Alert key={each} color="orange" className="said">
      {each}
    </Alert>
  ));
}

function Head({ of: r }: { of: Report }) {
  const { t } = useTranslation();
  const say = useWords();
  return (
    <Facts
      of={[
        [t("report.subject"), <Id value={r.subject} />],
        [t("report.aliases"), r.aliases && r.aliases.map((each) => <Id key={each} value={each} />)],
        [t("report.at"), time(r.created_at)],
        [t("report.chain"), r.chain_id],
        [t("report.for"), <Id value={r.data_user} whole />],
        [t("report.purpose"), say(r.purpose, "PURPOSE_")],
        [t("report.inquiry"), <Id value={r.inquiry} />],
        [t("report.consent"), r.consent ? <Id value={r.consent} /> : t("report.noConsent")],
        [t("report.receipt"), r.receipt ? <Id value={r.receipt.digest} /> : t("report.noReceipt")],
      ]}
    />
  );
}

function Disputes({ of }: { of: Dispute[] }) {
  const { t } = useTranslation();
  const say = useWords();
  const word = (text: string, prefix: string) => say(prefix + text.toUpperCase().replaceAll("-", "_"), prefix);
  return (
    <DataTable
      caption={t("report.disputes")}
      rows={of}
      keyOf={({ id }) => id}
      empty={t("report.none")}
      columns={[
        { name: t("dispute.opened"), cell: (d) => time(d.opened_at) },
        { name: t("report.furnisher"), cell: (d) => d.furnisher_name || d.furnisher },
        { name: t("dispute.reason"), cell: (d) => word(d.reason, "DISPUTE_REASON_") },
        { name: t("dispute.status"), cell: (d) => word(d.status, "DISPUTE_STATUS_") },
        { name: t("dispute.outcome"), cell: (d) => (d.outcome ? word(d.outcome, "DISPUTE_OUTCOME_") : t("dispute.noOutcome")) },
        { name: t("dispute.due"), cell: (d) => (d.due_at ? time(d.due_at) : "–") },
        { name: t("report.statement"), cell: (d) => (d.statement ? <Id value={d.statement} /> : "–") },
        { name: t("report.tradeline"), cell: (d) => <Id value={d.tradeline} /> },
      ]}
    />
  );
}

/** Who reported, and who did not answer. */
function Furnishers({ of }: { of: Furnisher[] }) {
  const { t } = useTranslation();
  return (
    <DataTable
      caption={t("report.furnishers")}
      rows={of}
      keyOf={({ operator }) => operator}
      empty={t("report.none")}
      columns={[
        { name: t("report.furnisher"), cell: (f) => f.name || f.operator },
        { name: t("report.account"), cell: (f) => <Id value={f.operator} /> },
        { name: t("report.licensed"), cell: (f) => t(f.licensed ? "yes" : "no") },
        { name: t("report.answered"), cell: (f) => t(f.answered ? "report.signed" : "report.didNot") },
        { name: t("report.records"), cell: (f) => f.records },
        { name: t("report.remark"), cell: (f) => f.error ?? "–" },
      ]}
    />
  );
}
