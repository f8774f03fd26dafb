import type { Count, Report, Total } from "@creditd/client/report/report";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { DataTable } from "../../../components/data-table";
import { Facts } from "../../../components/facts";
import { money, used } from "./words";

const levels = (t: TFunction, level: number | undefined): string | undefined => (level === undefined ? undefined : t(`report.level.${level}`));

/** What the lines come to whose content is proven. */
export function Summary({ of: { summary: s, hidden, out_of_scope: outside } }: { of: Report }) {
  const { t } = useTranslation();
  const listed = (counts: Count[], text: (code: string) => string): string => counts.map(({ code, count }) => `${count} ${text(code)}`).join(", ");
  return (
    <>
      <Facts
        of={[
          [t("report.tradelines"), String(s.tradelines)],
          [t("report.statuses"), listed(s.statuses, (code) => `${code} ${t(`report.status.${code}`, { defaultValue: "" })}`.trim()) || undefined],
          [t("report.worst12"), levels(t, s.worst_12_months?.level)],
          [t("report.worst24"), levels(t, s.worst_24_months?.level)],
          [t("report.oldest"), s.oldest_account ?? "–"],
          [t("report.new"), String(s.new_accounts_6_months)],
          [t("report.publicRecords"), String(s.public_records)],
          [t("report.openDisputes"), String(s.disputes_open)],
          [t("report.byProof"), listed(s.proofs, (proof) => t(`report.proof.${proof}`)) || "–"],
          [t("report.silent"), s.silent_furnishers.join(", ") || t("report.nobody")],
          [t("report.hidden"), t("report.hiddenCounts", { ...hidden })],
          [t("report.outside"), String(outside)],
        ]}
      />
      {s.totals.length > 0 && <Totals of={s.totals} />}
    </>
  );
}

function Totals({ of }: { of: Total[] }) {
  const { t } = useTranslation();
  return (
    <DataTable
      caption={t("report.totals")}
      rows={of}
      keyOf={({ currency }) => currency}
      empty=""
      columns={[
        { name: t("report.currency"), cell: ({ currency }) => currency || t("report.noCurrency") },
        { name: t("report.accounts"), cell: ({ accounts }) => accounts },
        { name: t("report.balance"), cell: (total) => money(total.balance, total.currency) },
        { name: t("report.limits"), cell: (total) => money(total.credit_limit, total.currency) },
        { name: t("report.pastDue"), cell: (total) => money(total.past_due, total.currency) },
        { name: t("report.used"), cell: (total) => `${used(total) ?? "–"}${total.overflow ? ` ${t("report.overflow")}` : ""}` },
      ]}
    />
  );
}
