import { SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import { dayName, daysBack, today } from "../api/days";
import { type Day, days, disputes } from "../api/oversight";
import type { Message } from "../api/types";
import { Chart } from "../components/chart";
import { Figure } from "../components/figure";
import { Sentence } from "../components/sentence";
import { Empty, Result } from "../components/states";
import { Time } from "../components/time";
import { useWords } from "../lib/use-words";

/** How an institution behaved: looks by day, disputes and how long it took to answer them. */
export function Conduct({ operator }: { operator: string }) {
  const { t } = useTranslation();
  const counted = useQuery(days(operator));
  const { data: d } = useQuery(disputes(operator));
  const answered = d?.seconds.length ?? 0;
  const mean = answered > 0 ? d!.seconds.reduce((sum, s) => sum + s, 0) / answered / 86_400 : undefined;
  return (
    <Stack>
      <Title order={2} size="h3">
        {t("institution.conduct", { days: daysBack })}
      </Title>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name={t("supervisor.silences")}>{counted.data?.reduce((sum, day) => sum + day.silences, 0) ?? "…"}</Figure>
        <Figure name={t("supervisor.opened")}>{d?.opened.length ?? "…"}</Figure>
        <Figure name={t("supervisor.closed")}>{d?.closed.length ?? "…"}</Figure>
        <Figure name={t("institution.answerDays")}>{mean === undefined ? "–" : mean.toFixed(1)}</Figure>
      </SimpleGrid>
      <Result of={counted}>
        {(list) => (list.some((day) => day.inquiries.length > 0) ? <Looks of={list} /> : <Empty>{t("institution.noDays")}</Empty>)}
      </Result>
    </Stack>
  );
}

function Looks({ of: list }: { of: Day[] }) {
  const { t } = useTranslation();
  const say = useWords();
  const drawn = useMemo(() => {
    const now = today();
    const first = Math.min(now - 13, ...list.map((day) => day.day));
    const range = Array.from({ length: now - first + 1 }, (_, i) => first + i);
    const purposes = [...new Set(list.flatMap((day) => day.inquiries.map((one) => one.purpose)))].toSorted();
    return {
      labels: range.map(dayName),
      series: purposes.map((purpose) => ({
        name: say(purpose, "PURPOSE_"),
        values: range.map((d) => list.find((day) => day.day === d)?.inquiries.find((one) => one.purpose === purpose)?.count ?? 0),
      })),
    };
  }, [list, say]);
  return <Chart title={t("institution.days")} kind="bar" stacked {...drawn} />;
}

interface Proposal {
  id: string;
  status: string;
  messages: Message[];
  voting_end_time: string | null;
}

const open = queryOptions({
  queryKey: ["proposals", "open"],
  queryFn: ({ signal }) =>
    get<{ proposals: Proposal[] }>("/cosmos/gov/v1/proposals", { proposal_status: "PROPOSAL_STATUS_VOTING_PERIOD", "pagination.limit": 100 }, signal),
  refetchInterval: 10_000,
});

/** Votes under way about one institution: admission, licence, roles. Nothing when there are none. */
export function Votes({ operator }: { operator?: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(open);
  const about = data?.proposals.filter((p) =>
    p.messages.some((m) => (operator ? Object.values(m).includes(operator) : m["@type"].endsWith(".institution.v1.MsgRegister"))),
  );
  if (!about || about.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h3">
        {t(operator ? "institution.votes" : "institution.admissions")}
      </Title>
      <ul>
        {about.map((p) => (
          <li key={p.id}>
            {p.messages.map((m, i) => (
              <div key={i}>
                <Sentence message={m} />
              </div>
            ))}
            <Text size="sm" c="dimmed">
              {t("governance.id")} {p.id} · {t("governance.until")} {p.voting_end_time && <Time at={p.voting_end_time} />}
            </Text>
          </li>
        ))}
      </ul>
    </Stack>
  );
}
