import { Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { dayName, daysBack, today } from "../api/days";
import { type Day, type Disputes, linesRead, oversight, profiles } from "../api/oversight";
import type { Institution } from "../api/types";
import { Chart } from "../components/chart";
import { DataTable } from "../components/data-table";
import { Figure } from "../components/figure";
import { Party } from "../components/institution";
import { Result } from "../components/states";
import { useWords } from "../lib/use-words";

/** What the members do as a whole and each: aggregates alone, nothing about a person. */
export function Supervisor() {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={1}>{t("menu.supervisor")}</Title>
      <Text maw={720}>{t("supervisor.lead", { days: daysBack })}</Text>
      <Result of={useQuery(oversight)}>{(data) => <Shown {...data} />}</Result>
    </Stack>
  );
}

function Shown({ members, days, disputes }: { members: Institution[]; days: Day[]; disputes: Disputes[] }) {
  const { t } = useTranslation();
  const looks = days.reduce((sum, day) => sum + looksOf(day), 0);
  const silences = days.reduce((sum, day) => sum + day.silences, 0);
  const opened = disputes.reduce((sum, one) => sum + one.opened.length, 0);
  const closed = disputes.reduce((sum, one) => sum + one.closed.length, 0);
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name={t("supervisor.looks")}>{looks}</Figure>
        <Figure name={t("supervisor.silences")}>{silences}</Figure>
        <Figure name={t("supervisor.opened")}>{opened}</Figure>
        <Figure name={t("supervisor.closed")}>{closed}</Figure>
      </SimpleGrid>
      <Charts days={days} disputes={disputes} />
      <Title order={2} size="h3">
        {t("supervisor.members")}
      </Title>
      <Members members={members} days={days} disputes={disputes} />
      {disputes.some((one) => !one.whole) && <Text size="sm">{t("supervisor.notWhole", { lines: linesRead })}</Text>}
    </>
  );
}

const looksOf = (day: Day) => day.inquiries.reduce((sum, one) => sum + one.count, 0);

function Charts({ days, disputes }: { days: Day[]; disputes: Disputes[] }) {
  const { t } = useTranslation();
  const say = useWords();
  const drawn = useMemo(() => {
    const range = rangeOf(days, disputes);
    const purposes = [...new Set(days.flatMap((day) => day.inquiries.map((one) => one.purpose)))].toSorted();
    const sum = (of: (day: Day) => number) => range.map((d) => days.filter((day) => day.day === d).reduce((all, day) => all + of(day), 0));
    const at = (list: number[]) => range.map((d) => list.filter((day) => day === d).length);
    return {
      labels: range.map(dayName),
      purposes: purposes.map((purpose) => ({
        name: say(purpose, "PURPOSE_"),
        values: sum((day) => day.inquiries.find((one) => one.purpose === purpose)?.count ?? 0),
      })),
      disputes: [
        { name: t("supervisor.opened"), values: at(disputes.flatMap((one) => one.opened)) },
        { name: t("supervisor.closed"), values: at(disputes.flatMap((one) => one.closed)) },
        { name: t("supervisor.silences"), values: sum((day) => day.silences) },
      ],
    };
  }, [days, disputes, say, t]);
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Chart title={t("supervisor.byPurpose")} kind="bar" stacked labels={drawn.labels} series={drawn.purposes} />
      <Chart title={t("supervisor.overTime")} kind="bar" labels={drawn.labels} series={drawn.disputes} />
    </SimpleGrid>
  );
}

/** From the first day on which anything happened to today; two weeks at least, so that one day does not fill the chart. */
function rangeOf(days: Day[], disputes: Disputes[]): number[] {
  const now = today();
  const first = Math.min(now - 13, ...days.map((day) => day.day), ...disputes.flatMap((one) => one.opened));
  const from = Math.max(first, now - daysBack + 1);
  return Array.from({ length: now - from + 1 }, (_, i) => from + i);
}

function Members({ members, days, disputes }: { members: Institution[]; days: Day[]; disputes: Disputes[] }) {
  const { t } = useTranslation();
  const rules = useQuery(profiles);
  const now = today();
  const rows = members
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((member) => {
      const own = days.filter((day) => day.institution === member.operator);
      return {
        member,
        looks: own.reduce((sum, day) => sum + looksOf(day), 0),
        todays: own.filter((day) => day.day === now).reduce((sum, day) => sum + looksOf(day), 0),
        silences: own.reduce((sum, day) => sum + day.silences, 0),
        disputes: disputes.find((one) => one.institution === member.operator),
        budget: rules.data?.profiles.find((profile) => profile.jurisdictions.includes(member.jurisdiction))?.inquiry_budget,
      };
    });
  return (
    <DataTable
      caption={t("supervisor.members")}
      empty={t("institution.none")}
      rows={rows}
      keyOf={(row) => row.member.operator}
      columns={[
        { name: t("institution.name"), cell: (row) => <Party address={row.member.operator} /> },
        { name: t("institution.jurisdiction"), cell: (row) => row.member.jurisdiction },
        { name: t("supervisor.looks"), cell: (row) => row.looks },
        { name: t("supervisor.budget"), cell: (row) => <Budget used={row.todays} of={row.budget} /> },
        { name: t("supervisor.silences"), cell: (row) => row.silences },
        { name: t("supervisor.opened"), cell: (row) => row.disputes?.opened.length ?? "–" },
        { name: t("supervisor.closed"), cell: (row) => row.disputes?.closed.length ?? "–" },
      ]}
    />
  );
}

function Budget({ used, of }: { used: number; of: number | undefined }) {
  const { t } = useTranslation();
  if (!of) return <>{used}</>;
  const text = t("unit.of", { used: used.toLocaleString(), wanted: of.toLocaleString() });
  return (
    <>
      {text}
      <Progress value={(100 * used) / of} color={used > 0.9 * of ? "red" : "sea"} size="sm" aria-label={text} />
    </>
  );
}
