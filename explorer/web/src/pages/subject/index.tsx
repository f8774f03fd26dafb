import { Alert, Button, Code, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Id } from "../../components/id";
import { isHex } from "../../lib/bytes";
import { File } from "./file";
import { Keys } from "./keys";
import type { Wallet } from "./wallet";

/**
 * The credit file of whoever holds its key: what is in it, who looked, and what can be done about it. Its number stands in no
 * address, which browsers keep and pass on.
 */
export function SubjectPage() {
  const { t } = useTranslation();
  const [wallet, setWallet] = useState<Wallet>();
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState("");
  const open = () => setOpened(typed.trim().toLowerCase());
  return (
    <Stack>
      <Title order={1}>{t("subject.title")}</Title>
      <Text maw={760}>{t("subject.lead")}</Text>
      {wallet ? (
        <Group>
          <Text size="sm">
            {t(wallet.by === "keplr" ? "subject.signsKeplr" : "subject.signsBrowser")} <Id value={wallet.address} />
          </Text>
          <Button size="compact-sm" variant="light" onClick={() => setWallet(undefined)}>
            {t("subject.lock")}
          </Button>
        </Group>
      ) : (
        <Keys onOpen={setWallet} />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          open();
        }}
      >
        <Group align="end" className="no-print">
          <TextInput
            label={t("subject.number")}
            description={t("subject.numberWhy")}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            spellCheck={false}
            autoComplete="off"
            style={{ flex: 1, minWidth: 220, maxWidth: 620 }}
          />
          <Button type="submit" disabled={typed.trim() === ""}>
            {t("subject.open")}
          </Button>
        </Group>
      </form>
      {opened === "" ? (
        <Text c="dimmed">{t("subject.none")}</Text>
      ) : isHex(opened, 32) ? (
        <File key={opened} id={opened} wallet={wallet} />
      ) : (
        <Alert color="red" role="alert">
          {t("subject.badNumber")} <Code>{opened.slice(0, 80)}</Code>
        </Alert>
      )}
    </Stack>
  );
}
