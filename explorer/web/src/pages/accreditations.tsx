import { Stack, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { all } from "../api/all";
import type { Accreditation } from "../api/types";
import { Id } from "../components/id";
import { Party } from "../components/institution";
import { Empty, Result } from "../components/states";
import { State } from "../components/state";
import { Time } from "../components/time";
import { hexOf } from "../lib/bytes";

/** Accreditations of one node that are read; there are hardly ever more. */
const most = 500;

/** Those below a node, or those that the members voted for. */
const below = (parent: string) =>
  queryOptions({
    queryKey: ["accreditations", parent],
    queryFn: ({ signal }) => all<Accreditation>("/creditd/attestation/v1/accreditations", "accreditations", most, { parent }, signal),
  });

/** The tree of rights to issue, from the members' vote down: a node that is suspended stops all below it. */
export function Accreditations() {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={1}>{t("menu.accreditations")}</Title>
      <Text maw={720}>{t("accreditation.lead")}</Text>
      <Result of={useQuery(below(""))}>
        {(roots) => (roots.length === 0 ? <Empty>{t("accreditation.none")}</Empty> : <Branches of={roots} stopped={false} />)}
      </Result>
    </Stack>
  );
}

function Branches({ of: nodes, stopped }: { of: Accreditation[]; stopped: boolean }) {
  return (
    <ul className="tree">
      {nodes.map((node) => (
        <Branch key={node.id} of={node} stopped={stopped} />
      ))}
    </ul>
  );
}

function Branch({ of: node, stopped }: { of: Accreditation; stopped: boolean }) {
  const { t } = useTranslation();
  // Only who accredits others has anybody below.
  const children = useQuery({ ...below(hexOf(node.id)), enabled: node.accreditor });
  const over = stopped || node.status !== "ACCREDITATION_STATUS_ACTIVE";
  const rights = [node.issuer && t("accreditation.issues"), node.accreditor && t("accreditation.accredits")].filter(Boolean).join(", ");
  return (
    <li>
      <Party address={node.grantee} /> <State value={node.status} prefix="ACCREDITATION_STATUS_" />{" "}
      {stopped && (
        <Text span size="sm">
          {t("accreditation.stoppedAbove")}{" "}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {rights} · {t("accreditation.jurisdictions")} {node.jurisdictions.join(", ")} · {t("accreditation.until")} <Time at={node.valid_until} />
      </Text>
      <Text size="sm" c="dimmed">
        {t("accreditation.schemas", { count: node.schema_ids.length })}:{" "}
        {node.schema_ids.map((id) => (
          <Id key={id} value={hexOf(id)} to={`/schemas/${hexOf(id)}`} />
        ))}
      </Text>
      {children.data && children.data.length > 0 && <Branches of={children.data} stopped={over} />}
    </li>
  );
}
