import { Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { list } from "../api/queries";
import type { Contract, Page } from "../api/types";
import { Party } from "../components/institution";
import { PagedTable } from "../components/paged-table";
import { State } from "../components/state";
import { Time } from "../components/time";
import { hexOf } from "../lib/bytes";
import { useWords } from "../lib/use-words";

const all = list<{ contracts: Contract[]; pagination: Page }>("/creditd/credit/v1/contracts");

export function Contracts() {
  const { t } = useTranslation();
  const say = useWords();
  return (
    <Stack>
      <Title order={1}>{t("menu.contracts")}</Title>
      <Text maw={720}>{t("contract.lead")}</Text>
      <PagedTable
        of={all}
        rowsOf={(page) => page.contracts}
        caption={t("menu.contracts")}
        keyOf={(c) => c.id}
        empty={t("contract.none")}
        columns={[
          {
            name: t("contract.name"),
            cell: (c) => (
              <Link to="/contracts/$id" params={{ id: hexOf(c.id) }}>
                {c.name} v{c.version}
              </Link>
            ),
          },
          { name: t("contract.trigger"), cell: (c) => say(c.code.trigger, "CONTRACT_TRIGGER_") },
          { name: t("contract.action"), cell: (c) => say(c.code.action, "CONTRACT_ACTION_") },
          { name: t("contract.author"), cell: (c) => <Party address={c.author} /> },
          { name: t("contract.status"), cell: (c) => <State value={c.status} prefix="CONTRACT_STATUS_" /> },
          { name: t("contract.since"), cell: (c) => <Time at={c.status_since} /> },
        ]}
      />
    </Stack>
  );
}
