/** Draws docs/check.svg: the real output of a check, as a terminal shows it. `npm run picture` after the output changed. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "../src/cli/run.ts";

const columns = 80;
const cell = { width: 8.4, height: 18 };
const palette: Readonly<Record<string, string>> = {
  "2": "#8b949e",
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "34": "#79c0ff",
  "36": "#76e3ea",
  "90": "#8b949e",
};

export const pictured = ["check", "examples/shop/apps/web", "examples/shop/platform"] as const;

/** The picture of a command's coloured output, as SVG text. */
export function picture(command: string, output: string): string {
  const lines = [`$ ${command}`, ...output.trimEnd().split("\n")];
  const width = columns * cell.width + 32;
  const height = lines.length * cell.height + 32;
  const text = lines.map(
    (line, index) =>
      `<text xml:space="preserve" x="16" y="${30 + index * cell.height}">${spans(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(lines[0] ?? "")}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3">
${text.join("\n")}
</g>
</svg>
`;
}

/** A line's parts between colour codes, each with its colour. */
function spans(line: string): string {
  const parts = line.split(/\x1b\[([\d;]*)m/);
  let colour = "";
  let bold = false;
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return part === "" ? "" : span(part, colour, bold);
      for (const code of part.split(";")) {
        if (code === "0" || code === "39" || code === "") colour = "";
        if (code === "0" || code === "22" || code === "") bold = false;
        if (code === "22" && colour === palette["2"]) colour = "";
        if (code === "1") bold = true;
        colour = palette[code] ?? colour;
      }
      return "";
    })
    .join("");
}

function span(text: string, colour: string, bold: boolean): string {
  const style = `${colour && ` fill="${colour}"`}${bold ? ' font-weight="bold"' : ""}`;
  return style ? `<tspan${style}>${escaped(text)}</tspan>` : escaped(text);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** What the pictured command prints, in colour; the time it took is left out, as it differs each time. */
export async function picturedOutput(): Promise<string> {
  let output = "";
  await run([...pictured, "--color"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: {},
    stdout: async (text) => {
      output += text;
    },
    stderr: () => undefined,
    readStdin: async () => new Uint8Array(),
    columns,
    stderrIsTerminal: false,
  });
  return output.replace(/ in \d+ ms/, "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const svg = picture(`sidelint ${pictured.join(" ")}`, await picturedOutput());
  writeFileSync(new URL("../docs/check.svg", import.meta.url), svg);
}
