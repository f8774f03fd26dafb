import { Paper, Stack, Table, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import type { Verdict } from "../api/types";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Party } from "../components/institution";
import { Result } from "../components/states";
import { State } from "../components/state";
import { Time } from "../components/time";
import { hexOf } from "../lib/bytes";
import { useWords } from "../lib/use-words";
import { References } from "./references";

const verdict = (id: string) =>
  queryOptions({
    queryKey: ["verdict", id],
    queryFn: ({ signal }) => get<Verdict>(`/creditd/attestation/v1/verify/${id}`, {}, signal),
  });

export function AttestationPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  return (
    <Stack>
      <Title order={1}>{t("attestation.one")}</Title>
      <Result of={useQuery(verdict(id))}>{(data) => <Shown of={data} />}</Result>
    </Stack>
  );
}

function Shown({ of: v }: { of: Verdict }) {
  const { t } = useTranslation();
  const say = useWords();
  const a = v.attestation;
  return (
    <>
      <Paper withBorder p="md">
        <Table>
          <caption style={{ captionSide: "top" }}>{t("attestation.verdict", { height: v.height })}</caption>
          <Table.Tbody>
            {(
              [
                [t("attestation.status"), <State value={a.status} prefix="STATUS_" />],
                [t("attestation.validity"), <State value={v.validity} prefix="VALIDITY_" />],
                [t("attestation.standing"), <Standing of={v} />],
                [t("attestation.replaced"), a.superseded_by ? <To id={hexOf(a.superseded_by)} /> : t("no")],
              ] as const
            ).map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Text size="sm" c="dimmed" mt="xs">
          {t("attestation.trust")}
        </Text>
      </Paper>
      <Facts
        of={[
          [t("attestation.id"), <Id value={hexOf(a.id)} whole />],
          [t("attestation.issuer"), <Party address={a.issuer} />],
          [t("attestation.schema"), <Id value={hexOf(a.schema_id)} to={`/schemas/${hexOf(a.schema_id)}`} />],
          [t("attestation.subject"), a.subject ? <Id value={hexOf(a.subject)} /> : undefined],
          [t("attestation.commitment"), a.commitment ? <Id value={hexOf(a.commitment)} whole /> : t("attestation.anchored")],
          [t("attestation.issued"), <Time at={a.issued_at} exact />],
          [t("attestation.from"), a.valid_from ? <Time at={a.valid_from} exact /> : undefined],
          [t("attestation.until"), a.expires_at ? <Time at={a.expires_at} exact /> : t("attestation.never")],
          [t("attestation.statusSince"), a.status_since ? <Time at={a.status_since} exact /> : undefined],
          [t("tx.reason"), a.reason && !a.reason.endsWith("_UNSPECIFIED") ? say(a.reason, "REVOCATION_REASON_") : undefined],
          [t("attestation.reference"), a.reference ? <To id={hexOf(a.reference)} /> : undefined],
        ]}
      />
      <References id={hexOf(a.id)} />
    </>
  );
}

function To({ id }: { id: string }) {
  return <Id value={id} to={`/attestations/${id}`} />;
}

/** The issuer's own standing: what it stated while in good standing stays marked 'issuer suspended since'. */
function Standing({ of: v }: { of: Verdict }) {
  const { t } = useTranslation();
  return (
    <>
      <State value={v.standing} prefix="STANDING_" />{" "}
      {v.standing_since && (
        <>
          {t("attestation.since")} <Time at={v.standing_since} exact />
        </>
      )}{" "}
      <Link to="/institutions/$operator" params={{ operator: v.attestation.issuer }}>
        {t("attestation.licence")}
      </Link>
    </>
  );
}
