import { Button, Group, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Facts } from "../../components/facts";
import { Id } from "../../components/id";
import { Party } from "../../components/institution";
import { PagedTable } from "../../components/paged-table";
import { Result } from "../../components/states";
import { State } from "../../components/state";
import { Time } from "../../components/time";
import { hexOf } from "../../lib/bytes";
import { useWords } from "../../lib/use-words";
import { type Act, Sign } from "./act";
import { consents, disputes, subject, type Subject } from "./queries";
import { Trail } from "./trail";
import type { Wallet } from "./wallet";

const messages = () => import("./messages");

/** Everything about one file; what changes it asks for the key that controls it. */
export function File({ id, wallet }: { id: string; wallet: Wallet | undefined }) {
  const [act, setAct] = useState<Act>();
  const file = useQuery(subject(id));
  return (
    <Result of={file}>
      {(s) => {
        const mine = wallet !== undefined && wallet.address === s.controller;
        return (
          <Stack>
            <Control of={s} wallet={wallet} onAct={setAct} />
            <Consents id={id} mine={mine} wallet={wallet} onAct={setAct} />
            <Disputes id={id} />
            <Trail id={id} />
            {wallet && <Sign act={act} wallet={wallet} onDone={() => setAct(undefined)} />}
          </Stack>
        );
      }}
    </Result>
  );
}

/** Who controls the file, and whether it is frozen. */
function Control({ of: s, wallet, onAct }: { of: Subject; wallet: Wallet | undefined; onAct: (act: Act) => void }) {
  const { t } = useTranslation();
  const id = hexOf(s.pseudonym);
  const mine = wallet?.address === s.controller;
  const act = (says: string, name: "freeze" | "lift" | "claim") => () =>
    onAct({ says, message: async () => (await messages())[name](wallet!.address, id) });
  return (
    <>
      <Facts
        of={[
          [t("subject.number"), <Id value={id} whole />],
          [t("subject.enrolledBy"), <Party address={s.enrolled_by} />],
          [t("subject.controller"), s.controller === "" ? t("subject.nobody") : mine ? t("subject.you") : <Id value={s.controller} />],
          [t("subject.offeredTo"), s.offered_to === "" ? undefined : <Id value={s.offered_to} />],
          [t("subject.freeze"), <Freeze of={s} />],
          [t("subject.alert"), s.fraud_alert ? <Time at={s.fraud_alert.until} exact /> : t("no")],
        ]}
      />
      {wallet && (
        <Group className="no-print">
          {wallet.address === s.offered_to && <Button onClick={act(t("subject.claimSays"), "claim")}>{t("subject.claim")}</Button>}
          {mine && !s.freeze && <Button onClick={act(t("subject.freezeSays"), "freeze")}>{t("subject.freezeIt")}</Button>}
          {mine && s.freeze && <Button onClick={act(t("subject.liftSays"), "lift")}>{t("subject.liftIt")}</Button>}
        </Group>
      )}
    </>
  );
}

function Freeze({ of: { freeze } }: { of: Subject }) {
  const { t } = useTranslation();
  if (!freeze) return t("subject.notFrozen");
  return (
    <>
      {t("subject.frozen")} <Time at={freeze.since} exact />
    </>
  );
}

function Consents({ id, mine, wallet, onAct }: { id: string; mine: boolean; wallet: Wallet | undefined; onAct: (act: Act) => void }) {
  const { t } = useTranslation();
  const say = useWords();
  return (
    <>
      <Title order={2} size="h3">
        {t("subject.consents")}
      </Title>
      <PagedTable
        of={consents(id)}
        rowsOf={(page) => page.consents}
        caption={t("subject.consents")}
        keyOf={(c) => c.id}
        empty={t("subject.noConsents")}
        columns={[
          { name: t("subject.who"), cell: (c) => <Party address={c.grantee} /> },
          { name: t("inquiry.why"), cell: (c) => say(c.purpose, "PURPOSE_") },
          { name: t("subject.uses"), cell: (c) => c.uses_left },
          { name: t("attestation.until"), cell: (c) => <Time at={c.valid_until} exact /> },
          { name: t("inquiry.status"), cell: (c) => <State value={c.status} prefix="CONSENT_STATUS_" /> },
          {
            name: t("subject.action"),
            cell: (c) =>
              mine && c.status === "CONSENT_STATUS_LIVE" ? (
                <Button
                  size="compact-sm"
                  variant="light"
                  color="red"
                  onClick={() =>
                    onAct({
                      says: t("subject.withdrawSays", { id: hexOf(c.id).slice(0, 8) }),
                      message: async () => (await messages()).withdraw(wallet!.address, id, hexOf(c.id)),
                    })
                  }
                >
                  {t("subject.withdraw")}
                </Button>
              ) : (
                <Id value={hexOf(c.id)} />
              ),
          },
        ]}
      />
    </>
  );
}

function Disputes({ id }: { id: string }) {
  const { t } = useTranslation();
  const say = useWords();
  return (
    <>
      <Title order={2} size="h3">
        {t("subject.disputes")}
      </Title>
      <PagedTable
        of={disputes(id)}
        rowsOf={(page) => page.disputes}
        caption={t("subject.disputes")}
        keyOf={(d) => d.id}
        empty={t("subject.noDisputes")}
        columns={[
          { name: t("dispute.furnisher"), cell: (d) => <Party address={d.furnisher} /> },
          { name: t("dispute.reason"), cell: (d) => say(d.reason) },
          { name: t("dispute.status"), cell: (d) => <State value={d.status} prefix="DISPUTE_STATUS_" /> },
          { name: t("dispute.opened"), cell: (d) => <Time at={d.opened_at} exact /> },
          { name: t("dispute.id"), cell: (d) => <Id value={hexOf(d.id)} to={`/disputes/${hexOf(d.id)}`} /> },
        ]}
      />
    </>
  );
}
