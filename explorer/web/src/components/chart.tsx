import { Group, Paper, Table, Text, Title, useComputedColorScheme } from "@mantine/core";
import type { EChartsType } from "echarts/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { opened } from "../lib/opened";

export interface Series {
  name: string;
  values: (number | null)[];
}

interface Props {
  title: string;
  kind: "bar" | "line";
  labels: string[]; // of the values, from left to right
  series: Series[];
  stacked?: boolean;
  decimals?: number;
}

// Told apart by people who see colours differently (Okabe and Ito 2008), and dark enough on white and light enough on black.
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#777777"];

/** Numbers over time: drawn for the eye, and below as a table for whoever reads otherwise, copies or prints. */
export function Chart(props: Props) {
  const { t } = useTranslation();
  const { title, labels, series, decimals = 0 } = props;
  return (
    <Paper withBorder p="md" component="figure" m={0}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {series.length > 1 && <Legend of={series} />}
      <Drawing {...props} />
      <details>
        <Text component="summary" size="sm" c="dimmed">
          {t("chart.table")}
        </Text>
        <div tabIndex={0} role="region" aria-label={title} style={{ overflow: "auto", maxHeight: 320 }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("chart.when")}</Table.Th>
                {series.map((one) => (
                  <Table.Th key={one.name} scope="col">
                    {one.name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {labels.map((label, i) => (
                <Table.Tr key={label}>
                  <Table.Th scope="row">{label}</Table.Th>
                  {series.map((one) => (
                    <Table.Td key={one.name}>{one.values[i]?.toFixed(decimals) ?? "–"}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      </details>
    </Paper>
  );
}

/** Which colour is what: text of the page, which wraps on a phone. */
function Legend({ of }: { of: Series[] }) {
  return (
    <Group gap={12} aria-hidden>
      {of.map(({ name }, i) => (
        <Group key={name} gap={6} wrap="nowrap">
          <span style={{ width: 14, height: 10, borderRadius: 3, background: colours[i % colours.length] }} />
          <Text size="xs">{name}</Text>
        </Group>
      ))}
    </Group>
  );
}

function Drawing({ title, kind, labels, series, stacked = false, decimals = 0 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<EChartsType>(null);
  const dark = useComputedColorScheme("light") === "dark";
  useEffect(() => {
    let gone = false;
    const draw = async () => {
      await opened;
      const { init } = await import("../lib/charts");
      if (gone || !box.current) return;
      drawn.current ??= init(box.current, undefined, { renderer: "svg" });
      const text = dark ? "#c9c9c9" : "#495057";
      const { fontFamily } = getComputedStyle(box.current); // by its name: labels are measured apart from the page
      const line = { lineStyle: { color: dark ? "#424242" : "#dee2e6" } };
      drawn.current.setOption(
        {
          animation: false, // numbers that change every second do not have to dance
          color: colours,
          textStyle: { color: text, fontFamily },
          grid: { left: 8, right: 8, top: 12, bottom: 4, containLabel: true },
          tooltip: { trigger: "axis", valueFormatter: (value: unknown) => (typeof value === "number" ? value.toFixed(decimals) : "–"), appendTo: "body" },
          xAxis: { type: "category", data: labels, axisLine: line, axisLabel: { color: text, hideOverlap: true } },
          yAxis: { type: "value", minInterval: decimals === 0 ? 1 : undefined, splitLine: line, axisLabel: { color: text } },
          series: series.map((one) => ({
            type: kind, name: one.name, data: one.values, stack: stacked ? "all" : undefined, showSymbol: false, barMaxWidth: 28,
          })),
        },
        { notMerge: true },
      );
    };
    draw().catch(() => undefined); // the file of charts cannot be had now: the table below has the numbers
    return () => {
      gone = true;
    };
  }, [kind, labels, series, stacked, decimals, dark]);
  useEffect(() => {
    const resized = new ResizeObserver(() => drawn.current?.resize());
    if (box.current) resized.observe(box.current);
    return () => {
      resized.disconnect();
      drawn.current?.dispose();
      drawn.current = null;
    };
  }, []);
  return <div ref={box} role="img" aria-label={title} style={{ height: 220 }} />;
}
