import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { queries } from "../../api/queries";
import type { Msg } from "@creditd/client/tx/sign";
import type { Wallet } from "./wallet";

/** What is about to be signed, in words, and how its message is made. */
export interface Act {
  says: string;
  message: () => Promise<Msg>;
}

/** Shows what will be signed, signs it when that is confirmed, and waits for the block. */
export function Sign({ act, wallet, onDone }: { act: Act | undefined; wallet: Wallet; onDone: () => void }) {
  const { t } = useTranslation();
  const [state, setState] = useState<{ busy?: boolean; problem?: string }>({});
  const close = () => {
    setState({});
    onDone();
  };
  const sign = async () => {
    if (!act) return;
    setState({ busy: true });
    try {
      await wallet.sender.send([await act.message()]);
      await queries.invalidateQueries();
      close();
    } catch (error) {
      setState({ problem: (error as Error).message });
    }
  };
  return (
    <Modal
      opened={act !== undefined}
      onClose={close}
      title={t("subject.sign")}
      closeButtonProps={{ "aria-label": t("subject.cancel") }}
      closeOnEscape={!state.busy}
      closeOnClickOutside={false}
    >
      <Stack>
        <Text>{act?.says}</Text>
        {state.problem && (
          <Alert color="red" role="alert" title={t("subject.notDone")}>
            {state.problem}
          </Alert>
        )}
        <Group justify="end">
          <Button variant="default" onClick={close} disabled={state.busy ?? false}>
            {t("subject.cancel")}
          </Button>
          <Button onClick={() => void sign()} loading={state.busy ?? false}>
            {t("subject.signIt")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
