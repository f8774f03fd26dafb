import { Alert, Button, Code, Group, Paper, PasswordInput, Stack, Text, Textarea, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { canKeep, forget, hasKey, minPassphrase, seal, unseal, WrongPassphrase } from "./keystore";
import type { Wallet } from "./wallet";

/** Who signs: the key of this browser, which is unlocked or made here, or Keplr. */
export function Keys({ onOpen }: { onOpen: (wallet: Wallet) => void }) {
  const { t } = useTranslation();
  const [kept, setKept] = useState(hasKey);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const attempt = async (open: () => Promise<Wallet>) => {
    setBusy(true);
    setProblem("");
    try {
      onOpen(await open());
    } catch (error) {
      setProblem(error instanceof WrongPassphrase ? t("subject.wrongPassphrase") : t("subject.noKey", { why: (error as Error).message }));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Paper withBorder p="md" maw={760}>
      <Stack>
        <Title order={2} size="h3">
          {t("subject.key")}
        </Title>
        {!canKeep() ? (
          <Alert color="orange">{t("subject.insecure")}</Alert>
        ) : kept ? (
          <Unlock
            busy={busy}
            onUnlock={(passphrase) => void attempt(async () => (await import("./wallet")).fromWords((await unseal(passphrase)).words))}
            onForget={() => {
              forget();
              setKept(false);
            }}
          />
        ) : (
          <Make
            busy={busy}
            onMake={(words, passphrase) =>
              void attempt(async () => {
                const wallet = await (await import("./wallet")).fromWords(words);
                await seal({ words, subjects: [] }, passphrase);
                return wallet;
              })
            }
          />
        )}
        <Group>
          <Button variant="default" loading={busy} onClick={() => void attempt(async () => (await import("./wallet")).fromKeplr())}>
            {t("subject.keplr")}
          </Button>
        </Group>
        {problem && (
          <Alert color="red" role="alert">
            {problem}
          </Alert>
        )}
      </Stack>
    </Paper>
  );
}

function Unlock({ busy, onUnlock, onForget }: { busy: boolean; onUnlock: (passphrase: string) => void; onForget: () => void }) {
  const { t } = useTranslation();
  const [passphrase, setPassphrase] = useState("");
  const [sure, setSure] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onUnlock(passphrase);
  };
  return (
    <form onSubmit={submit}>
      <Group align="end">
        <PasswordInput
          label={t("subject.passphrase")}
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          autoComplete="current-password"
          w={300}
        />
        <Button type="submit" loading={busy} disabled={passphrase === ""}>
          {t("subject.unlock")}
        </Button>
        <Button variant="subtle" color="red" onClick={() => (sure ? onForget() : setSure(true))}>
          {t(sure ? "subject.forgetSure" : "subject.forget")}
        </Button>
      </Group>
    </form>
  );
}

function Make({ busy, onMake }: { busy: boolean; onMake: (words: string, passphrase: string) => void }) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const [made, setMade] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onMake(words, passphrase);
  };
  const draw = async () => setMade(await (await import("./wallet")).newWords());
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{t("subject.keyWhy")}</Text>
        {made ? (
          <>
            <Text size="sm">{t("subject.writeDown")}</Text>
            <Code block>{made}</Code>
          </>
        ) : (
          <Group>
            <Button variant="light" onClick={() => void draw()}>
              {t("subject.newKey")}
            </Button>
          </Group>
        )}
        <Textarea
          label={t(made ? "subject.wordsAgain" : "subject.words")}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          rows={2}
        />
        <PasswordInput
          label={t("subject.newPassphrase")}
          description={t("subject.passphraseWhy", { count: minPassphrase })}
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          autoComplete="new-password"
          maw={360}
        />
        <Group>
          <Button type="submit" loading={busy} disabled={words.trim() === "" || passphrase.length < minPassphrase || (made !== "" && made !== words.trim())}>
            {t("subject.useKey")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
