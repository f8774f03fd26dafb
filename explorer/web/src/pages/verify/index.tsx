import { Alert, Button, FileButton, Group, Select, Stack, Text, Textarea, Title } from "@mantine/core";
import type { Trusted, Verdict } from "@creditd/client/proof/index";
import type { Part, Report } from "@creditd/client/report/index";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Loading } from "../../components/states";
import { kindOf, textOf, whole } from "./kind";
import { RefusedReport, ShownReport } from "./report";
import { TrustedHeader, useTrusted } from "./trusted";
import { Shown } from "./verdict";

/** More than any file has: docs/proofs.md. */
const maxBytes = 16 << 20;
/** How old what is proven may be, in seconds. */
const ages = ["0", "3600", "86400", "604800"];

interface Outcome {
  found: { verdict: Verdict } | { report: Report } | { part: Part; reason: string };
  /** The header that it was checked against: by another, it is no outcome. */
  header: string;
  /** Whether that is what this node says. */
  byNode: boolean;
}

interface Wanted {
  maxAge: number;
  absent: boolean;
}

/** A bundle gives four lines, refused or not. */
async function checkBundle(encoded: string, header: Trusted, wanted: Wanted): Promise<Outcome["found"]> {
  const { invalidVerdict, verify } = await import("@creditd/client/proof/index");
  try {
    return { verdict: verify(encoded, header, wanted) };
  } catch (error) {
    return { verdict: invalidVerdict((error as Error).message) };
  }
}

/** A report is derived from its file, or the file is refused whole. */
async function checkReport(encoded: string, header: Trusted): Promise<Outcome["found"]> {
  const { InvalidReport, verify } = await import("@creditd/client/report/index");
  try {
    return { report: verify(encoded, header) };
  } catch (error) {
    return { part: error instanceof InvalidReport ? error.part : "text", reason: (error as Error).message };
  }
}

/**
 * A bundle about one attestation, or a whole report with proofs, checked here in the browser against a header that the reader trusts.
 * Nothing of it is sent anywhere, and nothing of it is kept.
 */
export function Verify() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const current = useRef(""); // what is there when a check ends may be another text
  const [pasted, setPasted] = useState(true); // or out of a file
  const [problem, setProblem] = useState("");
  const [age, setAge] = useState("0");
  const [absent, setAbsent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const trusted = useTrusted(text);
  const against = `${trusted.height} ${trusted.hash}`;
  const shown = outcome?.header === against ? outcome : undefined;
  const isReport = kindOf(text) === "report";

  const take = (next: string, isFile = false) => {
    setPasted(!isFile);
    setText(next);
    current.current = next;
    setOutcome(undefined);
    setProblem("");
  };
  const read = async (file: File | null | undefined) => {
    if (!file) return;
    if (file.size > maxBytes) return setProblem(t("verify.tooLarge"));
    try {
      take(await textOf(file), true);
    } catch {
      take("");
      setProblem(t("verify.notText"));
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void read(event.dataTransfer.files[0]);
  };
  const check = async () => {
    setBusy(true);
    setProblem("");
    try {
      const { parseTrusted } = await import("@creditd/client/proof/index");
      let header: Trusted;
      try {
        header = parseTrusted(trusted.height, trusted.hash);
      } catch {
        return setProblem(t("verify.noTrusted"));
      }
      const encoded = pasted ? whole(text) : text;
      const found = isReport ? await checkReport(encoded, header) : await checkBundle(encoded, header, { maxAge: Number(age), absent });
      if (current.current === text) setOutcome({ found, header: against, byNode: trusted.byNode });
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
        <FileButton onChange={(file) => void read(file)} accept="application/json,.json,.proofs">
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
        {!isReport && (
          <>
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
          </>
        )}
        <Button onClick={() => void check()} disabled={text === ""} loading={busy}>
          {t("verify.check")}
        </Button>
      </Group>
      {problem && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      {busy && !shown && <Loading />}
      {shown && "verdict" in shown.found && <Shown of={shown.found.verdict} byNode={shown.byNode} />}
      {shown && "report" in shown.found && <ShownReport of={shown.found.report} byNode={shown.byNode} />}
      {shown && "part" in shown.found && <RefusedReport {...shown.found} />}
    </Stack>
  );
}
