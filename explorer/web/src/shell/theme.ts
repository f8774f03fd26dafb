import { createTheme, type MantineColorsTuple } from "@mantine/core";

// One colour for what can be clicked; its shades pass WCAG AA on white and on the dark background.
const sea: MantineColorsTuple = [
  "#eaf4fd", "#d6e6f5", "#a9cbe9", "#79afdd", "#5197d3", "#3888cd", "#2980cb", "#1c6db3", "#1c5d99", "#064f88",
];

export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: { light: 8, dark: 4 },
  colors: { sea },
  autoContrast: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans SC', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SFMono-Regular', 'DejaVu Sans Mono', monospace",
  defaultRadius: "md",
});
