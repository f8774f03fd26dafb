import { Alert, Button, Center, Loader, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "../api/client";

/** What the node refused and what to do about it; with a button when asking again may help. */
export function ErrorState({ error, again }: { error: Error; again?: () => void }) {
  const { t } = useTranslation();
  const envelope = error instanceof ApiError ? error.envelope : undefined;
  const missing = error instanceof ApiError && error.notFound;
  return (
    <Alert color={missing ? "gray" : "red"} title={t(missing ? "state.notFound" : "state.error")} role="alert">
      <Text size="sm">{error.message}</Text>
      {envelope?.hint && <Text size="sm">{envelope.hint}</Text>}
      {again && !missing && (
        <Button mt="sm" size="compact-sm" variant="light" onClick={again}>
          {t("state.again")}
        </Button>
      )}
    </Alert>
  );
}

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center mih={160} role="status" aria-label={t("state.loading")}>
      <Loader />
    </Center>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <Center mih={120}>
      <Text c="dimmed">{children}</Text>
    </Center>
  );
}

/** The result of a query: its data, or why there is none. Data that is there stays while the node is away. */
export function Result<T>({ of, children }: { of: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <ErrorState error={of.error} again={() => void of.refetch()} />;
  return <Loading />;
}
