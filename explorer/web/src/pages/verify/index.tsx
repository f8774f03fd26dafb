import { Alert, Button, FileButton, Group, Select, Stack, Text, Textarea, Title } from "@mantine/core";
import { type Trusted, type Verdict } from "@creditd/client/proof/index";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { Loading } from "../../components/states";
import { TrustedHeader, useTrusted } from "./trusted";
import { Shown } from "./verdict";

/** More than any bundle has: docs/proofs.md. */
const maxBytes = 16 << 20;
/** How old what is proven may be, in seconds. */
const ages = ["0", "3600", "86400", "604800"];

interface Outcome {
  verdict: Verdict;
  /** Whether the trusted header is what this node says. */
  byNode: boolean;
}

/** A bundle of proofs, checked here in the browser against a header that the reader trusts. Nothing of it is sent anywhere. */
export function Verify() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const [age, setAge] = useState("0");
  const [absent, setAbsent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const trusted = useTrusted(text);

  const take = (next: string) => {
    setText(next);
    setOutcome(undefined);
    setProblem("");
  };
  const read = async (file: File | null | undefined) => {
    if (!file) return;
    if (file.size > maxBytes) return setProblem(t("verify.tooLarge"));
    take(await file.text());
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void read(event.dataTransfer.files[0]);
  };
  const check = async () => {
    setBusy(true);
    setProblem("");
    try {
      const { invalidVerdict, parseTrusted, verify } = await import("@creditd/client/proof/index");
      let header: Trusted;
      try {
        header = parseTrusted(trusted.height, trusted.hash);
      } catch {
        return setProblem(t("verify.noTrusted"));
      }
      let verdict: Verdict;
      try {
        verdict = verify(text.endsWith("\n") ? text : `${text}\n`, header, { maxAge: Number(age), absent });
      } catch (error) {
        verdict = invalidVerdict((error as Error).message);
      }
      setOutcome({ verdict, byNode: trusted.byNode });
    } finally {
      setBusy(false);
    }
  };

  return (
    <Stack maw={900}>
      <Title order={1}>{t("verify.title")}</Title>
      <Text>{t("verify.lead")}</Text>
      <div onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <Textarea
          label={t("verify.bundle")}
          description={t("verify.drop")}
          value={text}
          onChange={(event) => take(event.currentTarget.value)}
          rows={5}
          spellCheck={false}
          styles={{ input: { fontFamily: "monospace", fontSize: 12 } }}
        />
      </div>
      <Group>
        <FileButton onChange={(file) => void read(file)} accept="application/json,.json">
          {(props) => (
            <Button variant="light" {...props}>
              {t("verify.choose")}
            </Button>
          )}
        </FileButton>
        {text !== "" && (
          <Button variant="subtle" onClick={() => take("")}>
            {t("verify.clear")}
          </Button>
        )}
      </Group>
      <TrustedHeader of={trusted} />
      <Group align="end">
        <Select
          label={t("verify.age")}
          data={ages.map((value) => ({ value, label: t(`verify.ages.${value}`) }))}
          value={age}
          onChange={(value) => setAge(value ?? "0")}
          allowDeselect={false}
        />
        <Select
          label={t("verify.wanted")}
          data={[{ value: "there", label: t("verify.there") }, { value: "absent", label: t("verify.absent") }]}
          value={absent ? "absent" : "there"}
          onChange={(value) => setAbsent(value === "absent")}
          allowDeselect={false}
        />
        <Button onClick={() => void check()} disabled={text === ""} loading={busy}>
          {t("verify.check")}
        </Button>
      </Group>
      {problem && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      {busy && !outcome && <Loading />}
      {outcome && <Shown of={outcome.verdict} byNode={outcome.byNode} />}
    </Stack>
  );
}
