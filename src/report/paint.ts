/** The colours of the reports, named for what they mark. */
import colours from "picocolors";
import type { Severity } from "../lint/finding.ts";

type Brush = (text: string) => string;

export interface Paint {
  readonly severity: Readonly<Record<Severity, Brush>>;
  readonly heading: Brush;
  readonly file: Brush;
  readonly faint: Brush;
  readonly good: Brush;
  readonly bad: Brush;
  readonly unsure: Brush;
  readonly typed: Brush;
}

/** Brushes that colour, or leave every text as it is. */
export function paintOf(colour: boolean): Paint {
  const { bold, dim, red, yellow, cyan, green, underline } = colours.createColors(colour);
  return {
    severity: { error: (text) => bold(red(text)), warning: (text) => bold(yellow(text)), info: cyan },
    heading: bold,
    file: underline,
    faint: dim,
    good: green,
    bad: red,
    unsure: yellow,
    typed: cyan,
  };
}
