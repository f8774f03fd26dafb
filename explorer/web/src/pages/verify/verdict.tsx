import { Alert, Badge, Stack, Table, Text, Title } from "@mantine/core";
import type { Verdict } from "@creditd/client/proof/index";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { Facts } from "../../components/facts";
import { Id } from "../../components/id";
import { utc } from "../../lib/format";

const lines = ["integrity", "issuer", "status", "freshness"] as const;

const time = (text: string | undefined) => (text ? `${utc(new Date(text))} UTC` : "–");

/** What a line says, in plain words, from what was proven; the words that every program uses stand below. */
function words(t: TFunction, v: Verdict, line: (typeof lines)[number], invalid: boolean): string {
  if (invalid) return t(line === "integrity" ? "verify.say.invalid" : "verify.say.unknown");
  const gone = v.status.state === "absent";
  switch (line) {
    case "integrity":
      return gone
        ? t("verify.say.state", { chain: v.integrity.chain_id })
        : t("verify.say.integrity", { schema: v.integrity.schema_name, version: v.integrity.schema_version, chain: v.integrity.chain_id });
    case "issuer":
      if (gone) return t("verify.say.nobody");
      return t(`verify.say.standing.${v.issuer.standing}`, { name: v.issuer.name, licence: v.issuer.licence_number, since: time(v.issuer.since) });
    case "status":
      return t(`verify.say.state_of.${v.status.state}`, {
        since: time(v.status.since), stated: time(v.status.stated_at), reason: v.status.reason, by: v.status.superseded_by?.slice(0, 8), from: time(v.status.valid_from),
      });
    case "freshness":
      return t(v.freshness.ok ? "verify.say.fresh" : "verify.say.stale", { height: v.freshness.height, at: time(v.freshness.time) });
  }
}

export function Shown({ of: v, byNode }: { of: Verdict; byNode: boolean }) {
  const { t } = useTranslation();
  const invalid = v.exit_code === 2;
  return (
    <Stack role="region" aria-label={t("verify.verdict")} aria-live="polite">
      <Title order={2} size="h3">
        {t("verify.verdict")}
      </Title>
      <Alert color={v.good ? "teal" : "red"} className="said" title={t(invalid ? "verify.nothing" : v.good ? "verify.good" : "verify.notGood")}>
        {invalid ? v.integrity.text : byNode ? t("verify.byNode") : t("verify.byYou")}
      </Alert>
      <Table>
        <Table.Tbody>
          {lines.map((line) => (
            <Table.Tr key={line} data-testid={`line-${line}`}>
              <Table.Th scope="row">{t(`verify.line.${line}`)}</Table.Th>
              <Table.Td>
                <Badge variant="light" color={v[line].ok ? "teal" : invalid && line !== "integrity" ? "gray" : "red"}>
                  {v[line].ok ? t("verify.ok") : t("verify.not")}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{words(t, v, line, invalid)}</Text>
                {!invalid && (
                  <Text size="xs" c="dimmed" className="said">
                    {v[line].text}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {!invalid && v.integrity.schema && <Details of={v} />}
    </Stack>
  );
}

function Details({ of: v }: { of: Verdict }) {
  const { t } = useTranslation();
  return (
    <Facts
      of={[
        [t("attestation.id"), <Id value={v.integrity.attestation} to={`/attestations/${v.integrity.attestation}`} />],
        [t("attestation.schema"), <Id value={v.integrity.schema!} to={`/schemas/${v.integrity.schema}`} />],
        ...(v.integrity.disclosed ?? []).map((f): [string, string] => [f.name, f.present ? f.value : t("verify.noValue")]),
      ]}
    />
  );
}
