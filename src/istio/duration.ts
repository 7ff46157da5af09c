/** Durations as Go and protobuf write them: "1m30s", "0.500s". */

const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const second = 1_000_000_000n;

/** A Go duration ("1m30s", "1.5h") in nanoseconds; undefined when it is none or too long for one. */
export function parseDuration(text: string): bigint | undefined {
  const sign = text.startsWith("-") ? -1n : 1n;
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0n;
  if (rest === "" || rest.length > 200) return undefined;
  let total = 0n;
  while (rest !== "") {
    const part = /^([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/.exec(rest);
    if (!part) return undefined;
    const [whole, digits = "", fraction = "", unit = ""] = part;
    if (digits === "" && fraction === "") return undefined;
    const scale = nanoseconds[unit] ?? 0n;
    total += BigInt(digits || "0") * scale;
    if (fraction !== "") total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    rest = rest.slice(whole.length);
  }
  return total > 9223372036854775807n ? undefined : sign * total;
}

/** A duration as protobuf's JSON has it: seconds with no, 3, 6 or 9 decimals. */
export function durationText(duration: bigint): string {
  const size = duration < 0n ? -duration : duration;
  const decimals = String(size % second).padStart(9, "0");
  const kept = decimals.replace(/(?:000){1,3}$/, "");
  return `${duration < 0n ? "-" : ""}${size / second}${kept === "" ? "" : `.${kept}`}s`;
}

/** A duration as Go's time.Duration prints itself: "1h0m0s", "1.5µs", "0s". */
export function goDurationText(duration: bigint): string {
  if (duration === 0n) return "0s";
  const size = duration < 0n ? -duration : duration;
  const sign = duration < 0n ? "-" : "";
  if (size < second) {
    const unit = size < 1000n ? "ns" : size < 1_000_000n ? "µs" : "ms";
    const scale = unit === "ns" ? 1n : unit === "µs" ? 1000n : 1_000_000n;
    return `${sign}${withDecimals(size, scale)}${unit}`;
  }
  const seconds = size % (60n * second);
  const minutes = (size / (60n * second)) % 60n;
  const hours = size / (3600n * second);
  const head = hours > 0n ? `${hours}h${minutes}m` : minutes > 0n ? `${minutes}m` : "";
  return `${sign}${head}${withDecimals(seconds, second)}s`;
}

function withDecimals(size: bigint, scale: bigint): string {
  const digits = String(scale).length - 1;
  const decimals =
    digits === 0
      ? ""
      : String(size % scale)
          .padStart(digits, "0")
          .replace(/0+$/, "");
  return `${size / scale}${decimals === "" ? "" : `.${decimals}`}`;
}
