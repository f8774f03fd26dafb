import { Paper, useComputedColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { Core } from "cytoscape";
import { useEffect, useRef } from "react";

export interface Node {
  id: string;
  label: string;
  to: string; // address of its page
  main?: boolean;
}

export interface Edge {
  from: string;
  to: string;
  label: string;
}

/** Things that refer to each other, drawn. Whoever shows it lists the same in words: a drawing is not read aloud. */
export function Graph({ label, nodes, edges }: { label: string; nodes: Node[]; edges: Edge[] }) {
  const box = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const dark = useComputedColorScheme("light") === "dark";
  useEffect(() => {
    let graph: Core | undefined;
    let gone = false;
    const draw = async () => {
      const { default: cytoscape } = await import("cytoscape");
      if (gone || !box.current) return;
      const ink = dark ? "#c9c9c9" : "#343a40";
      graph = cytoscape({
        container: box.current,
        elements: [
          ...nodes.map((n) => ({ data: { id: n.id, label: n.label, to: n.to }, classes: n.main ? "main" : "" })),
          ...edges.map((e) => ({ data: { id: `${e.from}-${e.to}-${e.label}`, source: e.from, target: e.to, label: e.label } })),
        ],
        layout: { name: "breadthfirst", directed: true, padding: 24, spacingFactor: 1.3, avoidOverlap: true },
        style: [
          { selector: "node", style: { label: "data(label)", color: ink, "font-size": 11, "text-valign": "bottom", "text-margin-y": 6, "background-color": "#5197d3", width: 22, height: 22 } },
          { selector: "node.main", style: { "background-color": "#1c5d99", "border-width": 3, "border-color": "#e69f00" } },
          { selector: "edge", style: { label: "data(label)", color: ink, "font-size": 10, "text-rotation": "autorotate", "text-margin-y": -8, width: 1.5, "line-color": ink, "target-arrow-color": ink, "target-arrow-shape": "triangle", "curve-style": "bezier" } },
        ],
        maxZoom: 1.4,
        userZoomingEnabled: false, // the wheel scrolls the page
        boxSelectionEnabled: false,
      });
      graph.on("tap", "node", (event) => void navigate({ to: event.target.data("to") as string }));
    };
    draw().catch(() => undefined); // its file cannot be had now: the list below says the same
    return () => {
      gone = true;
      graph?.destroy();
    };
  }, [nodes, edges, dark, navigate]);
  return <Paper withBorder ref={box} role="img" aria-label={label} h={300} className="no-print" />;
}
