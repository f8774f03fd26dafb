import { Button, Group, Text, Timeline, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Party } from "../../components/institution";
import { Empty, ErrorState, Loading } from "../../components/states";
import { Time } from "../../components/time";
import { hexOf } from "../../lib/bytes";
import { useWords } from "../../lib/use-words";
import { trail, type TrailEntry } from "./queries";

const looks = ["INQUIRY_OPENED", "DATA_GIVEN", "DATA_GOT", "INQUIRY_APPROVED", "INQUIRY_EXPIRED", "ADVERSE_ACTION", "ADVERSE_NOTICE"];

/** Who looked and why, and all else that happened, newest first. A look leads to its receipts. */
export function Trail({ id }: { id: string }) {
  const { t } = useTranslation();
  const of = trail(id);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: of.key,
    queryFn: ({ pageParam, signal }) => of.page(pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.pagination?.next_key ?? undefined,
  });
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <section aria-label={t("subject.trail")}>
      <Title order={2} size="h3" mb="sm">
        {t("subject.trail")}
      </Title>
      {!entries ? error ? <ErrorState error={error} again={() => void refetch()} /> : <Loading /> : entries.length === 0 ? <Empty>{t("subject.noTrail")}</Empty> : (
        <Timeline active={entries.length} bulletSize={14} lineWidth={2}>
          {entries.map((entry, i) => (
            <Timeline.Item key={`${entry.height}/${entry.kind}/${entry.ref}/${i}`} title={<What of={entry} />}>
              <Text size="sm">
                {entry.actor && <Party address={entry.actor} />} <Time at={entry.time} exact />
              </Text>
            </Timeline.Item>
          ))}
        </Timeline>
      )}
      {hasNextPage && (
        <Group justify="center" mt="sm" className="no-print">
          <Button variant="light" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("page.more")}
          </Button>
        </Group>
      )}
    </section>
  );
}

function What({ of: entry }: { of: TrailEntry }) {
  const { t } = useTranslation();
  const say = useWords();
  const name = entry.kind.replace("TRAIL_KIND_", "");
  const text = t(`subject.did.${name}`, { defaultValue: say(entry.kind, "TRAIL_KIND_") });
  const why = entry.purpose !== "PURPOSE_UNSPECIFIED" ? `: ${say(entry.purpose, "PURPOSE_")}` : "";
  if (!looks.includes(name) || entry.ref === "") return `${text}${why}`;
  return (
    <Link to="/inquiries/$id" params={{ id: hexOf(entry.ref) }}>
      {text}
      {why}
    </Link>
  );
}
