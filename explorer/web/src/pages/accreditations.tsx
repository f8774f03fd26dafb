import { Stack, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import type { Accreditation, Page } from "../api/types";
import { Party } from "../components/institution";
import { Empty, Result } from "../components/states";
import { State } from "../components/state";
import { Time } from "../components/time";

const all = queryOptions({
  queryKey: ["accreditations"],
  queryFn: async ({ signal }) => {
    const found: Accreditation[] = [];
    let key: string | undefined;
    do {
      const page: { accreditations: Accreditation[]; pagination: Page } = await get(
        "/creditd/attestation/v1/accreditations",
        { "pagination.limit": 100, "pagination.key": key },
        signal,
      );
      found.push(...page.accreditations);
      key = page.pagination.next_key ?? undefined;
    } while (key);
    return found;
  },
});

/** The tree of rights to issue, from the members' vote down: a node that is suspended stops all below it. */
export function Accreditations() {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={1}>{t("menu.accreditations")}</Title>
      <Text maw={720}>{t("accreditation.lead")}</Text>
      <Result of={useQuery(all)}>
        {(nodes) => (nodes.length === 0 ? <Empty>{t("accreditation.none")}</Empty> : <Below parent="" nodes={nodes} stopped={false} />)}
      </Result>
    </Stack>
  );
}

function Below({ parent, nodes, stopped }: { parent: string; nodes: Accreditation[]; stopped: boolean }) {
  const { t } = useTranslation();
  const children = nodes.filter((node) => node.parent === parent);
  if (children.length === 0) return null;
  return (
    <ul>
      {children.map((node) => {
        const over = stopped || node.status !== "ACCREDITATION_STATUS_ACTIVE";
        return (
          <li key={node.id}>
            <Party address={node.grantee} /> <State value={node.status} prefix="ACCREDITATION_STATUS_" />{" "}
            {stopped && <Text span size="sm">{t("accreditation.stoppedAbove")} </Text>}
            <Text span size="sm" c="dimmed">
              {[node.issuer && t("accreditation.issues"), node.accreditor && t("accreditation.accredits")].filter(Boolean).join(", ")} ·{" "}
              {t("accreditation.schemas", { count: node.schema_ids.length })} · {node.jurisdictions.join(", ")} · {t("accreditation.until")}{" "}
              <Time at={node.valid_until} />
            </Text>
            <Below parent={node.id} nodes={nodes} stopped={over} />
          </li>
        );
      })}
    </ul>
  );
}
