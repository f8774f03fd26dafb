import { Accordion, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { transaction } from "../api/queries";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Sentence } from "../components/sentence";
import { Result } from "../components/states";
import { Time } from "../components/time";
import { Outcome } from "../components/tx-table";

export function TransactionPage() {
  const { t } = useTranslation();
  const { hash } = useParams({ strict: false }) as { hash: string };
  const answer = useQuery(transaction(hash));
  return (
    <Stack>
      <Title order={1}>{t("tx.one")}</Title>
      <Result of={answer}>
        {({ tx, tx_response: result }) => (
          <>
            <Facts
              of={[
                [t("tx.hash"), <Id value={result.txhash} whole />],
                [t("tx.result"), <Outcome code={result.code} />],
                [t("tx.reason"), result.code === 0 ? undefined : `${result.raw_log} [${result.codespace}/${result.code}]`],
                [t("tx.block"), <Link to="/blocks/$height" params={{ height: result.height }}>{result.height}</Link>],
                [t("tx.time"), <Time at={result.timestamp} exact />],
                [t("tx.gas"), t("unit.of", { used: result.gas_used, wanted: result.gas_wanted })],
              ]}
            />
            <Title order={2} size="h3">
              {t("tx.messages")}
            </Title>
            <Accordion variant="separated" chevronPosition="left">
              {tx.body.messages.map((message, i) => (
                <Accordion.Item key={i} value={String(i)}>
                  <Group px="md" pt="sm">
                    <Text>
                      <Sentence message={message} />
                    </Text>
                  </Group>
                  <Accordion.Control>{t("tx.raw")}</Accordion.Control>
                  <Accordion.Panel>
                    <pre className="raw" tabIndex={0}>
                      {JSON.stringify(message, null, 2)}
                    </pre>
                  </Accordion.Panel>
                </Accordion.Item>
              ))}
            </Accordion>
          </>
        )}
      </Result>
    </Stack>
  );
}
