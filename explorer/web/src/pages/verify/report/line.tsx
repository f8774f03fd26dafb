import { Alert, Badge, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { provenBy, type Line, type Proof } from "@creditd/client/report/report";
import { useTranslation } from "react-i18next";

import { Facts } from "../../../components/facts";
import { Id } from "../../../components/id";
import { utc } from "../../../lib/format";
import { useWords } from "../../../lib/use-words";
import { fieldsOf, yearsOf } from "./words";

const colours: Record<Proof, string> = {
  verified: "teal", disputed: "orange", superseded: "orange", "issuer-not-licensed": "orange", suppressed: "gray", withheld: "red", "bad-clock": "red",
  mismatch: "red",
};

/** One tradeline or record, with what its check gave. What is not proven is said to be that, and folded away. */
export function ShownLine({ of: line }: { of: Line }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="md" component="article" data-testid={`line-${line.proof}`}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={4} size="h5">
            {line.furnisher_name || line.furnisher}: {line.schema_name ?? t("report.unknownSchema")}
          </Title>
          <Badge variant="light" color={colours[line.proof]}>
            {t(`report.proof.${line.proof}`)}
          </Badge>
        </Group>
        <Text size="sm">{t(`report.means.${line.proof}`)}</Text>
        {line.reason && (
          <Text size="xs" c="dimmed" className="said">
            {line.reason}
          </Text>
        )}
        <Chain of={line} />
        {line.values &&
          (provenBy(line.proof) ? (
            <Values of={line} />
          ) : (
            <details>
              <summary>{t("report.notProven")}</summary>
              <Alert color="red" my="xs">
                {t("report.notProvenWhy")}
              </Alert>
              <Values of={line} />
            </details>
          ))}
      </Stack>
    </Paper>
  );
}

/** What the chain says of it, whatever was given. */
function Chain({ of: line }: { of: Line }) {
  const { t } = useTranslation();
  const say = useWords();
  const remarks = [line.compliance && t(`report.compliance.${line.compliance}`), ...(line.annotations ?? []).map((each) => t(`report.annotation.${each}`))];
  return (
    <Facts
      of={[
        [t("report.tradeline"), <Id value={line.tradeline} />],
        [t("report.state"), `${say(line.state, "RECORD_STATE_")}, ${t("report.version", { version: line.version })}`],
        [t("report.remarks"), remarks.filter(Boolean).join("; ") || undefined],
        [t("report.shownUntil"), `${utc(new Date(line.show_until))} UTC`],
        [t("report.ofAlias"), line.subject && <Id value={line.subject} />],
      ]}
    />
  );
}

/** What the vault gave. */
function Values({ of: line }: { of: Line }) {
  const { t } = useTranslation();
  const text = ({ name, text }: { name: string; text: string }): string =>
    name === "status" && line.section === "tradeline" ? `${text}: ${t(`report.status.${text}`, { defaultValue: "–" })}` : text;
  return (
    <>
      <Facts of={fieldsOf(line).map((field) => [field.name, <span className="id">{text(field)}</span>])} />
      {line.history && (
        <Text size="sm">
          {t("report.payments")}{" "}
          {yearsOf(line.history).map(({ month, codes }) => (
            <span key={month} className="id">
              {month} {codes}{" "}
            </span>
          ))}
        </Text>
      )}
    </>
  );
}
