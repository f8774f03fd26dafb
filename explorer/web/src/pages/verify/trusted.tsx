import { Alert, Button, Checkbox, Fieldset, Group, NumberInput, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { get } from "../../api/client";
import type { Block } from "../../api/types";
import { hexOf } from "../../lib/bytes";
import { startOf } from "./kind";

const key = "creditd.trusted";

/** The header that the reader trusts: typed in, kept in this browser, or what this node says. */
export interface TrustedInput {
  height: string;
  hash: string;
  kept: boolean;
  byNode: boolean;
  /** Height of the header that the bundle leads from; "" while there is none. */
  start: string;
  problem: string;
  set: (height: string, hash: string) => void;
  keep: (on: boolean) => void;
  ask: () => Promise<void>;
}

function pinned(): { height: string; hash: string } {
  try {
    const { height, hash } = JSON.parse(localStorage.getItem(key) ?? "{}") as { height?: unknown; hash?: unknown };
    return { height: typeof height === "string" ? height : "", hash: typeof hash === "string" ? hash : "" };
  } catch {
    return { height: "", hash: "" };
  }
}

/** Where the bundle begins is read out of it, for the reader to know which header to ask for. It is not verified. */
export function useTrusted(bundle: string): TrustedInput {
  const { t } = useTranslation();
  const [header, setHeader] = useState(pinned);
  const [kept, setKept] = useState(() => localStorage.getItem(key) !== null);
  const [byNode, setByNode] = useState(false);
  const [start, setStart] = useState("");
  const [problem, setProblem] = useState("");
  const remember = (next: { height: string; hash: string }, on: boolean) => {
    if (on) localStorage.setItem(key, JSON.stringify(next));
    else localStorage.removeItem(key);
  };
  useEffect(() => {
    let current = true;
    setStart("");
    if (bundle !== "") {
      startOf(bundle).then(
        (height) => current && setStart(height),
        () => undefined, // checking says what is wrong with it
      );
    }
    return () => {
      current = false;
    };
  }, [bundle]);
  return {
    ...header, kept, byNode, start, problem,
    set: (height, hash) => {
      setHeader({ height, hash });
      setByNode(false);
      setProblem("");
      remember({ height, hash }, kept);
    },
    keep: (on) => {
      setKept(on);
      remember(header, on);
    },
    ask: async () => {
      const height = header.height || start;
      try {
        const block = await get<Block>(`/cosmos/base/tendermint/v1beta1/blocks/${encodeURIComponent(height || "latest")}`);
        setHeader({ height: block.block.header.height, hash: hexOf(block.block_id.hash) });
        setByNode(true);
        setProblem("");
      } catch (error) {
        setProblem(t("verify.nodeCannot", { why: (error as Error).message }));
      }
    },
  };
}

export function TrustedHeader({ of }: { of: TrustedInput }) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t("verify.trusted")}>
      <Text size="sm" mb="xs">
        {t("verify.trustedWhy")}
      </Text>
      <Group align="start">
        <NumberInput
          label={t("verify.height")}
          value={of.height}
          onChange={(value) => of.set(String(value), of.hash)}
          min={1}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          w={140}
        />
        <TextInput
          label={t("verify.hash")}
          value={of.hash}
          onChange={(event) => of.set(of.height, event.currentTarget.value.trim())}
          maxLength={64}
          spellCheck={false}
          style={{ flex: 1, minWidth: 220 }}
        />
      </Group>
      {of.start !== "" && of.start !== of.height && (
        <Text size="sm" mt="xs">
          {t("verify.start", { height: of.start })}
        </Text>
      )}
      <Group mt="sm">
        <Checkbox label={t("verify.keep")} checked={of.kept} onChange={(event) => of.keep(event.currentTarget.checked)} />
        <Button size="compact-sm" variant="light" onClick={() => void of.ask()}>
          {t("verify.ofNode")}
        </Button>
      </Group>
      {of.byNode && (
        <Alert color="orange" mt="sm">
          {t("verify.byNode")}
        </Alert>
      )}
      {of.problem && (
        <Alert color="red" role="alert" mt="sm">
          {of.problem}
        </Alert>
      )}
    </Fieldset>
  );
}
